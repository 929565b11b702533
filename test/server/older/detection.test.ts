import assert from 'node:assert/strict'
import type {
  ClassificationAnswer,
  InferenceAnswer,
  InferenceHTTPClient,
  InstanceSegmentationAnswer,
  ObjectDetectionAnswer,
} from '../../../src/index'
import { assertSameAnswer } from '../../support/compare-answers'
import type { Size } from '../../support/compare-outlines'
import type { RememberingTransport } from '../../support/compare-sent'
import { tinyTasks } from '../../support/compare-tasks'
import { asSeen, exifSegment, withSegments } from '../../support/exif'
import { paint, type Rectangle, randomFrom, randomRectangles } from '../../support/images'
import { openRealClient } from '../real-client'
import { olderServer } from './server'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)
const modes = ['v1', 'v0'] as const

describe(`every task on an old server (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = randomFrom(seed)
  let transport: RememberingTransport
  let client: InferenceHTTPClient
  openRealClient((opened) => {
    ;({ transport, client } = opened)
  }, olderServer)

  /** v0 does not know the size of the model: it is told here, so that both shrink alike. */
  const clientOf = (mode: string, configuration: object = {}) =>
    (mode === 'v0' ? client.useApiV0() : client).useConfiguration({
      defaultMaxInputSize: 320,
      ...configuration,
    })

  for (const { name, modelId, assertFits } of tinyTasks) {
    for (const mode of modes) {
      for (const size of [
        { width: 311, height: 207 },
        { width: 1280, height: 720 },
        { width: 577, height: 1021 },
      ]) {
        const { width, height } = size
        it(`${name} in ${mode} tells what was painted on ${width} × ${height} pixels, shrunk or not`, async () => {
          const painted = randomRectangles(random, width, height)
          const image = await paint(width, height, painted)
          const ask = (clientDownsizingDisabled: boolean) =>
            clientOf(mode, { clientDownsizingDisabled }).infer<InferenceAnswer>(image, { modelId })
          const [whole, small] = [await ask(true), await ask(false)]
          assert.equal(transport.images[0]?.[0]?.equals(image), true)
          assert.equal(transport.images[1]?.[0]?.equals(image), width < 320)
          const blur = 1 + Math.max(width, height) / 320
          assertFits(asCurrent(whole), painted, size)
          assertFits(asCurrent(small), painted, size, blur)
          assertSameAnswer(small, whole, size, blur)
          // sides are swapped in answers of several labels: that is how they are passed on
          const told = 'predicted_classes' in whole ? { width: height, height: width } : size
          assert.deepEqual([whole.image, small.image], [told, width < 320 ? told : size])
        })
      }

      it(`${name} in ${mode} tells what a camera on its side saw, shrunk or not`, async () => {
        const stored = { width: 900, height: 600 }
        const seen = { width: 600, height: 900 }
        const painted: Rectangle[] = [
          { color: 'red', x: 150, y: 400, width: 120, height: 200 },
          { color: 'blue', x: 600, y: 200, width: 300, height: 160 },
        ]
        const image = withSegments(await paint(stored.width, stored.height, painted), exifSegment(6))
        for (const clientDownsizingDisabled of [true, false]) {
          const asked = clientOf(mode, { clientDownsizingDisabled })
          const answer = await asked.infer<InferenceAnswer>(image, { modelId })
          const turned = painted.map((rectangle) => asSeen(rectangle, stored, 6))
          assertFits(asCurrent(answer), turned, seen, clientDownsizingDisabled ? 1 : 4)
        }
      })
    }

    it(`${name}: batches keep their order`, async () => {
      const size = { width: 320, height: 240 }
      const batch = Array.from({ length: 5 }, () => randomRectangles(random, size.width, size.height))
      const images = await Promise.all(batch.map((painted) => paint(size.width, size.height, painted)))
      for (const [mode, requests] of [
        ['v1', 3],
        ['v0', 5],
      ] as const) {
        transport.forget()
        const asked = clientOf(mode, { maxBatchSize: 2, maxConcurrentRequests: 2 })
        const answers = await asked.infer<InferenceAnswer>(images, { modelId })
        assert.equal(transport.images.length, requests)
        assert.equal(answers.length, batch.length)
        for (const [index, answer] of answers.entries())
          assertFits(asCurrent(answer), batch[index] ?? [], size)
      }
    })
  }

  const size: Size = { width: 320, height: 240 }
  const threeColors = (['red', 'green', 'blue'] as const).map((color, index) => ({
    color,
    x: 56 + 104 * index,
    y: 120,
    width: 60,
    height: 100,
  }))

  for (const { name, modelId } of tinyTasks.filter(({ finds }) => finds)) {
    for (const mode of modes) {
      it(`${name} in ${mode} honours confidence, overlap, number and classes`, async () => {
        const image = await paint(size.width, size.height, threeColors)
        const classes = async (configuration: object) => {
          const { predictions } = await clientOf(mode, configuration).infer<ObjectDetectionAnswer>(image, {
            modelId,
          })
          return predictions.map((prediction) => prediction.class).sort()
        }
        assert.deepEqual(await classes({}), ['blue', 'green', 'red'])
        assert.deepEqual(await classes({ confidenceThreshold: 0.99 }), [])
        assert.deepEqual(await classes({ maxDetections: 1 }), ['red'])
        assert.deepEqual(await classes({ classFilter: ['green', 'blue'] }), ['blue', 'green'])
        // the weaker twin of every box survives
        assert.equal((await classes({ iouThreshold: 0.9 })).length, 6)
      })
    }
  }

  for (const mode of modes) {
    it(`a single label in ${mode}: all of them come back, whatever the confidence`, async () => {
      const image = await paint(size.width, size.height, threeColors)
      const asked = clientOf(mode, { confidenceThreshold: 0.99 })
      const { predictions } = await asked.infer<ClassificationAnswer>(image, { modelId: 'tiny-label/1' })
      const labels = predictions.map((label) => label.class)
      assert.deepEqual(labels.sort(), ['blue', 'green', 'none', 'red'])
    })

    it(`masks in ${mode} are outlines, also where run lengths are asked for`, async () => {
      const image = await paint(size.width, size.height, threeColors)
      const asked = clientOf(mode, { responseMaskFormat: 'rle' })
      const answer = await asked.infer<InstanceSegmentationAnswer>(image, { modelId: 'tiny-masks/1' })
      tinyTasks
        .find(({ modelId }) => modelId === 'tiny-masks/1')
        ?.assertFits(asCurrent(answer), threeColors, size)
    })

    it(`the drawn image in ${mode}`, async () => {
      const image = await paint(size.width, size.height, threeColors)
      const configuration = mode === 'v1' ? { visualizePredictions: true } : { format: 'image_and_json' }
      for (const { modelId } of tinyTasks) {
        const { visualization } = await clientOf(mode, {
          ...configuration,
          outputVisualisationFormat: 'pillow',
        }).infer<ObjectDetectionAnswer>(image, { modelId })
        assert.ok(Buffer.isBuffer(visualization), modelId)
        assert.equal(visualization.subarray(0, 3).toString('hex'), 'ffd8ff')
      }
    })
  }
})

/** The answer as the current server would give it: the old one has no `mask_format`. */
const asCurrent = (answer: InferenceAnswer): InferenceAnswer => {
  const copy = structuredClone(answer)
  assert.ok(!('resolved_model' in copy))
  const { predictions } = copy as InstanceSegmentationAnswer
  if (!Array.isArray(predictions)) return copy
  for (const prediction of predictions.filter((found) => 'points' in found)) {
    assert.ok(!('mask_format' in prediction))
    prediction.mask_format = 'polygon'
  }
  return copy
}
