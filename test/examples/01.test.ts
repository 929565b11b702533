import assert from 'node:assert/strict'
import { type RunningExample, runExample } from './example'

describe('example 01', function () {
  this.timeout(120_000)
  let example: RunningExample
  before(async () => {
    example = await runExample('01 - Detect objects in an image', undefined)
  })

  it('finds the parts in its image, in Node-RED itself, and draws them', async () => {
    await example.press('image')
    const { predictions } = await example.shown('predictions')
    const classes = predictions.map((found: { class: string }) => found.class).sort()
    assert.deepEqual(classes, ['bearing', 'bolt', 'bolt', 'gear', 'gear', 'nut', 'nut', 'washer', 'washer'])
    await example.nodeRed.nextStatus(example.idOf('roboflow-draw', 'draw'), ({ text }) =>
      /^\d+ ms · /.test(text ?? ''),
    )
  })
})
