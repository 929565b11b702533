import assert from 'node:assert/strict'
import sharp from 'sharp'
import type { InferenceAnswer, InferenceHTTPClient, ObjectDetectionAnswer } from '../../src/index'
import { assertSameAnswer } from '../support/compare-answers'
import type { Size } from '../support/compare-outlines'
import type { RememberingTransport } from '../support/compare-sent'
import { tinyTasks } from '../support/compare-tasks'
import { paint, paintPixels, type Rectangle, randomFrom, randomRectangles } from '../support/images'
import { openRealClient } from './real-client'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)
const sizes: [width: number, height: number][] = [
  [1280, 720],
  [900, 1600],
  [1021, 577],
  [321, 320],
  [2000, 330],
]

describe(`images larger than the model sees, on the real server (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = randomFrom(seed)
  let transport: RememberingTransport
  let client: InferenceHTTPClient
  openRealClient((opened) => {
    ;({ transport, client } = opened)
  })

  /** v0 does not know the size of the model: it is told here, so that both shrink alike. */
  const clientOf = (mode: string, configuration: object = {}) =>
    (mode === 'v0' ? client.useApiV0() : client).useConfiguration({
      defaultMaxInputSize: 320,
      ...configuration,
    })

  /** The answer, and the one image that was sent for it. */
  const ask = async (asked: InferenceHTTPClient, image: Buffer, modelId: string) => {
    transport.forget()
    const answer = await asked.infer<InferenceAnswer>(image, { modelId })
    const [[sent = assert.fail()] = [], ...others] = transport.images
    assert.deepEqual(others, [])
    return { answer, sent }
  }

  /** What fits into 320 × 320 with the same proportions. */
  const shrunk = ({ width, height }: Size): Size => {
    const factor = 320 / Math.max(width, height)
    return { width: Math.round(width * factor), height: Math.round(height * factor) }
  }

  /**
   * An edge is exact to 1/320 of its side, which is what the model sees, one pixel, and half a pixel of what was sent:
   * the server rounds boxes to whole ones. To a whole one where of one side less than half as many were sent as the
   * model sees: it cannot know better.
   */
  const blurOf = (size: Size) => {
    const { width, height } = shrunk(size)
    const pixel = size.width / width
    return 1 + (Math.min(width, height) < 160 ? pixel : pixel / 2)
  }

  for (const { name, modelId, assertFits } of tinyTasks) {
    for (const mode of ['v1', 'v0'] as const) {
      for (const [width, height] of sizes) {
        it(`${name} in ${mode} answers the same to ${width} × ${height} pixels, shrunk or not`, async () => {
          const size = { width, height }
          const painted = randomRectangles(random, width, height)
          const image = await paint(width, height, painted)
          const small = await ask(clientOf(mode), image, modelId)
          const whole = await ask(clientOf(mode, { clientDownsizingDisabled: true }), image, modelId)
          assert.ok(whole.sent.equals(image), 'without downsizing the image is sent as it came')
          const { format, width: sentWidth, height: sentHeight } = await sharp(small.sent).metadata()
          assert.deepEqual({ width: sentWidth, height: sentHeight }, shrunk(size))
          assert.equal(format, 'jpeg')
          assert.deepEqual(small.answer.image, size)
          assertFits(whole.answer, painted, size)
          assertFits(small.answer, painted, size, blurOf(size))
          assertSameAnswer(small.answer, whole.answer, size, blurOf(size))
        })
      }
    }
  }

  it('shifts nothing: what is off to the left and to the right evens out', async () => {
    const off = { x: [] as number[], y: [] as number[] }
    for (const [width, height] of sizes.slice(0, 3)) {
      for (let turn = 0; turn < 8; turn++) {
        const painted = randomRectangles(random, width, height)
        const { answer } = await ask(clientOf('v1'), await paint(width, height, painted), 'tiny-boxes/1')
        const found = (answer as ObjectDetectionAnswer).predictions
        for (const rectangle of painted) {
          const nearest = found.reduce((a, b) =>
            Math.abs(a.x - rectangle.x) < Math.abs(b.x - rectangle.x) ? a : b,
          )
          off.x.push(((nearest.x - rectangle.x) * 320) / width)
          off.y.push(((nearest.y - rectangle.y) * 320) / height)
        }
      }
    }
    for (const [axis, values] of Object.entries(off)) {
      const mean = values.reduce((a, b) => a + b) / values.length
      // half a pixel of the shrunk image is what a wrong idea of where pixels have their centre would shift
      assert.ok(Math.abs(mean) < 0.35, `${axis} is off by ${mean} of 320 on average`)
    }
  })

  it('in v0 shrinks to 1024 pixels when nothing else is said', async () => {
    const size = { width: 1600, height: 900 }
    const painted = randomRectangles(random, size.width, size.height)
    const image = await paint(size.width, size.height, painted)
    for (const { modelId, assertFits } of tinyTasks) {
      const { answer, sent } = await ask(client.useApiV0(), image, modelId)
      const { width, height } = await sharp(sent).metadata()
      assert.deepEqual([width, height], [1024, 576])
      assert.deepEqual(answer.image, size)
      assertFits(answer, painted, size, 3)
    }
  })

  for (const mode of ['v1', 'v0'] as const) {
    for (const [width, height] of [
      [320, 320],
      [320, 1],
      [7, 320],
      [319, 200],
    ] as const) {
      it(`${mode} sends ${width} × ${height} pixels byte for byte, in any format`, async () => {
        const pixels = sharp(paintPixels(width, height), { raw: { width, height, channels: 3 } })
        const jpeg = await pixels.clone().jpeg().toBuffer()
        const png = await pixels.clone().png().toBuffer()
        const webp = await pixels.clone().webp().toBuffer()
        for (const image of [jpeg, png, webp]) {
          const { answer, sent } = await ask(clientOf(mode), image, 'tiny-boxes/1')
          assert.ok(sent.equals(image))
          assert.deepEqual(answer.image, { width, height })
        }
      })
    }
  }

  const forms: [what: string, encode: (image: sharp.Sharp) => sharp.Sharp][] = [
    ['a progressive JPEG', (image) => image.jpeg({ progressive: true })],
    ['a JPEG with a wide colour profile', (image) => image.withIccProfile('p3').jpeg({ quality: 95 })],
    ['a JPEG for print (CMYK)', (image) => image.toColourspace('cmyk').jpeg({ quality: 95 })],
    ['a PNG', (image) => image.png()],
    ['a PNG with a palette', (image) => image.png({ palette: true })],
    ['a PNG of 16 bits', (image) => image.toColourspace('rgb16').png()],
    ['a PNG that is half transparent', (image) => image.ensureAlpha(0.5).png()],
    ['a WebP', (image) => image.webp({ quality: 95 })],
    ['a WebP that is half transparent', (image) => image.ensureAlpha(0.5).webp({ lossless: true })],
    ['a GIF', (image) => image.gif()],
    ['a TIFF', (image) => image.tiff({ compression: 'lzw' })],
    ['an AVIF', (image) => image.avif({ quality: 90, effort: 0 })],
  ]
  for (const [what, encode] of forms) {
    it(`${what} answers the same, shrunk or not`, async () => {
      const size = { width: 1000, height: 620 }
      const painted: Rectangle[] = (['red', 'green', 'blue'] as const).map((color, index) => ({
        color,
        x: 180 + 310 * index + Math.round(20 * random()),
        y: 260 + Math.round(100 * random()),
        width: 200,
        height: 240,
      }))
      const pixels = paintPixels(size.width, size.height, painted)
      const image = await encode(sharp(pixels, { raw: { ...size, channels: 3 } })).toBuffer()
      const whole = await ask(clientOf('v1', { clientDownsizingDisabled: true }), image, 'tiny-boxes/1')
      const small = await ask(clientOf('v1'), image, 'tiny-boxes/1')
      assert.deepEqual(small.answer.image, size)
      assertSameAnswer(small.answer, whole.answer, size, blurOf(size))
    })
  }
})
