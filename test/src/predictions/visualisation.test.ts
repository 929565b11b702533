import assert from 'node:assert/strict'
import sharp from 'sharp'
import type { RawPixels } from '../../../src/index'
import { decodeVisualisation } from '../../../src/predictions/visualisation'
import { paint, paintPixels } from '../../support/images'
import { failureOf } from '../failure'
import { noisy } from '../images/crafted'
import { fourColors } from '../images/quadrants'

const pixelsOf = async (bytes: Buffer): Promise<RawPixels> => {
  const pixels = await decodeVisualisation(bytes, 'numpy')
  assert.ok(typeof pixels === 'object' && 'channels' in pixels)
  return pixels
}

describe('an image that the server drew', () => {
  it('is given as base64 of its own bytes, whatever they are', async () => {
    for (const bytes of [await paint(20, 10), Buffer.from('no image'), Buffer.from([0xfb, 0xff, 0xfe])]) {
      assert.equal(await decodeVisualisation(bytes, 'base64'), bytes.toString('base64'))
    }
    assert.equal(await decodeVisualisation(Buffer.from([0xfb, 0xff]), 'base64'), '+/8=')
  })

  it('is given as its own bytes for pillow', async () => {
    const bytes = await paint(20, 10)
    const image = await decodeVisualisation(bytes, 'pillow')
    assert.ok(Buffer.isBuffer(image))
    assert.deepEqual(image, bytes)
  })

  it('is given as raw pixels for numpy, red first', async () => {
    const red = { x: 10, y: 5, width: 20, height: 10, color: 'red' } as const
    const png = await sharp(paintPixels(20, 10, [red]), { raw: { width: 20, height: 10, channels: 3 } })
      .png()
      .toBuffer()
    const { data, ...size } = await pixelsOf(png)
    assert.deepEqual(size, { width: 20, height: 10, channels: 3 })
    assert.deepEqual(Buffer.from(data), paintPixels(20, 10, [red]))
  })

  it('keeps one channel as raw pixels where it is grey', async () => {
    const grey = await fourColors(8, 6).toColourspace('b-w').png().toBuffer()
    assert.equal((await sharp(grey).metadata()).channels, 1)
    const { channels, data } = await pixelsOf(grey)
    assert.deepEqual([channels, data.length], [1, 48])
  })

  it('keeps its alpha as raw pixels', async () => {
    const seeThrough = await fourColors(8, 6, [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11, 12],
      [13, 14, 15, 16],
    ])
      .png()
      .toBuffer()
    const { channels, data } = await pixelsOf(seeThrough)
    assert.equal(channels, 4)
    assert.deepEqual([...data.slice(0, 4)], [1, 2, 3, 4])
    assert.deepEqual([...data.slice(-4)], [13, 14, 15, 16])
  })

  it('is refused where it is no image and one is asked for', async () => {
    for (const format of ['pillow', 'numpy'] as const) {
      for (const bytes of [Buffer.alloc(0), Buffer.from('no image'), (await paint(20, 10)).subarray(0, 60)]) {
        const error = await failureOf(decodeVisualisation(bytes, format))
        assert.equal(error.code, 'ENCODING_ERROR', error.stack)
        assert.match(error.message, /^The visualisation that the server returned is no image\.$/)
      }
    }
  })

  it('is refused where its pixels are damaged and asked for', async () => {
    const bytes = await noisy(40, 40).png().toBuffer()
    bytes.fill(0xa5, Math.floor(bytes.length * 0.4), Math.floor(bytes.length * 0.9))
    const error = await failureOf(decodeVisualisation(bytes, 'numpy'))
    assert.equal(error.code, 'ENCODING_ERROR', error.stack)
    assert.match(error.message, /damaged/)
    assert.deepEqual(await decodeVisualisation(bytes, 'pillow'), bytes)
  })
})
