import assert from 'node:assert/strict'
import sharp from 'sharp'
import { prepareImage } from '../../../src/images/downsizing'
import { LoadedImage } from '../../../src/images/loaded-image'
import { alike, blue, colors, fourColors, green, meansOf, type Quadrants, red, yellow } from './quadrants'

const limit = { width: 40, height: 40 }

// how red, green / blue, yellow as stored are to be seen (Exif 2.32, 4.6.4)
const seen: Record<number, Quadrants> = {
  1: [red, green, blue, yellow],
  2: [green, red, yellow, blue],
  3: [yellow, blue, green, red],
  4: [blue, yellow, red, green],
  5: [red, blue, green, yellow],
  6: [blue, red, yellow, green],
  7: [yellow, green, blue, red],
  8: [green, yellow, red, blue],
}

const tagged = (orientation: number, format: 'jpeg' | 'png' | 'webp' | 'tiff' | 'avif' = 'jpeg') =>
  fourColors(120, 60).withMetadata({ orientation }).toFormat(format).toBuffer()

describe('a shrunk picture with an orientation', () => {
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`is sent upright, and says so no more: ${orientation}`, async () => {
      const image = LoadedImage.from(await tagged(orientation))
      assert.equal(image.orientation, orientation)
      const { bytes, sentSize, shrunkFrom } = await prepareImage(image, limit, true)
      const turned = orientation > 4
      assert.deepEqual(sentSize, turned ? { width: 20, height: 40 } : { width: 40, height: 20 })
      assert.deepEqual(shrunkFrom, turned ? { width: 60, height: 120 } : { width: 120, height: 60 })
      const { width, height, orientation: tag } = await sharp(bytes).metadata()
      assert.deepEqual({ width, height }, sentSize)
      assert.equal(tag, undefined)
      const found = await meansOf(bytes)
      assert.ok(alike(found, seen[orientation] ?? colors), JSON.stringify(found))
    })

    it(`is sent as it is stored when it is not to be turned, and without the tag: ${orientation}`, async () => {
      const image = LoadedImage.from(await tagged(orientation))
      const { bytes, sentSize, shrunkFrom } = await prepareImage(image, limit, false)
      assert.deepEqual(sentSize, { width: 40, height: 20 })
      assert.deepEqual(shrunkFrom, { width: 120, height: 60 })
      const { width, height, orientation: tag } = await sharp(bytes).metadata()
      assert.deepEqual({ width, height }, sentSize)
      assert.equal(tag, undefined)
      const found = await meansOf(bytes)
      assert.ok(alike(found, colors), JSON.stringify(found))
    })
  }

  for (const format of ['png', 'webp', 'tiff', 'avif'] as const) {
    it(`is not squeezed into the sides of another one, turned or not: ${format}`, async () => {
      const image = LoadedImage.from(await tagged(6, format))
      for (const upright of [true, false]) {
        const { bytes, sentSize, shrunkFrom } = await prepareImage(image, limit, upright)
        // an AVIF that the decoder here turns, and the server's does not, is left alone
        if (format === 'avif' && !sentSize) {
          assert.equal(bytes, image.bytes)
          continue
        }
        const found = await meansOf(bytes)
        const lies = alike(found, seen[1] ?? colors)
        assert.ok(lies || alike(found, seen[6] ?? colors), JSON.stringify(found))
        const told = `sent ${lies ? 'as stored' : 'turned'}`
        assert.deepEqual(sentSize, lies ? { width: 40, height: 20 } : { width: 20, height: 40 }, told)
        assert.deepEqual(shrunkFrom, lies ? { width: 120, height: 60 } : { width: 60, height: 120 }, told)
      }
    })
  }
})
