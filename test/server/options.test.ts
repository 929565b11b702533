import assert from 'node:assert/strict'
import sharp from 'sharp'
import {
  type ClassificationAnswer,
  countClasses,
  HTTPCallErrorError,
  type InferenceAnswer,
  type InferenceConfiguration,
  type InferenceHTTPClient,
  type InstanceSegmentationAnswer,
  type MultiLabelClassificationAnswer,
  type ObjectDetectionAnswer,
  type RawPixels,
} from '../../src/index'
import { tinyTasks } from '../support/compare-tasks'
import { paint, type Rectangle, randomFrom } from '../support/images'
import { openRealClient } from './real-client'
import { sharedServer } from './shared-server'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)
const size = { width: 320, height: 240 }
const modes = ['v1', 'v0'] as const

describe(`options on the real server (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = randomFrom(seed)
  let client: InferenceHTTPClient
  openRealClient(
    (opened) => {
      ;({ client } = opened)
    },
    sharedServer,
    { attempts: 1 },
  )

  const ask = <Answer = InferenceAnswer>(
    mode: string,
    modelId: string,
    image: Buffer,
    configuration: InferenceConfiguration = {},
  ): Promise<Answer> =>
    (mode === 'v0' ? client.useApiV0() : client)
      .useConfiguration(configuration)
      .infer<Answer>(image, { modelId })

  /** One rectangle of each colour, from left to right. */
  const threeColors = (): Rectangle[] =>
    (['red', 'green', 'blue'] as const).map((color, index) => ({
      color,
      x: 56 + 104 * index,
      y: 80 + Math.round(80 * random()),
      width: 50 + 2 * Math.round(15 * random()),
      height: 60 + 2 * Math.round(30 * random()),
    }))

  for (const { name, modelId, assertFits } of tinyTasks.filter(({ finds }) => finds)) {
    for (const mode of modes) {
      const look = async (configuration: InferenceConfiguration, painted: Rectangle[]) => {
        const image = await paint(size.width, size.height, painted)
        return ask<ObjectDetectionAnswer>(mode, modelId, image, configuration)
      }
      const classes = ({ predictions }: ObjectDetectionAnswer) =>
        predictions.map((prediction) => prediction.class).sort()

      it(`${name} in ${mode}: only what is more certain than the confidence`, async () => {
        const painted = threeColors()
        const all = await look({}, painted)
        const confidences = all.predictions.map(({ confidence }) => confidence).sort()
        const [weakest = 0, second = 0] = confidences
        const { predictions } = await look({ confidenceThreshold: (weakest + second) / 2 }, painted)
        assert.deepEqual(predictions.map(({ confidence }) => confidence).sort(), confidences.slice(1))
        assert.deepEqual((await look({ confidenceThreshold: 0.99 }, painted)).predictions, [])
        assert.equal((await look({ confidenceThreshold: 'default' }, painted)).predictions.length, 3)
      })

      it(`${name} in ${mode}: only classes that the filter names, which are counted with 0 too`, async () => {
        const painted = threeColors()
        for (const classFilter of [['green'], ['blue', 'red'], ['nothing'], ['green', 'nothing'], []]) {
          const answer = await look({ classFilter }, painted)
          const kept = painted.filter(({ color }) => classFilter.length === 0 || classFilter.includes(color))
          assertFits(answer, kept, size)
          const counts = Object.fromEntries(classFilter.map((color) => [color, 0]))
          for (const { color } of kept) counts[color] = 1
          assert.deepEqual(countClasses(answer, classFilter), counts)
        }
      })

      it(`${name} in ${mode}: no more than so many, the most certain ones`, async () => {
        const painted = threeColors()
        const confidences = async (configuration: InferenceConfiguration) =>
          (await look(configuration, painted)).predictions.map(({ confidence }) => confidence)
        const all = (await confidences({})).sort((a, b) => b - a)
        assert.equal(all.length, 3)
        for (const maxDetections of [1, 2, 3, 10])
          assert.deepEqual(await confidences({ maxDetections }), all.slice(0, maxDetections))
      })

      it(`${name} in ${mode}: boxes that overlap less than the threshold stay`, async () => {
        const painted = threeColors()
        const { predictions } = await look({ iouThreshold: 0.9 }, painted)
        assert.equal(predictions.length, 6)
        for (const { color, x, width } of painted) {
          const [strong, weak] = predictions
            .filter((prediction) => prediction.class === color)
            .sort((a, b) => b.confidence - a.confidence)
          assert.ok(strong && weak)
          // the weaker twin is a fifth of the width further to the right
          assert.ok(Math.abs(weak.x - (x + width / 5)) <= 2, JSON.stringify({ strong, weak, x, width }))
          assert.ok(Math.abs(weak.confidence - 0.6 * strong.confidence) < 0.001)
        }
        assertFits(await look({ iouThreshold: 0.3 }, painted), painted, size)
      })

      it(`${name} in ${mode}: overlapping things of two classes are one only when it is said so`, async () => {
        const outer = { color: 'red', x: 160, y: 120, width: 200, height: 160 } as const
        const inner = { color: 'green', x: 170, y: 120, width: 150, height: 120 } as const
        assert.deepEqual(classes(await look({ confidenceThreshold: 0.1 }, [outer, inner])), ['green', 'red'])
        const { predictions } = await look({ confidenceThreshold: 0.1, classAgnosticNms: true }, [
          outer,
          inner,
        ])
        // v0 has no such parameter
        assert.equal(predictions.length, mode === 'v0' ? 2 : 1)
      })
    }
  }

  for (const mode of modes) {
    it(`masks in ${mode}: drawn on the model's own grid when that is asked for`, async () => {
      const painted = threeColors()
      const image = await paint(size.width, size.height, painted)
      const points = async (configuration: InferenceConfiguration) => {
        const answer = await ask<InstanceSegmentationAnswer>(mode, 'tiny-masks/1', image, configuration)
        assert.deepEqual(answer.image, size)
        return answer.predictions.map((prediction) => prediction.points ?? [])
      }
      const accurate = await points({})
      const fast = await points({ maskDecodeMode: 'fast' })
      assert.deepEqual(await points({ maskDecodeMode: 'accurate' }), accurate)
      assert.notDeepEqual(await points({ maskDecodeMode: 'tradeoff', tradeoffFactor: 0.5 }), fast)
      // a cell of the grid is four pixels wide and three high
      for (const { x, y } of fast.flat()) assert.deepEqual([x % 4, y % 3], [0, 0])
      assert.ok(accurate.flat().some(({ x, y }) => x % 4 || y % 3))
    })

    it(`masks in ${mode}: an unknown way to make them is 400, with what there is`, async () => {
      // where nothing is found there are no masks to be made
      const image = await paint(size.width, size.height, threeColors())
      const wrong = ask(mode, 'tiny-masks/1', image, { maskDecodeMode: 'pretty' })
      await assert.rejects(wrong, (error) => {
        assert.ok(error instanceof HTTPCallErrorError)
        assert.equal(error.statusCode, 400)
        assert.match(error.message, /accurate.*fast.*tradeoff/)
        return true
      })
    })

    it(`a single label in ${mode}: only those that are certain enough, and then no best one`, async () => {
      const third = { color: 'red', x: 160, y: 120, width: 26, height: 148 } as const
      const image = await paint(size.width, size.height, [third])
      const labels = async (confidenceThreshold: number) =>
        ask<ClassificationAnswer>(mode, 'tiny-label/1', image, { confidenceThreshold })
      const all = await labels(0.02)
      assert.deepEqual(all.predictions.map((label) => label.class).sort(), ['blue', 'green', 'none', 'red'])
      const [best = 0, second = 0] = all.predictions.map(({ confidence }) => confidence)
      const one = await labels((best + second) / 2)
      assert.deepEqual([one.predictions.length, one.top], [1, all.top])
      assert.deepEqual(countClasses(one, ['blue', all.top]), { blue: 0, [all.top]: 1 })
      const { predictions, top, confidence } = await labels(0.99)
      assert.deepEqual([predictions, top, confidence], [[], '', 0])
      assert.deepEqual(countClasses(await labels(0.99)), {})
    })

    it(`several labels in ${mode}: those that are certain enough, among all of them`, async () => {
      // 5 and 6 % of the image: 0.5 and 0.7
      const painted = [
        { color: 'red', x: 80, y: 120, width: 60, height: 64 } as const,
        { color: 'blue', x: 240, y: 120, width: 64, height: 72 } as const,
      ]
      const image = await paint(size.width, size.height, painted)
      const labels = async (confidenceThreshold: number) => {
        const answer = await ask<MultiLabelClassificationAnswer>(mode, 'tiny-labels/1', image, {
          confidenceThreshold,
        })
        assert.deepEqual(Object.keys(answer.predictions), ['red', 'green', 'blue'])
        return answer.predicted_classes
      }
      assert.deepEqual(await labels(0.01), ['red', 'green', 'blue'])
      assert.deepEqual(await labels(0.3), ['red', 'blue'])
      assert.deepEqual(await labels(0.6), ['blue'])
      assert.deepEqual(await labels(0.9), [])
    })
  }

  for (const { name, modelId } of tinyTasks) {
    for (const mode of modes) {
      it(`${name} in ${mode}: the drawn image in every form`, async () => {
        // a label at least is always certain
        const painted = [{ color: 'green', x: 160, y: 120, width: 180, height: 160 } as const]
        const image = await paint(size.width, size.height, painted)
        const drawn = (configuration: InferenceConfiguration) => {
          const both = mode === 'v1' ? { visualizePredictions: true } : { format: 'image_and_json' as const }
          return ask(mode, modelId, image, { ...both, ...configuration })
        }
        const { visualization: base64, predictions } = await drawn({})
        assert.ok(typeof base64 === 'string' && Object.keys(predictions).length > 0)
        const jpeg = Buffer.from(base64, 'base64')
        const { visualization: buffer } = await drawn({ outputVisualisationFormat: 'pillow' })
        assert.deepEqual(buffer, jpeg)
        const { visualization: pixels } = await drawn({ outputVisualisationFormat: 'numpy' })
        const { data, width, height, channels } = pixels as RawPixels
        assert.deepEqual({ width, height, channels }, { ...size, channels: 3 })
        assert.ok(Buffer.from(data).equals(await sharp(jpeg).raw().toBuffer()))
        const before = await sharp(image).raw().toBuffer()
        const differing = before.filter((value, index) => Math.abs(value - (data[index] ?? 0)) > 40).length
        assert.ok(differing > 100, `${differing} values differ from the image that was sent`)
        const { visualization: bold } = await drawn({ strokeWidth: 9 })
        assert.notEqual(bold, base64)
        if (mode === 'v1') {
          assert.equal((await ask(mode, modelId, image)).visualization ?? null, null)
          return
        }
        const alone = await ask(mode, modelId, image, {
          format: 'image',
          outputVisualisationFormat: 'pillow',
        })
        assert.deepEqual(alone, { visualization: jpeg })
        assert.deepEqual(countClasses(alone), {})
        assert.ok(!('visualization' in (await ask(mode, modelId, image, { format: 'json' }))))
      })
    }
  }
})
