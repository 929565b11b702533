import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import { type InferenceAnswer, InferenceHTTPClient } from '../../src/index'
import { assertSameAnswer } from '../support/compare-answers'
import { tinyTasks } from '../support/compare-tasks'
import { asSeen, exifSegment, orientations, seenSize, withSegments, xmpSegment } from '../support/exif'
import { paint, paintPixels, type Rectangle, randomFrom } from '../support/images'
import { openRealClient } from './real-client'
import { type RunningServer, startServer } from './server'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)
const size = { width: 901, height: 563 }
/** The server rounds boxes to whole pixels of what was sent. */
const blur = 1 + size.width / 320 / 2

describe(`EXIF orientation on the real server (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = randomFrom(seed)
  let client: InferenceHTTPClient
  openRealClient((opened) => {
    ;({ client } = opened)
  })

  /** One rectangle of each colour, no two in a row or a column: they stay apart however the image is turned. */
  const scattered = (): Rectangle[] => {
    const rows = shuffled([0, 1, 2])
    const [cellWidth, cellHeight] = [size.width / 3, size.height / 3]
    return shuffled(['red', 'green', 'blue'] as const).map((color, column) => ({
      color,
      x: Math.round((column + 0.45 + 0.1 * random()) * cellWidth),
      y: Math.round(((rows[column] ?? 0) + 0.45 + 0.1 * random()) * cellHeight),
      width: 2 * Math.round((0.2 + 0.2 * random()) * cellWidth),
      height: 2 * Math.round((0.2 + 0.2 * random()) * cellHeight),
    }))
  }
  const shuffled = <T>(list: readonly T[]): T[] =>
    list
      .map((value) => ({ value, place: random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ value }) => value)

  /** The answers to the image as it is, and to what the client makes of it when it shrinks images. */
  const askTwice = async (
    image: Buffer,
    modelId: string,
    mode: string,
    configuration: object,
    asked = client,
  ) => {
    const ask = (clientDownsizingDisabled: boolean) =>
      (mode === 'v0' ? asked.useApiV0() : asked)
        .useConfiguration({ defaultMaxInputSize: 320, ...configuration, clientDownsizingDisabled })
        .infer<InferenceAnswer>(image, { modelId })
    return { whole: await ask(true), small: await ask(false) }
  }

  const assertSame = async (image: Buffer, mode: string, configuration: object) => {
    const { whole, small } = await askTwice(image, 'tiny-boxes/1', mode, configuration)
    assert.equal(whole.predictions.length, 3)
    assert.deepEqual(small.image, whole.image)
    assertSameAnswer(small, whole, whole.image, blur)
  }

  const found = tinyTasks.filter(({ finds }) => finds)
  const labelled = tinyTasks.filter(({ finds }) => !finds)

  for (const orientation of orientations) {
    for (const mode of ['v1', 'v0'] as const) {
      it(`${orientation} in ${mode}: what is found fits the image as a person sees it`, async () => {
        const stored = scattered()
        const photo = withSegments(await paint(size.width, size.height, stored), exifSegment(orientation))
        const seen = stored.map((rectangle) => asSeen(rectangle, size, orientation))
        const image = seenSize(size, orientation)
        for (const { modelId, assertFits } of found) {
          const { whole, small } = await askTwice(photo, modelId, mode, {})
          assert.deepEqual([whole.image, small.image], [image, image])
          assertFits(whole, seen, image)
          assertFits(small, seen, image, blur)
          assertSameAnswer(small, whole, image, blur)
        }
      })

      it(`${orientation} in ${mode}: without turning, what is found fits the image as stored`, async () => {
        const stored = scattered()
        const image = withSegments(await paint(size.width, size.height, stored), exifSegment(orientation))
        for (const { modelId, assertFits } of found) {
          const asked = { disablePreprocAutoOrientation: true }
          const { whole, small } = await askTwice(image, modelId, mode, asked)
          assert.deepEqual([whole.image, small.image], [size, size])
          assertFits(whole, stored, size)
          assertFits(small, stored, size, blur)
          assertSameAnswer(small, whole, size, blur)
        }
      })
    }

    it(`${orientation}: labels are the same, shrunk or not, turned or not`, async () => {
      const image = withSegments(await paint(size.width, size.height, scattered()), exifSegment(orientation))
      for (const { modelId } of labelled) {
        for (const disablePreprocAutoOrientation of [false, true]) {
          const asked = { disablePreprocAutoOrientation }
          const { whole, small } = await askTwice(image, modelId, 'v1', asked)
          assert.deepEqual(small.image, disablePreprocAutoOrientation ? size : seenSize(size, orientation))
          assertSameAnswer(small, whole, size)
        }
      }
    })
  }

  const jpegs: [what: string, ...segments: Buffer[]][] = [
    ['as cameras of Motorola order write it', exifSegment(6, { bigEndian: true })],
    ['after other entries', exifSegment(6, { entriesBefore: 5 })],
    ['in a directory that begins later', exifSegment(6, { offset: 16 })],
    ['in a directory that begins later, in Motorola order', exifSegment(6, { offset: 26, bigEndian: true })],
    ['as a byte', exifSegment(6, { type: 1 })],
    ['as a long', exifSegment(6, { type: 4 })],
    ['as a long in Motorola order', exifSegment(6, { type: 4, bigEndian: true })],
    ['0, which means nothing', exifSegment(0)],
    ['9, which means nothing', exifSegment(9)],
    ['before XMP', exifSegment(6), xmpSegment()],
    ['after XMP, where the server does not look for it', xmpSegment(), exifSegment(6)],
    ['6, and then 1', exifSegment(6), exifSegment(1)],
    ['1, and then 6', exifSegment(1), exifSegment(6)],
  ]
  for (const [what, ...segments] of jpegs) {
    for (const disablePreprocAutoOrientation of [false, true]) {
      const turned = disablePreprocAutoOrientation ? 'not turned' : 'turned'
      it(`a JPEG with its orientation ${what} (${turned}) answers the same, shrunk or not`, async () => {
        const image = withSegments(await paint(size.width, size.height, scattered()), ...segments)
        for (const mode of ['v1', 'v0']) await assertSame(image, mode, { disablePreprocAutoOrientation })
      })
    }
  }

  for (const format of ['png', 'webp', 'tiff', 'avif', 'gif'] as const) {
    for (const disablePreprocAutoOrientation of [false, true]) {
      const turned = disablePreprocAutoOrientation ? 'not turned' : 'turned'
      it(`${format.toUpperCase()} with orientation 6 (${turned}) answers the same, shrunk or not`, async () => {
        const pixels = paintPixels(size.width, size.height, scattered())
        const image = await sharp(pixels, { raw: { ...size, channels: 3 } })
          .toFormat(format, { quality: 95, effort: 1 })
          .withMetadata({ orientation: 6 })
          .toBuffer()
        for (const mode of ['v1', 'v0']) await assertSame(image, mode, { disablePreprocAutoOrientation })
      })
    }
  }

  describe('with models of data sets that were made without turning images upright', () => {
    let other: RunningServer
    let asked: InferenceHTTPClient
    before(async () => {
      other = await startServer({ offline: true })
      for (const { modelId } of found) takeAutoOrientFrom(modelId, other)
      asked = new InferenceHTTPClient({ apiUrl: other.url, apiKey: other.key })
    })
    after(async () => {
      await asked?.close()
      await other?.stop()
    })

    for (const orientation of orientations) {
      for (const mode of ['v1', 'v0'] as const) {
        it(`${orientation} in ${mode}: what is found fits the image as stored`, async () => {
          const stored = scattered()
          const segments = [exifSegment(orientation)]
          const image = withSegments(await paint(size.width, size.height, stored), ...segments)
          for (const { modelId, assertFits } of found) {
            const { whole, small } = await askTwice(image, modelId, mode, {}, asked)
            assert.deepEqual([whole.image, small.image], [size, size])
            assertFits(whole, stored, size)
            assertFits(small, stored, size, blur)
            assertSameAnswer(small, whole, size, blur)
          }
        })
      }
    }

    for (const format of ['png', 'tiff'] as const) {
      it(`${format.toUpperCase()} with orientation 6 answers the same, shrunk or not`, async () => {
        const pixels = paintPixels(size.width, size.height, scattered())
        const image = await sharp(pixels, { raw: { ...size, channels: 3 } })
          .toFormat(format)
          .withMetadata({ orientation: 6 })
          .toBuffer()
        const { whole, small } = await askTwice(image, 'tiny-boxes/1', 'v1', {}, asked)
        assert.equal(whole.predictions.length, 3)
        assert.deepEqual(whole.image, format === 'tiff' ? seenSize(size, 6) : size)
        assert.deepEqual(small.image, whole.image)
        assertSameAnswer(small, whole, whole.image, blur)
      })
    }
  })
})

/** A server asks before it first loads a model how images are prepared for it. */
const takeAutoOrientFrom = (modelId: string, { logFile }: RunningServer): void => {
  const file = path.join(path.dirname(logFile), 'cache', modelId, 'environment.json')
  const environment = JSON.parse(readFileSync(file, 'utf8'))
  const { 'auto-orient': _, ...preprocessing } = JSON.parse(environment.PREPROCESSING)
  writeFileSync(file, JSON.stringify({ ...environment, PREPROCESSING: JSON.stringify(preprocessing) }))
}
