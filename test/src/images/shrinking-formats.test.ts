import assert from 'node:assert/strict'
import sharp from 'sharp'
import { prepareImage } from '../../../src/images/downsizing'
import { LoadedImage } from '../../../src/images/loaded-image'
import { alike, blue, colors, fourColors, green, meansOf, type Quadrants, red, yellow } from './quadrants'

const limit = { width: 40, height: 40 }
const clockwise: Quadrants = [blue, red, yellow, green]

const tagged = async (format: 'jpeg' | 'png' | 'webp' | 'tiff' | 'avif', orientation = 6) =>
  LoadedImage.from(await fourColors(120, 60).withMetadata({ orientation }).toFormat(format).toBuffer())

describe('the orientation of a shrunk picture', () => {
  // what OpenCV 4.12, which the server decodes with, does with the untouched picture
  for (const [format, upright, turned] of [
    ['jpeg', true, true],
    ['jpeg', false, false],
    ['png', true, true],
    ['png', false, false],
    ['webp', true, false],
    ['webp', false, false],
    ['tiff', true, true],
    ['tiff', false, true],
  ] as const) {
    it(`is ${turned ? 'applied' : 'ignored'} in ${format} that is ${upright ? '' : 'not '}to be upright`, async () => {
      const { bytes, sentSize, shrunkFrom } = await prepareImage(await tagged(format), limit, upright)
      assert.deepEqual(sentSize, turned ? { width: 20, height: 40 } : { width: 40, height: 20 })
      assert.deepEqual(shrunkFrom, turned ? { width: 60, height: 120 } : { width: 120, height: 60 })
      const { width, height, orientation } = await sharp(bytes).metadata()
      assert.deepEqual({ width, height }, sentSize)
      assert.equal(orientation, undefined)
      const found = await meansOf(bytes)
      assert.ok(alike(found, turned ? clockwise : colors), JSON.stringify(found))
    })
  }

  it('decides whether a picture fits as it will be seen', async () => {
    for (const format of ['jpeg', 'png', 'tiff'] as const) {
      const image = await tagged(format)
      assert.deepEqual(
        await prepareImage(image, { width: 60, height: 120 }, true),
        { bytes: image.bytes },
        format,
      )
      const { sentSize } = await prepareImage(image, { width: 120, height: 60 }, true)
      assert.deepEqual(sentSize, { width: 30, height: 60 }, format)
    }
    const webp = await tagged('webp')
    assert.deepEqual(await prepareImage(webp, { width: 120, height: 60 }, true), { bytes: webp.bytes })
  })

  it('leaves AVIF untouched where the decoder here would turn it and the server’s would not', async () => {
    for (const orientation of [6, 8]) {
      const image = await tagged('avif', orientation)
      for (const upright of [true, false]) {
        assert.deepEqual(await prepareImage(image, limit, upright), { bytes: image.bytes })
      }
    }
    assert.notEqual((await prepareImage(await tagged('avif', 1), limit, true)).sentSize, undefined)
  })

  for (const orientation of [2, 3, 4]) {
    it(`never makes AVIF another picture than the server sees: ${orientation}`, async () => {
      const image = await tagged('avif', orientation)
      const { bytes, sentSize } = await prepareImage(image, limit, true)
      const found = await meansOf(bytes)
      assert.ok(sentSize === undefined || alike(found, colors), JSON.stringify(found))
    })
  }
})
