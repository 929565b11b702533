import assert from 'node:assert/strict'
import sharp from 'sharp'
import { EncodingError } from '../../../src/errors'
import { encodePixels } from '../../../src/images/pixels'
import type { RawPixels } from '../../../src/images/references'
import { paintPixels } from '../../support/images'
import { failureOf } from '../failure'
import { colorAt, similar } from './crafted'

const [width, height] = [32, 16]
const red = [230, 20, 20]
const blue = [20, 40, 230]

/** The left half red, the right half blue, channel by channel. */
const halves = (left: number[], right: number[]): Buffer =>
  Buffer.from(
    Array.from({ length: width * height }, (_, index) => (index % width < width / 2 ? left : right)).flat(),
  )

const assertHalves = async (pixels: RawPixels, left = red, right = blue) => {
  const image = await encodePixels(pixels)
  assert.deepEqual([image.format, image.width, image.height], ['jpeg', width, height])
  for (const [x, expected] of [
    [4, left],
    [27, right],
  ] as const) {
    const found = await colorAt(image, x, 8)
    assert.ok(similar(found, expected), `${found} is not ${expected}`)
  }
  return image
}

const refusalOf = async (pixels: Partial<RawPixels>): Promise<string> => {
  const whole = { data: halves(red, blue), width, height, channels: 3, ...pixels }
  const error = await failureOf(encodePixels(whole))
  assert.ok(error instanceof EncodingError, error.stack)
  return error.message
}

describe('raw pixels', () => {
  it('become a JPEG of the same colours: RGB', async () => {
    const image = await assertHalves({ data: halves(red, blue), width, height, channels: 3 })
    assert.equal((await sharp(image.bytes).metadata()).chromaSubsampling, '4:2:0')
  })

  it('lose their alpha and keep their colours: RGBA', async () => {
    const data = halves([...red, 0], [...blue, 128])
    const image = await assertHalves({ data, width, height, channels: 4 })
    assert.equal((await sharp(image.bytes).metadata()).hasAlpha, false)
  })

  it('may be grey', async () => {
    const data = halves([40], [200])
    await assertHalves({ data, width, height, channels: 1 }, [40, 40, 40], [200, 200, 200])
  })

  it('are taken for blue, green, red where they say so: BGR and BGRA', async () => {
    const swapped = [20, 20, 230]
    const data = halves(swapped, [230, 40, 20])
    for (const colorSpace of ['BGR', 'bgr'])
      await assertHalves({ data, width, height, channels: 3, colorSpace })
    const withAlpha = halves([...swapped, 9], [230, 40, 20, 200])
    await assertHalves({ data: withAlpha, width, height, channels: 4, colorSpace: 'BGRA' })
  })

  it('are taken for red, green, blue whatever else they say', async () => {
    for (const colorSpace of ['RGB', 'srgb', '']) {
      await assertHalves({ data: halves(red, blue), width, height, channels: 3, colorSpace })
    }
  })

  it('may be a list of numbers, or a view of larger memory', async () => {
    const data = halves(red, blue)
    await assertHalves({ data: [...data], width, height, channels: 3 })
    await assertHalves({
      data: [...halves([20, 20, 230], [230, 40, 20])],
      width,
      height,
      channels: 3,
      colorSpace: 'BGR',
    })
    const memory = Buffer.concat([Buffer.alloc(11, 255), data, Buffer.alloc(3)])
    const view = new Uint8Array(memory.buffer, memory.byteOffset + 11, data.length)
    await assertHalves({ data: view, width, height, channels: 3 })
  })

  it('are never written to', async () => {
    for (const [channels, colorSpace] of [
      [3, 'BGR'],
      [3, 'RGB'],
      [4, 'BGRA'],
      [1, 'BGR'],
    ] as const) {
      const data = Buffer.from(Array.from({ length: width * height * channels }, (_, index) => index % 256))
      const before = Buffer.from(data)
      await encodePixels({ data, width, height, channels, colorSpace })
      assert.deepEqual(data, before)
    }
  })

  it('are read row by row', async () => {
    const green = { x: 20, y: 12, width: 8, height: 6, color: 'green' } as const
    const image = await encodePixels({
      data: paintPixels(40, 20, [green]),
      width: 40,
      height: 20,
      channels: 3,
    })
    assert.ok(similar(await colorAt(image, 20, 12), [20, 200, 30]))
    assert.ok(similar(await colorAt(image, 12, 12), [90, 90, 90], 25))
  })

  it('are refused when they are not as many as they should be', async () => {
    assert.match(await refusalOf({ width: 33 }), /33 × 16 × 3 are 1584 bytes; here are 1536/)
    assert.match(await refusalOf({ channels: 4 }), /are 2048 bytes; here are 1536/)
    assert.match(await refusalOf({ data: Buffer.alloc(0) }), /here are 0/)
    assert.match(await refusalOf({ data: new Uint8Array(width * height * 3 + 1) }), /here are 1537/)
  })

  it('are refused with an impossible size or number of channels', async () => {
    for (const side of [0, -1, 1.5, NaN, Infinity]) {
      assert.match(await refusalOf({ width: side }), /cannot be/)
      assert.match(await refusalOf({ height: side }), /cannot be/)
    }
    assert.match(await refusalOf({ width: 30_000, height: 30_000 }), /cannot be 30000 × 30000/)
    for (const channels of [0, 2, 5]) assert.match(await refusalOf({ channels }), /1, 3 or 4 channels/)
  })

  it('are refused with an error that says so when they are wider than a JPEG can be', async () => {
    const wide = { width: 70_000, height: 1, channels: 1, data: Buffer.alloc(70_000) }
    assert.match(await refusalOf(wide), /70000/)
  })
})
