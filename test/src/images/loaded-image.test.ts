import assert from 'node:assert/strict'
import { EncodingError } from '../../../src/errors'
import { LoadedImage } from '../../../src/images/loaded-image'
import { paint } from '../../support/images'
import { thrownBy } from '../failure'
import { noisy, pngEnd, pngHeader, startOfScan, withThumbnail } from './crafted'

const refusalOf = (bytes: Uint8Array): string => {
  const error = thrownBy(() => LoadedImage.from(bytes))
  assert.ok(error instanceof EncodingError, error.stack)
  assert.equal(error.code, 'ENCODING_ERROR')
  return error.message
}

describe('a loaded image', () => {
  it('knows format and size, and keeps the bytes', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
      const bytes = await noisy(37, 21).toFormat(format).toBuffer()
      const image = LoadedImage.from(bytes)
      assert.deepEqual([image.format, image.width, image.height], [format, 37, 21])
      assert.deepEqual(image.bytes, bytes)
    }
  })

  it('knows the size of an image that is never decoded, and does without where its header is odd', () => {
    const bmp = Buffer.alloc(58)
    bmp.write('BM')
    bmp.writeUInt32LE(58, 2)
    bmp.writeUInt32LE(54, 10)
    bmp.writeUInt32LE(40, 14)
    bmp.writeInt32LE(5, 18)
    bmp.writeInt32LE(3, 22)
    const image = LoadedImage.from(bmp)
    assert.deepEqual([image.format, image.width, image.height], ['bmp', 5, 3])
    const heic = LoadedImage.from(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'))
    assert.deepEqual([heic.format, heic.width, heic.height], ['heic', undefined, undefined])
  })

  it('counts pixels as they are stored, whatever the orientation says', async () => {
    const turned = await noisy(30, 20).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const { width, height } = LoadedImage.from(turned)
    assert.deepEqual([width, height], [30, 20])
  })

  it('takes a view of the bytes as they came, without a copy', async () => {
    const jpeg = await paint(12, 9)
    const view = new Uint8Array(new ArrayBuffer(50_000), 7, jpeg.length)
    view.set(jpeg)
    const { bytes } = LoadedImage.from(view)
    assert.ok(Buffer.isBuffer(bytes))
    assert.deepEqual(bytes, jpeg)
    assert.equal(bytes.buffer, view.buffer)
  })

  it('refuses what is empty', () => {
    assert.match(refusalOf(Buffer.alloc(0)), /empty/)
  })

  it('refuses what is no image, and says how it begins', () => {
    assert.match(refusalOf(Buffer.from('Hello, world')), /12 bytes are no image.*48656c6c/)
    assert.match(refusalOf(Buffer.from([1])), /01/)
  })

  it('refuses cut JPEG, PNG and WebP', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const whole = await noisy(40, 40).toFormat(format).toBuffer()
      assert.match(refusalOf(whole.subarray(0, whole.length - 20)), /cut off/)
      assert.match(refusalOf(whole.subarray(0, whole.length / 2)), /cut off/)
    }
  })

  it('knows the size of a JPEG with fill bytes before its segments', async () => {
    for (const progressive of [false, true]) {
      const jpeg = await noisy(37, 21).jpeg({ progressive }).toBuffer()
      const frame = jpeg.indexOf(Buffer.from([0xff, progressive ? 0xc2 : 0xc0]))
      const fill = Buffer.alloc(3, 0xff)
      const filled = Buffer.concat([
        jpeg.subarray(0, 2),
        fill,
        jpeg.subarray(2, frame),
        fill,
        jpeg.subarray(frame),
      ])
      const { width, height } = LoadedImage.from(filled)
      assert.deepEqual([width, height], [37, 21])
    }
  })

  it('refuses a JPEG that is cut behind its thumbnail', async () => {
    const whole = withThumbnail(await noisy(40, 40).jpeg().toBuffer(), await paint(8, 6))
    assert.equal(LoadedImage.from(whole).width, 40)
    assert.match(refusalOf(whole.subarray(0, startOfScan(whole) + 100)), /cut off/)
  })

  it('refuses an image whose header is cut', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'tiff', 'avif'] as const) {
      const whole = await noisy(40, 40).toFormat(format).toBuffer()
      assert.match(refusalOf(whole.subarray(0, 14)), /damaged|cut off/, format)
    }
  })

  it('refuses a header that claims 30,000 × 30,000 pixels, before anything is decoded', () => {
    const bomb = Buffer.concat([pngHeader(30_000, 30_000), pngEnd])
    assert.match(refusalOf(bomb), /30000 × 30000 pixels: too large/)
  })

  it('accepts as many pixels as sharp does, and not one row more', () => {
    const claim = (width: number, height: number) => Buffer.concat([pngHeader(width, height), pngEnd])
    assert.equal(LoadedImage.from(claim(16_383, 16_383)).height, 16_383)
    assert.match(refusalOf(claim(16_383, 16_384)), /too large/)
  })
})
