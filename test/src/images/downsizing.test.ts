import assert from 'node:assert/strict'
import { downsizedSize, prepareImage, roundHalfToEven } from '../../../src/images/downsizing'
import { LoadedImage } from '../../../src/images/loaded-image'
import { fourColors } from './quadrants'

const square = (side: number) => ({ width: side, height: side })

describe('the size that an image is shrunk to', () => {
  // recorded from the Python SDK 1.8.3; 1021 and 1023 halved are 510.5 and 511.5
  const recorded = [
    '1024 × 576 for 1280 × 720 within 1024 × 1024',
    '512 × 288 for 1280 × 720 within 512 × 512',
    '341 × 192 for 1280 × 720 within 384 × 192',
    '576 × 1024 for 720 × 1280 within 1024 × 1024',
    '108 × 192 for 720 × 1280 within 384 × 192',
    '512 × 512 for 1024 × 1024 within 512 × 512',
    '192 × 192 for 1024 × 1024 within 384 × 192',
    '1024 × 10 for 1025 × 10 within 1024 × 1024',
    '512 × 5 for 1025 × 10 within 512 × 512',
    '640 × 6 for 1025 × 10 within 640 × 640',
    '384 × 4 for 1025 × 10 within 384 × 192',
    '2 × 192 for 10 × 1025 within 384 × 192',
    '510 × 512 for 1021 × 1024 within 512 × 512',
    '638 × 640 for 1021 × 1024 within 640 × 640',
    '191 × 192 for 1021 × 1024 within 384 × 192',
    '319 × 320 for 1021 × 1024 within 320 × 320',
    '512 × 512 for 1023 × 1024 within 512 × 512',
    '639 × 640 for 1023 × 1024 within 640 × 640',
    '512 × 384 for 641 × 481 within 512 × 512',
    '640 × 480 for 641 × 481 within 640 × 640',
    '256 × 192 for 641 × 481 within 384 × 192',
    '274 × 640 for 333 × 777 within 640 × 640',
    '1024 × 439 for 2100 × 900 within 1024 × 1024',
    '384 × 165 for 2100 × 900 within 384 × 192',
    '60 × 192 for 500 × 1600 within 384 × 192',
    '1024 × 1 for 3000 × 2 within 1024 × 1024',
  ]
  for (const row of recorded) {
    it(`is ${row}`, () => {
      const [sentWidth, sentHeight, width, height, maxWidth, maxHeight] = (row.match(/\d+/g) ?? []).map(
        Number,
      )
      const size = downsizedSize(
        { width: width ?? 0, height: height ?? 0 },
        { width: maxWidth ?? 0, height: maxHeight ?? 0 },
      )
      assert.deepEqual(size, { width: sentWidth, height: sentHeight })
    })
  }

  it('has no side without a pixel, where the Python SDK fails', () => {
    for (const [image, limit, sent] of [
      [{ width: 3000, height: 2 }, square(512), { width: 512, height: 1 }],
      [
        { width: 3000, height: 2 },
        { width: 384, height: 192 },
        { width: 384, height: 1 },
      ],
      [{ width: 1, height: 5000 }, square(1024), { width: 1, height: 1024 }],
      [
        { width: 1, height: 5000 },
        { width: 384, height: 192 },
        { width: 1, height: 192 },
      ],
    ] as const) {
      assert.deepEqual(downsizedSize(image, limit), sent)
    }
  })

  it('is none for an image that fits, however closely', () => {
    for (const [image, limit] of [
      [{ width: 1024, height: 1024 }, square(1024)],
      [{ width: 1021, height: 1024 }, square(1024)],
      [{ width: 333, height: 777 }, square(1024)],
      [
        { width: 384, height: 192 },
        { width: 384, height: 192 },
      ],
      [{ width: 1, height: 1 }, square(640)],
    ] as const) {
      assert.equal(downsizedSize(image, limit), undefined)
    }
    assert.deepEqual(downsizedSize({ width: 384, height: 193 }, { width: 384, height: 192 }), {
      width: 382,
      height: 192,
    })
    assert.deepEqual(downsizedSize({ width: 385, height: 100 }, { width: 384, height: 192 }), {
      width: 384,
      height: 100,
    })
  })
})

describe('rounding', () => {
  it('goes to the even neighbour from the middle', () => {
    for (const [value, rounded] of [
      [0.5, 0],
      [1.5, 2],
      [2.5, 2],
      [509.5, 510],
      [510.5, 510],
      [511.5, 512],
      [1282.5, 1282],
    ] as const) {
      assert.equal(roundHalfToEven(value), rounded, String(value))
    }
  })

  it('goes to the nearest whole number from anywhere else', () => {
    for (const [value, rounded] of [
      [0, 0],
      [0.49999, 0],
      [0.50001, 1],
      [2.49999, 2],
      [2.50001, 3],
      [510.4999, 510],
      [510.5001, 511],
      [7, 7],
    ] as const) {
      assert.equal(roundHalfToEven(value), rounded, String(value))
    }
  })
})

describe('an image that is not shrunk', () => {
  const untouched = async (bytes: Buffer, limit: { width: number; height: number } | undefined) => {
    const before = Buffer.from(bytes)
    for (const upright of [true, false]) {
      const prepared = await prepareImage(LoadedImage.from(bytes), limit, upright)
      assert.equal(prepared.bytes.buffer, bytes.buffer, 'the memory is another one')
      assert.deepEqual(prepared, { bytes: before })
    }
  }

  it('is sent as the bytes that came when it is within the limit', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
      await untouched(await fourColors(60, 40).toFormat(format).toBuffer(), { width: 60, height: 40 })
    }
  })

  it('is sent as the bytes that came when there is no limit', async () => {
    await untouched(await fourColors(60, 40).png().toBuffer(), undefined)
  })

  it('is sent as the bytes that came when its format is never decoded here', async () => {
    const bmp = Buffer.alloc(58)
    bmp.write('BM')
    bmp.writeUInt32LE(58, 2)
    bmp.writeUInt32LE(54, 10)
    bmp.writeUInt32LE(40, 14)
    bmp.writeInt32LE(5000, 18)
    bmp.writeInt32LE(3000, 22)
    assert.equal(LoadedImage.from(bmp).width, 5000)
    await untouched(bmp, square(10))
    await untouched(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'), square(10))
    await untouched(Buffer.from('P6\n500 400\n255\n'), square(10))
  })

  it('keeps its orientation tag; what counts is whether it fits as it may be seen', async () => {
    const bytes = await fourColors(60, 40).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const image = LoadedImage.from(bytes)
    const upright = { width: 40, height: 60 }
    assert.deepEqual(await prepareImage(image, upright, true), { bytes: image.bytes })
    assert.notEqual((await prepareImage(image, upright, false)).sentSize, undefined)
    const stored = { width: 60, height: 40 }
    assert.deepEqual(await prepareImage(image, stored, false), { bytes: image.bytes })
    assert.deepEqual(await prepareImage(image, stored, true), { bytes: image.bytes })
  })
})
