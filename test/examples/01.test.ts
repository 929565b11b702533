import assert from 'node:assert/strict'
import { sharedServer } from '../server/shared-server'
import { assertFound } from '../support/compare'
import type { Rectangle } from '../support/images'
import { type RunningExample, runExample } from './example'

/** What is painted on the belt of its image. */
const parts: Rectangle[] = [
  { x: 98, y: 200, width: 92, height: 120, color: 'red' },
  { x: 233, y: 213, width: 74, height: 94, color: 'green' },
  { x: 376, y: 190, width: 108, height: 140, color: 'blue' },
  { x: 538, y: 218, width: 96, height: 84, color: 'red' },
]

describe('example 01', function () {
  this.timeout(120_000)
  let example: RunningExample
  before(async () => {
    example = await runExample('01 - Detect objects in an image', await sharedServer())
  })

  it('finds the four parts of its image, and shows them on its page', async () => {
    await example.press('image')
    const { predictions } = await example.shown('predictions')
    assertFound(predictions, parts, { width: 640, height: 360 }, 2)
    const html = await (await example.nodeRed.request('detected')).text()
    assert.equal(html.match(/class="box"/g)?.length, 4)
    assert.match(html, /<b>blue 9\d %/)
  })
})
