import assert from 'node:assert/strict'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import sharp from 'sharp'
import { type DrawableAnswer, drawPredictions } from '../../../src/index'
import { assertAlike, assertLooksLike, pixelAt, pixelsOf } from '../../support/compare-pictures'
import { asSeen, exifSegment, orientations, seenSize, withSegments } from '../../support/exif'
import { paint, type Rectangle, randomFrom } from '../../support/images'
import { box, detection, polygons } from './answers'

const picture = (name: string) => path.join(__dirname, 'pictures', `${name}.png`)

const about = (width: number, height: number, ...predictions: object[]): DrawableAnswer =>
  ({ image: { width, height }, predictions }) as DrawableAnswer

describe('a drawing on', () => {
  it('a tiny image has letters that can be read, or none', async () => {
    const answer = about(32, 32, box(16, 20, 20, 16, 'bolt', { class_id: 2 }))
    await assertLooksLike(
      await drawPredictions(await paint(32, 32), answer, { format: 'png' }),
      picture('tiny'),
    )
  })

  it('a large image has lines and letters as large', async () => {
    const image = await paint(4000, 3000, [{ x: 1000, y: 1400, width: 900, height: 1000, color: 'green' }])
    const answer = about(4000, 3000, box(1000, 1400, 900, 1000, 'crate', { class_id: 3 }))
    const drawing = await sharp(await drawPredictions(image, answer))
      .resize(400)
      .png()
      .toBuffer()
    await assertLooksLike(drawing, picture('large'))
  })

  it('a bright and a dark image can be seen on both', async () => {
    for (const background of ['white', 'black']) {
      const image = await sharp({ create: { width: 160, height: 100, channels: 3, background } })
        .png()
        .toBuffer()
      const answer = about(
        160,
        100,
        ...Array.from({ length: 16 }, (_, id) =>
          box(20 + (id % 4) * 40, 13 + Math.floor(id / 4) * 25, 26, 16, 'x', { class_id: id }),
        ),
      )
      const drawing = await drawPredictions(image, answer, {
        format: 'png',
        labels: false,
        confidence: false,
      })
      await assertLooksLike(drawing, picture(`on-${background}`))
    }
  })

  it('an image of one pixel, for whatever is found there', async () => {
    const image = await paint(1, 1)
    for (const answer of [
      about(1, 1, box(0.5, 0.5, 1, 1)),
      { ...polygons, image: { width: 1, height: 1 } },
    ]) {
      const { width, height } = await pixelsOf(await drawPredictions(image, answer))
      assert.deepEqual([width, height], [1, 1])
    }
    assert.match(await drawPredictions(image, about(1, 1, box(0, 0, 1, 1)), { format: 'svg' }), /^<svg/)
  })

  it('each kind of image that is decoded', async () => {
    const pixels = sharp(await paint(64, 48))
    const answer = about(64, 48, box(32, 24, 40, 30, 'part', { class_id: 1 }))
    const expected = await drawPredictions(await pixels.clone().png().toBuffer(), answer, { format: 'png' })
    const images: Record<string, Promise<Buffer>> = {
      grey: pixels.clone().grayscale().toColourspace('b-w').png().toBuffer(),
      '16 bits': pixels.clone().toColourspace('rgb16').png().toBuffer(),
      'grey JPEG': pixels.clone().grayscale().jpeg().toBuffer(),
      'CMYK JPEG': pixels.clone().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(),
      alpha: pixels.clone().ensureAlpha().png().toBuffer(),
      palette: pixels.clone().png({ palette: true }).toBuffer(),
      webp: pixels.clone().webp().toBuffer(),
      gif: pixels.clone().gif().toBuffer(),
      tiff: pixels.clone().tiff().toBuffer(),
      avif: pixels.clone().avif().toBuffer(),
    }
    for (const [name, image] of Object.entries(images)) {
      await assertAlike(await drawPredictions(await image, answer, { format: 'png' }), expected, name, 0.01)
    }
  })

  it('a transparent image has white behind it', async () => {
    const background = { r: 0, g: 0, b: 0, alpha: 0 }
    const image = await sharp({ create: { width: 40, height: 30, channels: 4, background } })
      .png()
      .toBuffer()
    assert.deepEqual(
      pixelAt(await pixelsOf(await drawPredictions(image, about(40, 30))), 5, 5),
      [255, 255, 255],
    )
  })

  const stored: Rectangle = { x: 20, y: 14, width: 16, height: 12, color: 'red' }
  for (const orientation of orientations) {
    it(`an image of orientation ${orientation} is upright, with boxes where things are`, async () => {
      const jpeg = withSegments(await paint(80, 60, [stored]), exifSegment(orientation))
      const seen = seenSize({ width: 80, height: 60 }, orientation)
      const { x, y, width, height } = asSeen(stored, { width: 80, height: 60 }, orientation)
      const answer = about(seen.width, seen.height, box(x, y, width, height))
      const options = { labels: false, confidence: false, colours: { part: '#00ff00' } }
      for (const image of [jpeg, await sharp(jpeg).keepMetadata().png().toBuffer()]) {
        const drawing = await drawPredictions(image, answer, { ...options, format: 'png' })
        const pixels = await pixelsOf(drawing)
        assert.deepEqual([pixels.width, pixels.height], [seen.width, seen.height])
        assert.deepEqual(pixelAt(pixels, x - width / 2, y), [0, 255, 0])
        const [red = 0, green = 0] = pixelAt(pixels, x, y)
        assert.ok(red > 150 && green < 90, `${red} ${green}`)
        // nobody turns it again
        assert.equal((await sharp(drawing).metadata()).orientation ?? 1, 1)
        const overlay = await drawPredictions(image, answer, { ...options, format: 'svg' })
        assert.ok(overlay.includes(`viewBox="0 0 ${seen.width} ${seen.height}"`))
      }
    })
  }

  it('an image that lies on its side stays so where its predictions were made like that', async () => {
    const jpeg = withSegments(await paint(80, 60, [stored]), exifSegment(6))
    const answer = about(80, 60, box(stored.x, stored.y, stored.width, stored.height))
    const { width, height } = await pixelsOf(await drawPredictions(jpeg, answer))
    assert.deepEqual([width, height], [80, 60])
  })

  it('an image of another size than the one that was asked about is scaled', async () => {
    const small = detection(box(160, 120, 40, 20))
    const image = await paint(640, 480)
    const scaled = await drawPredictions(image, small, { format: 'png' })
    const expected = await drawPredictions(image, about(640, 480, box(320, 240, 80, 40)), { format: 'png' })
    assert.ok(scaled.equals(expected))
    const onGrid = {
      ...small,
      original_image: { width: 640, height: 480 },
      mask_metadata: { coordinate_system: 'mask_grid', width: 320, height: 240, scale_x: 2, scale_y: 2 },
    }
    assert.ok((await drawPredictions(image, onGrid, { format: 'png' })).equals(expected))
  })
})

describe('an odd answer', () => {
  let image: Buffer
  before(async () => {
    image = await paint(320, 240)
  })

  it('with boxes that are no numbers, outside or without size draws what can be drawn', async () => {
    const good = box(100, 100, 40, 40)
    const odd = [
      box(Number.NaN, 20, 10, 10),
      box(20, 20, Number.POSITIVE_INFINITY, 10),
      box(-500, 20, 10, 10),
      box(2_000, 2_000, 10, 10),
      { ...good, x: null },
      { ...good, x: '100' },
      null,
      'a text',
      [],
    ]
    const drawing = await drawPredictions(image, about(320, 240, ...(odd as object[]), good), {
      format: 'png',
    })
    assert.ok(drawing.equals(await drawPredictions(image, about(320, 240, good), { format: 'png' })))
    for (const more of [
      box(300, 230, 1e12, 1e12),
      box(50, 50, 0, 0),
      box(50, 50, -20, -10),
      {
        ...good,
        points: [
          { x: 1e15, y: 2 },
          { x: Number.NaN, y: 1 },
          { x: 3, y: -1e15 },
          { x: 9, y: 9 },
        ],
      },
      { ...good, points: 'many', keypoints: [null, 3], rle: { size: [1], counts: 7 } },
      { ...good, rle: { size: [240, 320], counts: 'zzzzzzzzzzzzz' } },
      { ...good, confidence: 'high', class: null, class_id: 'one', tracker_id: {} },
    ]) {
      assert.ok((await drawPredictions(image, about(320, 240, more), { format: 'png' })).length > 100)
    }
  })

  it('of any other shape draws nothing, or what is known', async () => {
    const plain = await drawPredictions(image, about(320, 240), { format: 'png' })
    for (const answer of [
      {},
      { predictions: null },
      { predictions: [] },
      { image: 'none', predictions: [] },
      { top: '', predictions: [] },
      { predictions: {}, predicted_classes: [] },
      { predictions: [], visualization: 'abc' },
      { result: '' },
    ]) {
      assert.ok((await drawPredictions(image, answer as DrawableAnswer, { format: 'png' })).equals(plain))
    }
    const odd = { predicted_classes: ['constructor', 7], predictions: null } as unknown as DrawableAnswer
    assert.match(await drawPredictions(image, odd, { format: 'svg' }), /constructor/)
  })

  it('with 10,000 predictions is drawn in a few seconds, and others have their turn meanwhile', async function () {
    this.timeout(60_000)
    const random = randomFrom(1)
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      ...box(random() * 320, random() * 240, 20, 15, `thing ${index}`, { class_id: index }),
      points: Array.from({ length: 5 }, () => ({ x: random() * 320, y: random() * 240 })),
    }))
    const delay = monitorEventLoopDelay({ resolution: 1 })
    for (const options of [{}, { masks: false, hide: 'blur' }, { masks: false, format: 'svg' }] as const) {
      delay.enable()
      const started = performance.now()
      await drawPredictions(image, about(320, 240, ...many), options)
      const took = performance.now() - started
      delay.disable()
      assert.ok(took < 15_000, `${JSON.stringify(options)} took ${took} ms`)
      assert.ok(delay.max / 1e6 < 1_000, `others waited ${delay.max / 1e6} ms`)
      delay.reset()
    }
  })

  it('is not drawn on what is no image', async () => {
    const answer = about(320, 240)
    await assert.rejects(drawPredictions(undefined as never, answer), { code: 'INVALID_INPUT_FORMAT' })
    await assert.rejects(drawPredictions(Buffer.from('no image'), answer), { code: 'ENCODING_ERROR' })
    await assert.rejects(drawPredictions(image.subarray(0, 700), answer), { code: 'ENCODING_ERROR' })
    const bmp = Buffer.alloc(70)
    bmp.write('BM', 'latin1')
    bmp.writeUInt32LE(40, 14)
    bmp.writeInt32LE(1, 18)
    bmp.writeInt32LE(1, 22)
    await assert.rejects(drawPredictions(bmp, answer), {
      code: 'ENCODING_ERROR',
      message: /A BMP cannot be decoded here/,
    })
  })

  it('is not drawn with impossible options', async () => {
    const answer = about(320, 240)
    for (const [options, message] of [
      [{ format: 'gif' }, /format takes "jpeg", "png" or "svg", not "gif"/],
      [{ quality: 0 }, /quality takes a number between 1 and 100/],
      [{ textSize: Number.NaN }, /textSize/],
      [{ lineWidth: '3' }, /lineWidth/],
      [{ maskOpacity: 2 }, /maskOpacity/],
      [{ colours: { person: 'no colour' } }, /"no colour" is no colour/],
      [{ colours: { person: 'url(#a)"/><script>' } }, /is no colour/],
      [{ hide: 'cover' }, /hide takes "blur" or "pixelate"/],
      [{ colors: {} }, /Is colours meant/],
    ] as const) {
      const drawing = drawPredictions(image, answer, options as object)
      await assert.rejects(drawing, { code: 'INVALID_PARAMETER', message })
    }
  })

  it('is given up when its signal says so', async () => {
    const controller = new AbortController()
    const drawing = drawPredictions(image, about(320, 240), { signal: controller.signal })
    controller.abort(new Error('enough'))
    await assert.rejects(drawing, /enough/)
  })

  it('leaves the bytes of the image as they were', async () => {
    const before = Buffer.from(image)
    await drawPredictions(image, detection(box(100, 100, 90, 90)), { hide: 'blur' })
    assert.ok(image.equals(before))
  })
})
