import assert from 'node:assert/strict'
import sharp from 'sharp'
import { withoutOrientation } from '../../../src/images/orientation'
import { segment } from '../../support/exif'
import { paint, randomFrom } from '../../support/images'
import { startOfScan } from './crafted'

type Order = 'II' | 'MM'

const orientationTag = 0x0112

/** An Exif segment with one directory of short values. */
const exif = (order: Order, entries: [tag: number, value: number][], directory = 8): Buffer => {
  const tiff = Buffer.alloc(directory + 2 + entries.length * 12 + 4)
  const little = order === 'II'
  const write16 = (value: number, at: number) =>
    little ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at)
  const write32 = (value: number, at: number) =>
    little ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at)
  tiff.write(order, 'latin1')
  write16(42, 2)
  write32(directory, 4)
  write16(entries.length, directory)
  for (const [index, [tag, value]] of entries.entries()) {
    const at = directory + 2 + index * 12
    write16(tag, at)
    write16(3, at + 2)
    write32(1, at + 4)
    write16(value, at + 8)
  }
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]))
}

/** Where two buffers of the same length differ. */
const differences = (a: Buffer, b: Buffer): number[] => {
  assert.equal(a.length, b.length)
  return [...a.keys()].filter((index) => a[index] !== b[index])
}

describe('taking the orientation out of a JPEG', () => {
  let plain: Buffer
  before(async () => {
    plain = await paint(16, 12)
  })

  /** The image with segments right behind its first marker. */
  const withSegments = (...segments: Buffer[]): Buffer =>
    Buffer.concat([plain.subarray(0, 2), ...segments, plain.subarray(2)])

  const orientationOf = async (jpeg: Buffer) => (await sharp(jpeg).metadata()).orientation

  for (const order of ['II', 'MM'] as const) {
    for (const orientation of [2, 3, 4, 5, 6, 7, 8]) {
      it(`makes it 1 in a copy that differs in nothing else: ${order}, ${orientation}`, async () => {
        const jpeg = withSegments(
          exif(order, [
            [0x0100, 274],
            [orientationTag, orientation],
            [0x0128, 2],
          ]),
        )
        assert.equal(await orientationOf(jpeg), orientation)
        const before = Buffer.from(jpeg)
        const copy = withoutOrientation(jpeg)
        assert.deepEqual(jpeg, before, 'the image itself was written to')
        assert.notEqual(copy, jpeg)
        assert.equal(await orientationOf(copy), 1)
        assert.equal(differences(copy, jpeg).length, 1)
      })
    }

    it(`overwrites both bytes of a value that is out of range: ${order}`, async () => {
      const jpeg = withSegments(exif(order, [[orientationTag, 0x0306]]))
      const copy = withoutOrientation(jpeg)
      assert.equal(await orientationOf(copy), 1)
      assert.deepEqual(copy, withSegments(exif(order, [[orientationTag, 1]])))
    })

    it(`gives the image itself where the orientation says 1 or there is none: ${order}`, () => {
      for (const entries of [[[orientationTag, 1]], [[0x0128, 6]], []] as [number, number][][]) {
        const jpeg = withSegments(exif(order, entries))
        assert.equal(withoutOrientation(jpeg), jpeg)
      }
    })

    it(`finds it behind other segments, and in a directory that does not follow at once: ${order}`, async () => {
      const xmp = segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>'))
      const jpeg = withSegments(
        segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
        xmp,
        exif(order, [[orientationTag, 6]], 40),
      )
      assert.equal(await orientationOf(jpeg), 6)
      const copy = withoutOrientation(jpeg)
      assert.equal(await orientationOf(copy), 1)
      assert.equal(differences(copy, jpeg).length, 1)
    })
  }

  it('works on what sharp writes', async () => {
    const jpeg = await sharp(plain).withMetadata({ orientation: 8 }).jpeg().toBuffer()
    const copy = withoutOrientation(jpeg)
    assert.equal(await orientationOf(copy), 1)
    assert.equal(differences(copy, jpeg).length, 1)
    assert.equal(withoutOrientation(copy), copy)
  })

  it('gives the image itself where there is no Exif: other images, other segments, pixels', async () => {
    const behindPixels = Buffer.concat([plain, exif('II', [[orientationTag, 6]])])
    const comment = withSegments(segment(0xfe, exif('II', [[orientationTag, 6]]).subarray(4)))
    const png = await sharp(plain).withMetadata({ orientation: 6 }).png().toBuffer()
    for (const bytes of [plain, behindPixels, comment, png, Buffer.alloc(0), plain.subarray(0, 2)]) {
      const before = Buffer.from(bytes)
      assert.equal(withoutOrientation(bytes), bytes)
      assert.deepEqual(bytes, before)
    }
  })

  it('looks neither at pixels nor at what begins with no marker', () => {
    const start = plain.subarray(0, 2)
    const turned = exif('II', [[orientationTag, 6]])
    const asPixels = Buffer.concat([start, segment(0xda, Buffer.alloc(10)), turned])
    const withoutMarker = Buffer.concat([start, Buffer.from([0]), turned.subarray(1)])
    for (const bytes of [asPixels, withoutMarker]) assert.equal(withoutOrientation(bytes), bytes)
    const whole = Buffer.concat([start, turned])
    assert.notEqual(withoutOrientation(whole), whole)
  })

  it('gives the image itself where the directory lies outside of the file', () => {
    for (const order of ['II', 'MM'] as const) {
      const jpeg = withSegments(exif(order, [[orientationTag, 6]]))
      const offset = jpeg.indexOf(order) + 4
      jpeg.fill(0xff, offset, offset + 4)
      assert.equal(withoutOrientation(jpeg), jpeg)
    }
  })

  const holds = (jpeg: Buffer) => {
    const before = Buffer.from(jpeg)
    const copy = withoutOrientation(jpeg)
    assert.deepEqual(jpeg, before, 'the image itself was written to')
    const changed = differences(copy, jpeg)
    assert.ok(changed.length <= 2 && (changed[1] ?? 0) - (changed[0] ?? 0) <= 1, `changed: ${changed}`)
  }

  it('survives an image that is cut off anywhere', () => {
    for (const order of ['II', 'MM'] as const) {
      const jpeg = withSegments(
        exif(order, [
          [0x0100, 7],
          [orientationTag, 6],
        ]),
      )
      for (let length = 0; length < startOfScan(jpeg); length++) holds(jpeg.subarray(0, length))
    }
  })

  it('survives random bytes in the Exif segment and the segments before it, soon', () => {
    const seed = 20_260
    const random = randomFrom(seed)
    const started = Date.now()
    for (let round = 0; round < 3000; round++) {
      const order = round % 2 ? 'II' : 'MM'
      const jpeg = withSegments(
        exif(order, [
          [0x0100, 7],
          [orientationTag, 6],
        ]),
      )
      const header = jpeg.indexOf('Exif') + 60
      const from = round % 3 === 0 ? 2 : jpeg.indexOf(order)
      for (let hits = 1 + Math.floor(random() * 12); hits > 0; hits--) {
        jpeg[from + Math.floor(random() * (header - from))] = Math.floor(random() * 256)
      }
      holds(jpeg)
    }
    assert.ok(Date.now() - started < 10_000, 'it took too long')
  })
})
