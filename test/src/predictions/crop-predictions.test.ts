import assert from 'node:assert/strict'
import sharp from 'sharp'
import {
  type CropOptions,
  cropPredictions,
  type GazeAnswer,
  type ObjectDetectionAnswer,
  type OcrAnswer,
} from '../../../src/index'
import { asSeen, exifSegment, orientations, seenSize, withSegments, xmpSegment } from '../../support/exif'
import { paint, type Rectangle } from '../../support/images'
import { failureOf } from '../failure'
import { similar } from '../images/crafted'
import { blue, green, red } from '../images/quadrants'

const size = { width: 64, height: 48 }
const parts: Rectangle[] = [
  { x: 12, y: 10, width: 16, height: 12, color: 'red' },
  { x: 40, y: 20, width: 20, height: 16, color: 'green' },
  { x: 16, y: 36, width: 24, height: 8, color: 'blue' },
]
const colors = { red, green, blue }

type Found = Pick<Rectangle, 'x' | 'y' | 'width' | 'height'> & { class?: string; confidence?: number }

const answerOf = (found: Found[], image = size): ObjectDetectionAnswer => ({
  image,
  predictions: found.map((box, index) => ({
    confidence: 0.9,
    class: 'part',
    class_id: 0,
    detection_id: String(index),
    ...box,
  })),
})

const objectsOf = (rectangles: Rectangle[]): Found[] =>
  rectangles.map(({ color, ...box }) => ({ ...box, class: color }))

/** The size of an image, and its colour where all of it is of one. */
const look = async (bytes: Buffer) => {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const pixels = Array.from({ length: info.width * info.height }, (_, at) => [
    ...data.subarray(at * info.channels, at * info.channels + 3),
  ])
  const name = Object.entries(colors).find(([, color]) =>
    pixels.every((pixel) => similar(pixel, color, 40)),
  )?.[0]
  return { size: `${info.width} × ${info.height}`, color: name }
}

describe('cutting predictions out of their image', () => {
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(size.width, size.height, parts)
  })

  const cut = async (found: Found[], options?: CropOptions, image = jpeg) =>
    Promise.all((await cropPredictions(image, answerOf(found), options)).map((cutOut) => look(cutOut.image)))
  const sizes = async (found: Found[], options?: CropOptions) =>
    (await cut(found, options)).map((seen) => seen.size).join(', ')

  it('gives exactly what is in each box, in the order of the answer, each with its prediction', async () => {
    const answer = answerOf(objectsOf(parts))
    const cutOuts = await cropPredictions(jpeg, answer)
    assert.deepEqual(await Promise.all(cutOuts.map(({ image }) => look(image))), [
      { size: '16 × 12', color: 'red' },
      { size: '20 × 16', color: 'green' },
      { size: '24 × 8', color: 'blue' },
    ])
    assert.deepEqual(
      cutOuts.map(({ prediction }) => prediction),
      answer.predictions,
    )
    assert.equal((await sharp(cutOuts[0]?.image).metadata()).format, 'jpeg')
  })

  it('gives nothing where nothing has a box, and decodes nothing', async () => {
    const noImage = Buffer.from('GIF89a is how an image begins')
    assert.deepEqual(await cropPredictions(noImage, answerOf([])), [])
    assert.deepEqual(await cropPredictions(noImage, { result: 'a text' }), [])
    const label = {
      image: size,
      top: 'a',
      confidence: 1,
      predictions: [{ class: 'a', class_id: 0, confidence: 1 }],
    }
    assert.deepEqual(await cropPredictions(noImage, label), [])
    const labels = {
      image: size,
      predictions: { a: { confidence: 1, class_id: 0 } },
      predicted_classes: ['a'],
    }
    assert.deepEqual(await cropPredictions(noImage, labels), [])
  })

  it('cuts out faces of gazes and boxes of texts', async () => {
    const [object] = answerOf(objectsOf(parts)).predictions
    assert.ok(object)
    const gazes: GazeAnswer = {
      time: 0,
      predictions: [{ face: { ...object, landmarks: [] }, yaw: 0, pitch: 0 }],
    }
    const [face] = await cropPredictions(jpeg, gazes)
    assert.deepEqual(await look(face?.image ?? assert.fail()), { size: '16 × 12', color: 'red' })
    assert.deepEqual(face?.prediction, gazes.predictions[0])
    const read: OcrAnswer = { result: 'a', predictions: [object] }
    assert.equal((await cropPredictions(jpeg, read)).length, 1)
  })

  it('takes the pixels that lie in a box by more than half', async () => {
    assert.equal(await sizes([{ x: 10, y: 10, width: 3, height: 3.1 }]), '3 × 4')
    assert.equal(await sizes([{ x: 10.3, y: 10.3, width: 1, height: 1 }]), '1 × 1')
  })

  it('ends boxes at the edge of the image', async () => {
    assert.equal(await sizes([{ x: 0, y: 0, width: 20, height: 10 }]), '10 × 5')
    assert.equal(await sizes([{ x: 64, y: 48, width: 20, height: 10 }]), '10 × 5')
    assert.equal(await sizes([{ x: 30, y: 20, width: 1e9, height: 1e9 }]), '64 × 48')
  })

  it('leaves out what is beyond the image, or no box', async () => {
    const odd: unknown[] = [
      { x: -20, y: 10, width: 20, height: 10 },
      { x: 10, y: 60, width: 20, height: 20 },
      { x: 1e300, y: 1e300, width: 1, height: 1 },
      { x: Number.NaN, y: 10, width: 20, height: 10 },
      { x: 10, y: 10, width: 0, height: 10 },
      { x: 10, y: 10, width: -5, height: 10 },
      { x: 10, y: 10, width: 0.4, height: 10 },
      { x: null, y: 10, width: 10, height: 10 },
      { x: '10', y: 10, width: 10, height: 10 },
    ]
    assert.equal(await sizes([...(odd as Found[]), { x: 12, y: 10, width: 16, height: 12 }]), '16 × 12')
    const answer = { image: size, predictions: [null, 7, 'a', []] } as unknown as ObjectDetectionAnswer
    assert.deepEqual(await cropPredictions(jpeg, answer), [])
  })

  it('cuts out more around a box, in pixels or parts of it, as far as the image goes', async () => {
    const box = { x: 30, y: 20, width: 20, height: 10 }
    assert.equal(await sizes([box], { padding: 3 }), '26 × 16')
    assert.equal(await sizes([box], { padding: 0.1, paddingUnit: 'fraction' }), '24 × 12')
    assert.equal(await sizes([{ ...box, x: 10, y: 5 }], { padding: 5 }), '25 × 15')
    assert.equal(await sizes([box], { padding: 1e6 }), '64 × 48')
  })

  it('takes some classes, boxes from a size on, and the most confident', async () => {
    const found = objectsOf(parts)
    assert.deepEqual(
      (await cut(found, { classes: ['blue', 'red'] })).map(({ color }) => color),
      ['red', 'blue'],
    )
    assert.equal(await sizes(found, { minSize: 12 }), '16 × 12, 20 × 16')
    const unsure = found.map((object, index) => ({ ...object, confidence: [0.5, 0.9, 0.7][index] ?? 0 }))
    assert.equal(await sizes(unsure, { maxCount: 2 }), '20 × 16, 24 × 8')
    assert.equal(await sizes(unsure, { maxCount: 1, minSize: 20, padding: 9 }), '')
    assert.equal(await sizes([{ x: 10.1, y: 10.1, width: 20, height: 20 }], { minSize: 20 }), '20 × 20')
  })

  it('shrinks what is too long, and enlarges nothing', async () => {
    assert.equal(await sizes(objectsOf(parts), { maxSide: 20 }), '16 × 12, 20 × 16, 20 × 7')
  })

  it('scales boxes to an image of another size', async () => {
    const large = await paint(
      128,
      96,
      parts.map(({ color, ...box }) => ({
        x: box.x * 2,
        y: box.y * 2,
        width: box.width * 2,
        height: box.height * 2,
        color,
      })),
    )
    assert.deepEqual(await cut(objectsOf(parts), { maxCount: 1 }, large), [{ size: '32 × 24', color: 'red' }])
    const onGrid = { ...answerOf(objectsOf(parts)), original_image: { width: 128, height: 96 } }
    const [first] = await cropPredictions(large, onGrid)
    assert.deepEqual(await look(first?.image ?? assert.fail()), { size: '32 × 24', color: 'red' })
  })

  for (const orientation of orientations) {
    it(`cuts from the image as it is seen, held by orientation ${orientation}`, async () => {
      const turned = withSegments(jpeg, exifSegment(orientation))
      const seen = parts.map((part) => asSeen(part, size, orientation))
      const cutOuts = await cropPredictions(turned, answerOf(objectsOf(seen), seenSize(size, orientation)))
      assert.deepEqual(
        await Promise.all(cutOuts.map(({ image }) => look(image))),
        seen.map(({ width, height, color }) => ({ size: `${width} × ${height}`, color })),
      )
      assert.equal((await sharp(cutOuts[0]?.image).metadata()).orientation, undefined)
    })
  }

  it('does not turn what the server does not', async () => {
    const hidden = withSegments(jpeg, xmpSegment(), exifSegment(6))
    const webp = await sharp(jpeg)
      .withExif({ IFD0: { Orientation: '6' } })
      .webp({ lossless: true })
      .toBuffer()
    for (const image of [hidden, webp]) {
      assert.deepEqual(await cut(objectsOf(parts), { maxCount: 1 }, image), [
        { size: '16 × 12', color: 'red' },
      ])
    }
  })

  for (const [format, options] of Object.entries({
    png: {},
    webp: { lossless: true },
    gif: {},
    tiff: { compression: 'lzw' },
    avif: { lossless: true },
  })) {
    it(`cuts from a ${format}`, async () => {
      const image = await sharp(jpeg)
        .toFormat(format as 'png', options)
        .toBuffer()
      const [first] = await cut(objectsOf(parts), {}, image)
      assert.deepEqual(first, { size: '16 × 12', color: 'red' })
    })
  }

  it('keeps transparency in a PNG, and the colours below it in a JPEG', async () => {
    const clear = await sharp(jpeg).ensureAlpha(0).png().toBuffer()
    const answer = answerOf(objectsOf(parts))
    const [png] = await cropPredictions(clear, answer, { format: 'png' })
    const { format, hasAlpha } = await sharp(png?.image).metadata()
    assert.deepEqual([format, hasAlpha], ['png', true])
    assert.deepEqual(await cut(objectsOf(parts), { maxCount: 1 }, clear), [{ size: '16 × 12', color: 'red' }])
  })

  it('cuts from grey images, and those of 16 bits', async () => {
    const box = [{ x: 20, y: 20, width: 10, height: 10 }]
    const grey = await sharp(jpeg).greyscale().png().toBuffer()
    const deep = await sharp(jpeg).toColourspace('rgb16').png().toBuffer()
    assert.equal((await cut(box, {}, grey))[0]?.size, '10 × 10')
    assert.deepEqual(await cut(objectsOf(parts), { maxCount: 1 }, deep), [{ size: '16 × 12', color: 'red' }])
  })

  it('cuts a single pixel out of a single pixel', async () => {
    const pixel = await paint(1, 1, [{ x: 0.5, y: 0.5, width: 1, height: 1, color: 'red' }])
    const answer = answerOf([{ x: 0.5, y: 0.5, width: 1, height: 1 }], { width: 1, height: 1 })
    const [only] = await cropPredictions(pixel, answer, { padding: 10 })
    assert.equal((await look(only?.image ?? assert.fail())).size, '1 × 1')
  })

  it('takes any form of an image', async () => {
    const answer = answerOf(objectsOf(parts))
    const uri = `data:image/jpeg;base64,${jpeg.toString('base64')}`
    assert.equal((await cropPredictions(uri, answer)).length, 3)
  })

  it('says what cannot be decoded here, and what is damaged', async () => {
    const answer = answerOf(objectsOf(parts))
    const bmp = Buffer.concat([
      Buffer.from('BM'),
      Buffer.alloc(12),
      Buffer.from([40, 0, 0, 0]),
      Buffer.alloc(80),
    ])
    const foreign = await failureOf(cropPredictions(bmp, answer))
    assert.deepEqual(
      [foreign.code, foreign.message],
      [
        'ENCODING_ERROR',
        'A BMP cannot be decoded here: only a server reads it. Send a JPEG, PNG, WebP, GIF, TIFF or AVIF.',
      ],
    )
    const png = await sharp(jpeg).png().toBuffer()
    png.fill(0, 60, 200)
    assert.match((await failureOf(cropPredictions(png, answer))).message, /^The PNG is damaged/)
  })

  it('refuses options that are none', async () => {
    const answer = answerOf([])
    for (const options of [
      { padding: -1 },
      { maxCount: 0 },
      { format: 'gif' },
      { maxSide: 1.5 },
      { minsize: 3 },
    ] as object[]) {
      const { code } = await failureOf(cropPredictions(jpeg, answer, options))
      assert.equal(code, 'INVALID_PARAMETER', JSON.stringify(options))
    }
  })

  it('stops when it is told to', async () => {
    const many = answerOf(Array.from({ length: 2_000 }, () => ({ x: 30, y: 20, width: 30, height: 30 })))
    const stop = new AbortController()
    const cutting = failureOf(cropPredictions(jpeg, many, { signal: stop.signal }))
    setTimeout(() => stop.abort(), 20)
    assert.equal((await cutting).name, 'AbortError')
  })

  it('decodes once, whatever there is to cut: 1,000 from a large image take little longer than one', async function () {
    this.timeout(30_000)
    const large = await paint(3_000, 2_000, [])
    const timed = async (count: number) => {
      const found = Array.from({ length: count }, (_, index) => ({
        x: 20 + index,
        y: 20,
        width: 8,
        height: 8,
      }))
      const started = performance.now()
      const cutOuts = await cropPredictions(large, answerOf(found, { width: 3_000, height: 2_000 }))
      assert.equal(cutOuts.length, count)
      return performance.now() - started
    }
    const [one, many] = [await timed(1), await timed(1_000)]
    assert.ok(many < one * 200, `${many} ms for 1,000, ${one} ms for one`)
  })
})
