import assert from 'node:assert/strict'
import { countClasses, type InferenceAnswer, type InferenceHTTPClient } from '../../src/index'
import type { Size } from '../support/compare-outlines'
import { tinyTasks } from '../support/compare-tasks'
import { paint, type Rectangle, randomFrom, randomRectangles } from '../support/images'
import { openRealClient } from './real-client'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)

describe(`every task on the real server (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = randomFrom(seed)
  let client: InferenceHTTPClient
  openRealClient((opened) => {
    ;({ client } = opened)
  })

  const between = (low: number, high: number) => low + Math.round(random() * (high - low))
  /** At most what the tiny models see: nothing is shrunk on the way. */
  const randomSize = (): Size => ({ width: between(240, 320), height: between(160, 320) })
  const clientOf = (mode: string) => (mode === 'v0' ? client.useApiV0() : client)

  for (const { name, modelId, finds, assertFits } of tinyTasks) {
    for (const mode of ['v1', 'v0'] as const) {
      it(`${name} in ${mode} tells what was painted`, async () => {
        const asked = clientOf(mode).useModel(modelId)
        assert.equal(asked.clientMode, mode)
        for (let turn = 0; turn < 4; turn++) {
          const size = randomSize()
          const painted = randomRectangles(random, size.width, size.height)
          const image = await paint(size.width, size.height, painted)
          const answer = await asked.infer<InferenceAnswer>(image)
          // the classic engine swaps the sides in answers of several labels: that is how they are passed on
          const { width, height } = size
          const told = 'predicted_classes' in answer ? { width: height, height: width } : size
          assert.deepEqual(answer.image, told)
          assertFits(answer, painted, { width, height })
        }
      })
    }

    it(`${name} answers the same in both modes`, async () => {
      const { width, height } = randomSize()
      const image = await paint(width, height, randomRectangles(random, width, height))
      const [old, current] = await Promise.all(
        ['v0', 'v1'].map((mode) => clientOf(mode).infer<InferenceAnswer>(image, { modelId })),
      )
      assert.deepEqual(comparable(old), comparable(current))
    })

    it(`${name} of an image with nothing on it`, async () => {
      const image = await paint(200, 150)
      for (const mode of ['v1', 'v0']) {
        const answer = await clientOf(mode).infer<InferenceAnswer>(image, { modelId })
        assertFits(answer, [], { width: 200, height: 150 })
        assert.deepEqual(countClasses(answer), 'top' in answer ? { none: 1 } : {})
      }
    })

    it(`${name} is counted by class, in both modes and over a batch`, async () => {
      const size = { width: 320, height: 240 }
      const [much, some, absent] = shuffled()
      // a third and a tenth of the image: which label is the best, and which are there, is beyond doubt
      const painted: Rectangle[] = [
        { color: much, x: 90, y: between(90, 150), width: 160, height: 160 },
        { color: some, x: 250, y: between(50, 190), width: 84, height: 92 },
      ]
      const image = await paint(size.width, size.height, painted)
      const once: Record<string, number> =
        modelId === 'tiny-label/1' ? { [much]: 1 } : { [much]: 1, [some]: 1 }
      for (const mode of ['v1', 'v0']) {
        const asked = clientOf(mode)
        const answer = await asked.infer<InferenceAnswer>(image, { modelId })
        assertFits(answer, painted, size)
        assert.deepEqual(countClasses(answer), once)
        const filter = [absent, much]
        assert.deepEqual(countClasses(answer, filter), { [absent]: 0, [much]: 1, ...once })
        const batch = await asked.infer<InferenceAnswer>([image, image, image], { modelId })
        const thrice = Object.fromEntries(Object.entries(once).map(([color, count]) => [color, 3 * count]))
        assert.deepEqual(countClasses(batch), thrice)
      }
    })

    it(`${name} is described by the server's registry`, async () => {
      const { task_type, input_width, input_height } = await client.getModelDescription(modelId)
      const task = finds ? name : 'classification'
      assert.deepEqual([task_type, input_width, input_height], [task.replace(' ', '-'), 320, 320])
    })
  }

  const shuffled = (): [Color, Color, Color] => {
    const colors: Color[] = ['red', 'green', 'blue']
    const [first = 'red'] = colors.splice(Math.floor(random() * 3), 1)
    const [second = 'green'] = colors.splice(Math.floor(random() * 2), 1)
    return [first, second, colors[0] ?? 'blue']
  }
})

type Color = Rectangle['color']
/** Without what differs from call to call; v0 leaves out what it does not know, where v1 may say null. */
const comparable = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer, (key, value) =>
      ['inference_id', 'time', 'detection_id'].includes(key) || value === null ? undefined : value,
    ),
  )
