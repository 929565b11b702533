import assert from 'node:assert/strict'
import sharp from 'sharp'
import { prepareImage } from '../../../src/images/downsizing'
import { LoadedImage } from '../../../src/images/loaded-image'
import type { Size } from '../../../src/images/size'
import { paint } from '../../support/images'
import { failureOf } from '../failure'
import { colorAt, noisy, similar } from './crafted'
import { alike, blue, colors, fourColors, green, meansOf, type Quadrants, red, yellow } from './quadrants'

const limit = { width: 40, height: 40 }

const shrink = async (bytes: Buffer, within: Size = limit) => {
  const before = Buffer.from(bytes)
  const prepared = await prepareImage(LoadedImage.from(bytes), within, true)
  assert.deepEqual(bytes, before, 'the bytes that came were written to')
  assert.notEqual(prepared.bytes.buffer, bytes.buffer)
  return prepared
}

const assertColors = async (bytes: Buffer, expected: Quadrants, tolerance?: number) => {
  const found = await meansOf(bytes)
  assert.ok(alike(found, expected, tolerance), JSON.stringify({ found, expected }))
}

/** The largest of a JPEG's factors for brightness: 12 for quality 95, 10 for 96, 15 for 94 (ITU T.81, K.1). */
const coarsestStep = (jpeg: Buffer): number => {
  const table = jpeg.indexOf(Buffer.from([0xff, 0xdb]))
  return Math.max(...jpeg.subarray(table + 5, table + 69))
}

describe('an image that is shrunk', () => {
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
    it(`becomes a JPEG of the right size and the same colours: ${format}`, async () => {
      const { bytes, sentSize, shrunkFrom } = await shrink(
        await fourColors(120, 80).toFormat(format).toBuffer(),
      )
      assert.deepEqual(sentSize, { width: 40, height: 27 })
      assert.deepEqual(shrunkFrom, { width: 120, height: 80 })
      const image = LoadedImage.from(bytes)
      assert.deepEqual([image.format, image.width, image.height], ['jpeg', 40, 27])
      await assertColors(bytes, colors)
    })
  }

  it('is encoded with quality 95 and colours at full resolution: a model looks at each pixel that is left', async () => {
    const { bytes } = await shrink(await fourColors(120, 80).png().toBuffer())
    assert.equal(coarsestStep(bytes), 12)
    assert.equal((await sharp(bytes).metadata()).chromaSubsampling, '4:4:4')
  })

  it('is seen as a whole, also where rounding makes it squat', async () => {
    const left = { x: 20, y: 2, width: 40, height: 4, color: 'red' } as const
    const { bytes, sentSize } = await shrink(await paint(400, 4, [left]), { width: 40, height: 40 })
    assert.deepEqual(sentSize, { width: 40, height: 1 })
    const image = LoadedImage.from(bytes)
    assert.deepEqual([image.width, image.height], [40, 1])
    assert.ok(similar(await colorAt(image, 0, 0), red, 25))
    assert.ok(similar(await colorAt(image, 20, 0), [90, 90, 90]))
    assert.ok(similar(await colorAt(image, 39, 0), [90, 90, 90]))
  })

  it('shows everything at its place, also where its sides are odd', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const edge = 500
      const pixels = Buffer.alloc(1021 * 577 * 3, 20)
      pixels.fill(220, edge * 1021 * 3)
      const raw = { width: 1021, height: 577, channels: 3 } as const
      const { bytes, sentSize } = await shrink(await sharp(pixels, { raw }).toFormat(format).toBuffer(), {
        width: 320,
        height: 320,
      })
      assert.deepEqual(sentSize, { width: 320, height: 181 })
      const { channels } = await sharp(bytes).stats()
      const dark = (220 - (channels[0]?.mean ?? 0)) / 200
      assert.ok(Math.abs(dark * 577 - edge) < 0.2, `${format}: ${dark * 577}`)
    }
  })

  it('may have to fit a limit that is no square', async () => {
    const png = await fourColors(120, 80).png().toBuffer()
    const { bytes, sentSize } = await shrink(png, { width: 60, height: 20 })
    assert.deepEqual(sentSize, { width: 30, height: 20 })
    await assertColors(bytes, colors)
  })

  it('loses its alpha and keeps its colours', async () => {
    const half: Quadrants = [
      [...red, 128],
      [...green, 60],
      [...blue, 255],
      [...yellow, 200],
    ]
    const { bytes } = await shrink(await fourColors(120, 80, half).png().toBuffer())
    await assertColors(bytes, colors)
    assert.equal((await sharp(bytes).metadata()).hasAlpha, false)
  })

  it('keeps the colours of what is wholly transparent, as the server sees them', async () => {
    const hidden: Quadrants = [
      [...red, 0],
      [...green, 255],
      [...blue, 0],
      [...yellow, 0],
    ]
    const { bytes } = await shrink(await fourColors(120, 80, hidden).png().toBuffer())
    await assertColors(bytes, colors)
  })

  it('may have 16 bits per colour, with alpha or without', async () => {
    const hidden = colors.map((color) => [...color, 0]) as Quadrants
    for (const quadrants of [colors, hidden]) {
      const png = await fourColors(120, 80, quadrants).toColourspace('rgb16').png().toBuffer()
      assert.equal((await sharp(png).metadata()).depth, 'ushort')
      const { bytes } = await shrink(png)
      assert.equal((await sharp(bytes).metadata()).depth, 'uchar')
      await assertColors(bytes, colors)
    }
  })

  it('may be grey, with 8 bits or 16, or have a palette', async () => {
    const shades: Quadrants = [
      [40, 40, 40],
      [200, 200, 200],
      [90, 90, 90],
      [150, 150, 150],
    ]
    const grey = fourColors(120, 80, shades).toColourspace('b-w')
    const deep = fourColors(120, 80, shades).toColourspace('grey16')
    for (const png of [await grey.png().toBuffer(), await deep.png().toBuffer()]) {
      assert.equal((await sharp(png).metadata()).channels, 1)
      await assertColors((await shrink(png)).bytes, shades)
    }
    const palette = await fourColors(120, 80).png({ palette: true }).toBuffer()
    assert.equal((await sharp(palette).metadata()).isPalette, true)
    await assertColors((await shrink(palette)).bytes, colors)
  })

  it('keeps its numbers whatever colour profile they are meant for, as the server reads them', async () => {
    const profiled = await fourColors(120, 80).withIccProfile('p3').png().toBuffer()
    const stored = await sharp(profiled, { ignoreIcc: true }).raw().toBuffer()
    const numbers = [...stored.subarray(0, 3)]
    assert.equal(similar(numbers, red), false, 'the image does not tell whether its profile is used')
    const { bytes } = await shrink(profiled)
    const [first] = await meansOf(bytes)
    assert.ok(similar(first, numbers, 6), `${first} is not ${numbers}`)
    assert.equal((await sharp(bytes).metadata()).icc, undefined)
  })

  it('says that it is damaged where its pixels cannot be decoded', async () => {
    for (const format of ['png', 'gif', 'avif'] as const) {
      const bytes = await noisy(60, 60).toFormat(format).toBuffer()
      bytes.fill(0xa5, Math.floor(bytes.length * 0.4), Math.floor(bytes.length * 0.9))
      const error = await failureOf(shrink(bytes))
      assert.equal(error.code, 'ENCODING_ERROR', error.stack)
      const name = format.toUpperCase()
      assert.match(error.message, new RegExp(`^The ${name} is damaged and cannot be decoded \\(.+\\)\\.$`))
      assert.doesNotMatch(error.message, /\n/)
    }
  })

  it('says that it is damaged where a JPEG lacks what its pixels are decoded with', async () => {
    const bytes = await noisy(60, 60).jpeg().toBuffer()
    bytes[bytes.indexOf(Buffer.from([0xff, 0xc4])) + 4] = 0xee
    assert.match((await failureOf(shrink(bytes))).message, /^The JPEG is damaged and cannot be decoded/)
  })

  it('is decoded only when it is too large: damage in a small one is the server’s to find', async () => {
    const bytes = await noisy(30, 30).png().toBuffer()
    bytes.fill(0xa5, Math.floor(bytes.length * 0.4), Math.floor(bytes.length * 0.9))
    const image = LoadedImage.from(bytes)
    assert.deepEqual(await prepareImage(image, limit, true), { bytes: image.bytes })
  })
})
