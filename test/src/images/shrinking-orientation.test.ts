import assert from 'node:assert/strict'
import sharp from 'sharp'
import { prepareImage } from '../../../src/images/downsizing'
import { LoadedImage } from '../../../src/images/loaded-image'
import { orientationOnServer } from '../../../src/images/orientation'
import { exifSegment, segment, withSegments, xmpSegment } from '../../support/exif'
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

describe('a shrunk image with an orientation', () => {
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`is sent as it is stored, and says how it is to be turned: ${orientation}`, async () => {
      for (const format of ['jpeg', 'png'] as const) {
        const image = LoadedImage.from(await tagged(orientation, format))
        const { bytes, sentSize, shrunkFrom, liesOnSide } = await prepareImage(image, limit, true)
        assert.deepEqual(sentSize, { width: 40, height: 20 })
        assert.deepEqual(shrunkFrom, { width: 120, height: 60 })
        assert.equal(liesOnSide, orientation > 4)
        const { width, height, orientation: tag = 1 } = await sharp(bytes).metadata()
        assert.deepEqual([width, height, tag], [40, 20, orientation])
        const stored = await meansOf(bytes)
        assert.ok(alike(stored, colors), JSON.stringify(stored))
        const found = await meansOf(await sharp(bytes).autoOrient().toBuffer())
        assert.ok(alike(found, seen[orientation] ?? colors), JSON.stringify(found))
      }
    })

    it(`is sent as it is stored when it is not to be turned, and without the tag: ${orientation}`, async () => {
      const image = LoadedImage.from(await tagged(orientation))
      const { bytes, sentSize, shrunkFrom, liesOnSide } = await prepareImage(image, limit, false)
      assert.equal(liesOnSide, false)
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

  // what OpenCV 4.12, which the server decodes with, makes of them
  for (const [what, segments, orientation] of [
    ['after XMP is not seen', () => [xmpSegment(), exifSegment(6)], 1],
    ['before XMP is seen', () => [exifSegment(6), xmpSegment()], 6],
    ['after segments of other kinds is seen', () => [segment(0xe2), segment(0xfe), exifSegment(6)], 6],
    ['that comes a second time counts no more', () => [exifSegment(1), exifSegment(6)], 1],
    ['as a long is seen', () => [exifSegment(8, { type: 4 })], 8],
    ['as a long in Motorola order is not', () => [exifSegment(8, { type: 4, bigEndian: true })], 1],
    ['after fill bytes is seen', () => [Buffer.from([0xff, 0xff, 0xff]), exifSegment(3)], 3],
    ['of 0 is none', () => [exifSegment(0)], 1],
    ['of 9 is none', () => [exifSegment(9)], 1],
  ] as const) {
    it(`is sent with what the server sees in the image: one ${what}`, async () => {
      const image = withSegments(await fourColors(120, 60).jpeg().toBuffer(), ...segments())
      const { bytes, sentSize } = await prepareImage(LoadedImage.from(image), limit, true)
      assert.deepEqual(sentSize, { width: 40, height: 20 })
      assert.equal(orientationOnServer(bytes), orientation)
    })
  }

  it('may be as large as either way round allows where the limit is no square', async () => {
    const image = LoadedImage.from(await tagged(6))
    for (const within of [
      { width: 60, height: 40 },
      { width: 40, height: 60 },
    ]) {
      assert.deepEqual((await prepareImage(image, within, true)).sentSize, { width: 60, height: 30 })
    }
    const lying = { width: 60, height: 40 }
    assert.deepEqual((await prepareImage(image, lying, false)).sentSize, { width: 60, height: 30 })
    const standing = { width: 40, height: 60 }
    assert.deepEqual((await prepareImage(image, standing, false)).sentSize, { width: 40, height: 20 })
  })
})
