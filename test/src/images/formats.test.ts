import assert from 'node:assert/strict'
import { decodableFormats, formatOf, isTruncated } from '../../../src/images/formats'
import { paint } from '../../support/images'
import { noisy, startOfScan, withThumbnail } from './crafted'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('the format of an image', () => {
  it('is told by what the bytes are: images that sharp wrote', async () => {
    const image = noisy(16, 16)
    for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
      assert.equal(formatOf(await image.clone().toFormat(format).toBuffer()), format)
      assert.ok(decodableFormats.has(format))
    }
  })

  it('is told by the first bytes: the other kinds', () => {
    for (const [format, head] of [
      ['heic', '\0\0\0\x18ftypheic'],
      ['heic', '\0\0\0\x18ftypmif1'],
      ['avif', '\0\0\0\x1cftypavis'],
      ['bmp', `BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0`],
      ['jp2', '\0\0\0\x0cjP  \r\n\x87\n'],
      ['jp2', '\xff\x4f\xff\x51\0'],
      ['pnm', 'P6\n4 3\n255\n'],
      ['pnm', 'P5 4 3 255 '],
      ['tiff', 'MM\0*\0\0\0\x08'],
      ['gif', 'GIF87a'],
    ] as const) {
      assert.equal(formatOf(latin1(head)), format, JSON.stringify(head))
    }
  })

  it('is none for other bytes', () => {
    const others = [
      '',
      'BMW is a car',
      'P7\n',
      'RIFF\0\0\0\0WAVE',
      '<svg/>',
      '%PDF-1.7',
      '{"a":1}',
      'GIF8',
      '\xff\xd8',
    ]
    for (const other of [...others, '\0\0\0\x18ftypmp42', ' \xff\xd8\xff', '\x89PNG\n']) {
      assert.equal(formatOf(latin1(other)), undefined, JSON.stringify(other))
    }
  })

  it('decodes no format but the six', () => {
    assert.deepEqual([...decodableFormats].sort(), ['avif', 'gif', 'jpeg', 'png', 'tiff', 'webp'])
  })

  it('is told of a view into larger memory', async () => {
    const jpeg = await paint(8, 8)
    const around = Buffer.concat([Buffer.alloc(13, 1), jpeg, Buffer.alloc(5)])
    assert.equal(formatOf(new Uint8Array(around.buffer, around.byteOffset + 13, jpeg.length)), 'jpeg')
  })
})

describe('an image that is cut off', () => {
  it('is told of JPEG, PNG and WebP at any place', async () => {
    const image = noisy(40, 40)
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const whole = await image.clone().toFormat(format).toBuffer()
      assert.equal(isTruncated(whole, format), false, format)
      for (const length of [whole.length - 9, Math.round(whole.length / 2), 200, 33]) {
        assert.equal(isTruncated(whole.subarray(0, length), format), true, `${format}: ${length} bytes`)
      }
    }
  })

  it('is told of a progressive JPEG in any of its scans', async () => {
    const whole = await noisy(40, 40).jpeg({ progressive: true }).toBuffer()
    assert.equal(isTruncated(whole, 'jpeg'), false)
    assert.equal(isTruncated(whole.subarray(0, startOfScan(whole) + 20), 'jpeg'), true)
  })

  it('is told of a JPEG whose thumbnail is whole', async () => {
    const whole = withThumbnail(await noisy(40, 40).jpeg().toBuffer(), await paint(8, 6))
    const pixels = startOfScan(whole)
    assert.equal(isTruncated(whole, 'jpeg'), false)
    assert.equal(isTruncated(whole.subarray(0, pixels + 200), 'jpeg'), true, 'among the pixels')
    assert.equal(isTruncated(whole.subarray(0, pixels - 10), 'jpeg'), true, 'before the pixels')
  })

  it('is not told of a JPEG with something behind its end, or fill bytes in its header', async () => {
    const jpeg = await noisy(40, 40).jpeg().toBuffer()
    assert.equal(isTruncated(Buffer.concat([jpeg, Buffer.alloc(64)]), 'jpeg'), false)
    const filled = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xff]), jpeg.subarray(2)])
    assert.equal(isTruncated(filled, 'jpeg'), false)
  })

  it('looks only at the view, not at the memory behind it', async () => {
    const png = await noisy(20, 20).png().toBuffer()
    const memory = Buffer.from(png)
    assert.equal(isTruncated(memory.subarray(0, png.length - 20), 'png'), true)
  })
})
