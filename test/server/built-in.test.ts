import assert from 'node:assert/strict'
import path from 'node:path'
import {
  InferenceHTTPClient,
  type ObjectDetectionAnswer,
  type ObjectDetectionPrediction,
} from '../../src/index'
import { paint, randomFrom, randomRectangles } from '../support/images'
import { openRealClient } from './real-client'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)

// This server's engine stretches a picture without rounding its colours, the default engine and ours round them to
// whole levels. At an edge, a mix of colours close to the tiny model's limit counts for the one and not for the other,
// and the box is a cell wider. In multiples of the model's own side, edges are mixed by halves: far from the limit.
const side = 320

/** As confident as a request asks for, or nearly so: either engine may leave it out. */
const isOnEdge = ({ confidence }: ObjectDetectionPrediction, threshold: number) =>
  Math.abs(confidence - threshold) < 0.02

const byPlace = (a: ObjectDetectionPrediction, b: ObjectDetectionPrediction) =>
  a.class.localeCompare(b.class) || a.x - b.x || a.y - b.y

const edges = ({ x, y, width, height }: ObjectDetectionPrediction) => [
  x - width / 2,
  y - height / 2,
  x + width / 2,
  y + height / 2,
]

describe(`the built-in server beside the real one, on the same weights (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = randomFrom(seed)
  const modelId = 'tiny-boxes/1'
  const modelsFolder = path.join(__dirname, '../src/built-in/models')
  const builtIn = new InferenceHTTPClient({ apiUrl: 'built-in:', modelsFolder })
  after(() => builtIn.close())
  let real: InferenceHTTPClient
  openRealClient((opened) => {
    real = opened.client
  })

  // A box and its twin overlap by 0.67 of their union and 0.8 of the twin: these thresholds are on one side of both,
  // as the engine of this server divides by the twin alone.
  for (const [confidenceThreshold, iouThreshold] of [
    [0.4, 0.3],
    [0.6, 0.5],
    [0.2, 0.9],
  ] as const) {
    it(`finds the same, above ${confidenceThreshold}, overlapping up to ${iouThreshold}`, async () => {
      const configuration = { confidenceThreshold, iouThreshold, clientDownsizingDisabled: true }
      let compared = 0
      for (let scene = 0; scene < 40; scene++) {
        const [width, height] = [side * (1 + Math.floor(random() * 4)), side * (1 + Math.floor(random() * 3))]
        const image = await paint(width, height, randomRectangles(random, width, height))
        const ask = async (client: InferenceHTTPClient) => {
          const asked = client.useConfiguration(configuration)
          const answer = await asked.infer<ObjectDetectionAnswer>(image, { modelId })
          assert.deepEqual(answer.image, { width, height })
          const clear = answer.predictions.filter((one) => !isOnEdge(one, confidenceThreshold))
          return clear.sort(byPlace)
        }
        const [ours, theirs] = [await ask(builtIn), await ask(real)]
        const told = JSON.stringify({ scene, width, height, ours, theirs })
        assert.deepEqual(ours.map(named), theirs.map(named), told)
        for (const [index, prediction] of ours.entries()) {
          const expected = theirs[index] as ObjectDetectionPrediction
          assert.ok(Math.abs(prediction.confidence - expected.confidence) <= 0.01, told)
          // ours are whole pixels, as those of the default engine are
          for (const [edge, value] of edges(prediction).entries())
            assert.ok(Math.abs(value - (edges(expected)[edge] as number)) <= 1, told)
          compared++
        }
      }
      assert.ok(compared > 50, `${compared} predictions`)
    })
  }
})

const named = ({ class: name, class_id: id }: ObjectDetectionPrediction) => `${id} ${name}`
