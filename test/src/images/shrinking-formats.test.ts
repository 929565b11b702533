import assert from 'node:assert/strict'
import sharp from 'sharp'
import { prepareImage } from '../../../src/images/downsizing'
import { LoadedImage } from '../../../src/images/loaded-image'
import { alike, blue, colors, fourColors, green, meansOf, type Quadrants, red, yellow } from './quadrants'

const limit = { width: 40, height: 40 }
const clockwise: Quadrants = [blue, red, yellow, green]

const tagged = async (format: 'jpeg' | 'png' | 'webp' | 'tiff' | 'avif', orientation = 6) =>
  LoadedImage.from(await fourColors(120, 60).withMetadata({ orientation }).toFormat(format).toBuffer())

describe('the orientation of a shrunk image', () => {
  // what OpenCV 4.12, which the server decodes with, does with the untouched image
  for (const [format, upright, orientation] of [
    ['jpeg', true, 6],
    ['jpeg', false, undefined],
    ['png', true, 6],
    ['png', false, undefined],
    ['webp', true, undefined],
    ['webp', false, undefined],
  ] as const) {
    it(`is ${orientation ? 'kept' : 'ignored'} in ${format} that is ${upright ? '' : 'not '}to be upright`, async () => {
      const { bytes, sentSize, shrunkFrom } = await prepareImage(await tagged(format), limit, upright)
      assert.deepEqual(sentSize, { width: 40, height: 20 })
      assert.deepEqual(shrunkFrom, { width: 120, height: 60 })
      const sent = await sharp(bytes).metadata()
      assert.deepEqual([sent.width, sent.height, sent.orientation], [40, 20, orientation])
      const found = await meansOf(bytes)
      assert.ok(alike(found, colors), JSON.stringify(found))
    })
  }

  it('is applied to TIFF, as the server does whatever it is told', async () => {
    for (const upright of [true, false]) {
      const { bytes, sentSize, shrunkFrom } = await prepareImage(await tagged('tiff'), limit, upright)
      assert.deepEqual(sentSize, { width: 20, height: 40 })
      assert.deepEqual(shrunkFrom, { width: 60, height: 120 })
      assert.equal((await sharp(bytes).metadata()).orientation, undefined)
      const found = await meansOf(bytes)
      assert.ok(alike(found, clockwise), JSON.stringify(found))
    }
  })

  it('leaves TIFF with alpha untouched: the server multiplies colours by it', async () => {
    const drawn = fourColors(120, 60).ensureAlpha(0.5).tiff({ compression: 'lzw' })
    const image = LoadedImage.from(await drawn.toBuffer())
    assert.deepEqual(await prepareImage(image, limit, true), { bytes: image.bytes })
  })

  it('decides whether an image fits as it may be seen', async () => {
    for (const format of ['jpeg', 'png'] as const) {
      const image = await tagged(format)
      for (const within of [
        { width: 60, height: 120 },
        { width: 120, height: 60 },
      ]) {
        assert.deepEqual(await prepareImage(image, within, true), { bytes: image.bytes }, format)
      }
      const { sentSize } = await prepareImage(image, { width: 60, height: 120 }, false)
      assert.deepEqual(sentSize, { width: 60, height: 30 }, format)
    }
    const tiff = await tagged('tiff')
    assert.deepEqual(await prepareImage(tiff, { width: 60, height: 120 }, true), { bytes: tiff.bytes })
    const { sentSize } = await prepareImage(tiff, { width: 120, height: 60 }, true)
    assert.deepEqual(sentSize, { width: 30, height: 60 })
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
    it(`never makes AVIF another image than the server sees: ${orientation}`, async () => {
      const image = await tagged('avif', orientation)
      const { bytes, sentSize } = await prepareImage(image, limit, true)
      const found = await meansOf(bytes)
      assert.ok(sentSize === undefined || alike(found, colors), JSON.stringify(found))
    })
  }
})
