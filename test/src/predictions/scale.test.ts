import assert from 'node:assert/strict'
import { decodeRle } from '../../../src/predictions/rle'
import { isTurned, scaleAnswer } from '../../../src/predictions/scale'

const sent = { width: 341, height: 192 }
const original = { width: 1280, height: 720 }
// the sides were rounded to whole pixels: each has its own ratio
const rx = 1280 / 341
const ry = 720 / 192

/** The answer for the untouched image. */
const scaled = (answer: Record<string, unknown>) => {
  scaleAnswer(answer, sent, original)
  return answer
}

const box = { x: 100, y: 50, width: 20, height: 30, confidence: 0.9, class: 'car', class_id: 1 }
const largeBox = { ...box, x: 100 * rx, y: 50 * ry, width: 20 * rx, height: 30 * ry }
const image = () => ({ width: 341, height: 192 })

describe('an answer for a shrunk image', () => {
  it('has boxes in pixels of the untouched one, each side by its own ratio', () => {
    assert.notEqual(rx, ry)
    const answer = scaled({ image: image(), predictions: [{ ...box }, { ...box, x: 0, y: 0.5 }], time: 0.2 })
    assert.deepEqual(answer, {
      image: original,
      predictions: [largeBox, { ...largeBox, x: 0, y: 0.5 * ry }],
      time: 0.2,
    })
  })

  it('covers the untouched image with the box that covered the shrunk one', () => {
    const whole = { x: 170.5, y: 96, width: 341, height: 192 }
    assert.deepEqual(scaled({ predictions: [whole] }), {
      predictions: [{ x: 640, y: 360, width: 1280, height: 720 }],
    })
  })

  it('has outlines in pixels of the untouched one, and keeps what else a point holds', () => {
    const points = [
      { x: 1, y: 2 },
      { x: 341, y: 192, note: 'corner' },
    ]
    assert.deepEqual(scaled({ image: image(), predictions: [{ ...box, points }] }).predictions, [
      {
        ...largeBox,
        points: [
          { x: rx, y: 2 * ry },
          { x: 341 * rx, y: 192 * ry, note: 'corner' },
        ],
      },
    ])
  })

  it('has keypoints in pixels of the untouched one, also next to an outline', () => {
    const keypoints = () => [{ x: 10, y: 20, confidence: 0.5, class: 'nose', class_id: 0 }]
    const large = [{ x: 10 * rx, y: 20 * ry, confidence: 0.5, class: 'nose', class_id: 0 }]
    assert.deepEqual(scaled({ predictions: [{ ...box, keypoints: keypoints() }] }).predictions, [
      { ...largeBox, keypoints: large },
    ])
    const both = { ...box, points: [{ x: 1, y: 2 }], keypoints: keypoints() }
    assert.deepEqual(scaled({ predictions: [both] }).predictions, [
      { ...largeBox, points: [{ x: rx, y: 2 * ry }], keypoints: large },
    ])
  })

  it('may mix predictions of every kind, in any order', () => {
    const answer = scaled({
      predictions: [
        { class: 'label', confidence: 1 },
        { ...box },
        { points: [{ x: 3, y: 4 }] },
        { ...box, keypoints: [{ x: 5, y: 6 }] },
        { x: 7, y: 8 },
      ],
    })
    assert.deepEqual(answer.predictions, [
      { class: 'label', confidence: 1 },
      largeBox,
      { points: [{ x: 3 * rx, y: 4 * ry }] },
      { ...largeBox, keypoints: [{ x: 5 * rx, y: 6 * ry }] },
      { x: 7 * rx, y: 8 * ry },
    ])
  })

  it('has masks of the size of the untouched one, under both names', () => {
    // a mask of 2 × 2: the right column, and the bottom row
    const answer = { predictions: [{ rle: { size: [2, 2], counts: '22' } }, { rle_mask: mask('1111') }] }
    scaleAnswer(answer, { width: 2, height: 2 }, { width: 4, height: 6 })
    const [right, bottom] = answer.predictions as [{ rle: ReturnType<typeof mask> }, { rle_mask: never }]
    assert.deepEqual(right.rle.size, [6, 4])
    assert.deepEqual([...decodeRle(right.rle)].join(''), '000000'.repeat(2) + '111111'.repeat(2))
    assert.deepEqual([...decodeRle(bottom.rle_mask)].join(''), '000111'.repeat(4))
  })

  it('keeps a mask that is none it can read', () => {
    const odd = { rle: 'text', rle_mask: { size: [2, 2], counts: [1, 2] }, x: 1 }
    assert.deepEqual(scaled({ predictions: [{ ...odd }] }).predictions, [{ ...odd, x: rx }])
  })

  it('has labels as they were, one or several', () => {
    const predictions = [{ class: 'cat', class_id: 0, confidence: 0.8 }]
    assert.deepEqual(scaled({ image: image(), predictions, top: 'cat', confidence: 0.8 }), {
      image: original,
      predictions: [{ class: 'cat', class_id: 0, confidence: 0.8 }],
      top: 'cat',
      confidence: 0.8,
    })
    const labels = { cat: { confidence: 0.8, class_id: 0 }, x: { confidence: 0.3, class_id: 1 } }
    assert.deepEqual(
      scaled({ image: image(), predictions: structuredClone(labels), predicted_classes: ['cat'] }),
      {
        image: original,
        predictions: labels,
        predicted_classes: ['cat'],
      },
    )
  })

  it('keeps what else the server said about the image', () => {
    assert.deepEqual(scaled({ image: { ...image(), name: 'a', id: 7 }, predictions: [] }), {
      image: { ...original, name: 'a', id: 7 },
      predictions: [],
    })
  })

  it('stays as it is when it is a stub', () => {
    const stub = () => ({ is_stub: true, image: image(), predictions: [{ ...box }], task_type: 'x' })
    assert.deepEqual(scaled(stub()), stub())
    assert.deepEqual(scaled({ ...stub(), is_stub: false }).predictions, [largeBox])
  })

  it('says how masks in the model’s own resolution get to the untouched image, and keeps the rest', () => {
    const onGrid = () => ({
      image: { width: 160, height: 160 },
      predictions: [{ ...box, rle: { size: [160, 160], counts: '22' } }],
    })
    const answer = scaled({
      ...onGrid(),
      original_image: { width: 341, height: 192, note: 'kept' },
      mask_metadata: { coordinate_system: 'mask_grid', width: 160, height: 80, scale_x: 2.1, scale_y: 2.4 },
    })
    assert.deepEqual(answer, {
      ...onGrid(),
      original_image: { ...original, note: 'kept' },
      mask_metadata: { coordinate_system: 'mask_grid', width: 160, height: 80, scale_x: 8, scale_y: 9 },
    })
  })

  it('is scaled where masks are in pixels of the image, or the untouched one is not told', () => {
    const grid = { coordinate_system: 'mask_grid', width: 160, height: 90 }
    for (const extra of [
      { mask_metadata: { ...grid, coordinate_system: 'image' }, original_image: image() },
      { mask_metadata: grid },
      { original_image: image() },
    ]) {
      const answer = scaled({ image: image(), predictions: [{ ...box }], ...structuredClone(extra) })
      assert.deepEqual(answer, { image: original, predictions: [largeBox], ...extra })
    }
  })

  it('keeps masks of absurd sizes as they are', () => {
    const masks = { rle: { size: [1e9, 1e9], counts: '6' }, rle_mask: { size: [-1, 4], counts: '6' } }
    assert.deepEqual(scaled({ predictions: [structuredClone(masks)] }), { predictions: [masks] })
  })

  it('may lack anything', () => {
    for (const answer of [
      {},
      { predictions: [] },
      { predictions: null },
      { image: null, predictions: 'none' },
      { visualization: 'abc' },
      {
        predictions: [null, 'text', 7, { x: null, y: 'a', points: null, keypoints: 'b' }, { points: [null] }],
      },
    ]) {
      assert.deepEqual(scaled(structuredClone(answer) as Record<string, unknown>), answer)
    }
    assert.deepEqual(scaled({ predictions: [{ x: 1 }, { y: 2, points: [{ y: 3 }, {}] }] }).predictions, [
      { x: rx },
      { y: 2 * ry, points: [{ y: 3 * ry }, {}] },
    ])
  })
})

describe('an answer for an image that the server may have turned on its side', () => {
  const seen = { width: 192, height: 341 }

  it('tells by its own size whether it was', () => {
    assert.equal(isTurned({ image: seen, predictions: [] }, sent), true)
    assert.equal(isTurned({ image: image(), predictions: [] }, sent), false)
    assert.equal(isTurned({ original_image: seen, predictions: [] }, sent), true)
    assert.equal(isTurned({ original_image: image(), predictions: [] }, sent), false)
  })

  it('is taken for turned, as servers do, where its size tells nothing', () => {
    const square = { width: 192, height: 192 }
    assert.equal(isTurned({ predictions: [] }, sent), true)
    assert.equal(isTurned({ image: null, predictions: [] }, sent), true)
    assert.equal(isTurned({ image: square, predictions: [] }, square), true)
  })

  it('is taken for turned where labels have no place: some servers swap their sides', () => {
    const predictions = { car: { confidence: 0.9, class_id: 0 } }
    for (const size of [image(), seen]) assert.equal(isTurned({ image: size, predictions }, sent), true)
  })
})

function mask(counts: string): { size: [number, number]; counts: string } {
  return { size: [2, 2], counts }
}
