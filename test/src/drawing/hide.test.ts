import assert from 'node:assert/strict'
import path from 'node:path'
import sharp from 'sharp'
import { drawPredictions } from '../../../src/index'
import { assertLooksLike, pixelsOf } from '../../support/compare-pictures'
import { box, boxes, detection, size } from './answers'

const picture = (name: string) => path.join(__dirname, 'pictures', `${name}.png`)

const alone = { format: 'png', labels: false, boxes: false, confidence: false } as const

/** Fine squares over colours that run into each other: what is hidden is seen at once. */
const detailed = (): Promise<Buffer> => {
  const { width, height } = size
  const data = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = ((x >> 2) + (y >> 2)) % 2 === 0 ? 90 : 0
      data.set([light + (x * 165) / width, light + (y * 165) / height, light + 60], (y * width + x) * 3)
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

/** How much neighbours differ in a part of an image, on average. */
const detailIn = async (image: Buffer, left: number, top: number, width: number, height: number) => {
  const { data, width: row } = await pixelsOf(image)
  let sum = 0
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width - 1; x++) {
      const at = (y * row + x) * 3
      sum += Math.abs((data[at] ?? 0) - (data[at + 3] ?? 0))
    }
  }
  return sum / (width * height)
}

describe('hiding', () => {
  let image: Buffer
  before(async () => {
    image = await detailed()
  })

  for (const hide of ['blur', 'pixelate'] as const) {
    it(`${hide}: the objects of a class, and nothing else`, async () => {
      const drawing = await drawPredictions(image, boxes, { format: 'png', hide, hiddenClasses: ['person'] })
      await assertLooksLike(drawing, picture(`hidden-${hide}`))
    })

    it(`${hide}: leaves nothing of what was there`, async () => {
      const answer = detection(box(160, 120, 100, 80, 'face'))
      const drawing = await drawPredictions(image, answer, { ...alone, hide })
      assert.ok((await detailIn(image, 112, 82, 96, 76)) > 20)
      assert.ok((await detailIn(drawing, 112, 82, 96, 76)) < 2.5)
      // beside it, nothing is touched
      assert.equal(await detailIn(drawing, 0, 0, 100, 240), await detailIn(image, 0, 0, 100, 240))
    })
  }

  it('hides every object where no class is named', async () => {
    const drawing = await drawPredictions(image, boxes, { format: 'png', hide: 'pixelate' })
    await assertLooksLike(drawing, picture('hidden-all'))
  })

  it('covers the objects in an overlay, which has no pixels', async () => {
    const overlay = await drawPredictions(image, detection(box(160, 120, 100, 80, 'face')), {
      ...alone,
      format: 'svg',
      hide: 'blur',
    })
    const { data } = await sharp(Buffer.from(overlay)).raw().toBuffer({ resolveWithObject: true })
    assert.equal(data[(120 * size.width + 160) * 4 + 3], 255)
    assert.equal(data[(20 * size.width + 20) * 4 + 3], 0)
  })

  it('fails rather than show an object whose place is not known', async () => {
    const lost = detection(box(Number.NaN, 120, 100, 80, 'face'))
    const hidden = drawPredictions(image, lost, { hide: 'blur', hiddenClasses: ['face'] })
    await assert.rejects(hidden, { code: 'INVALID_PARAMETER', message: /A face is to be hidden/ })
    const { x, ...withoutX } = box(160, 120, 100, 80, 'face')
    const odd = drawPredictions(image, detection(withoutX as never), { hide: 'blur' })
    await assert.rejects(odd, { code: 'INVALID_PARAMETER' })
    // others do not matter
    assert.ok(await drawPredictions(image, lost, { hide: 'blur', hiddenClasses: ['plate'] }))
    const overlay = drawPredictions(image, lost, { hide: 'blur', format: 'svg' })
    await assert.rejects(overlay, { code: 'INVALID_PARAMETER' })
  })

  it('hides what is in the image of an object that reaches beyond it', async () => {
    const answer = detection(box(0, 0, 100, 100, 'face'), box(5_000, 0, 20, 20, 'face'))
    const drawing = await drawPredictions(image, answer, { ...alone, hide: 'pixelate' })
    assert.ok((await detailIn(drawing, 0, 0, 48, 48)) < 3)
  })

  it('hides single pixels, and whole images', async () => {
    const answer = detection(box(10, 10, 0.2, 0.2, 'dot'), box(160, 120, 320, 240, 'all'))
    const drawing = await drawPredictions(image, answer, { ...alone, hide: 'blur' })
    assert.ok((await detailIn(drawing, 0, 0, 320, 240)) < 2)
  })
})
