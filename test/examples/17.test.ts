import assert from 'node:assert/strict'
import { sharedServer } from '../server/shared-server'
import { pixelAt, pixelsOf } from '../support/compare-pictures'
import { type RunningExample, runExample } from './example'

describe('example 17', function () {
  this.timeout(120_000)
  let example: RunningExample
  before(async () => {
    const server = await sharedServer()
    example = await runExample('17 - Notify once with a picture', server)
    // this Node-RED has another port than one at home
    const url = `${example.nodeRed.url}/alarm`
    await example.deploy(server, (node) => (node.name === 'notify' ? { ...node, url } : node))
  })
  after(() => example?.nodeRed.deploy([]))

  it('has no picture before something happened', async () => {
    assert.equal((await example.nodeRed.request('alarm')).status, 404)
  })

  it('sends one picture, with boxes, however often the part is seen', async () => {
    for (let count = 0; count < 3; count++) await example.press('an image')
    assert.equal(await example.shown('notified'), 200)
    const answer = await example.nodeRed.request('alarm')
    assert.equal(answer.headers.get('content-type'), 'image/jpeg')
    const pixels = await pixelsOf(Buffer.from(await answer.arrayBuffer()))
    assert.deepEqual([pixels.width, pixels.height], [640, 360])
    // the red part on the left has a frame with a dark edge; the green one was not asked for
    const [red = 0] = pixelAt(pixels, 98, 200)
    assert.ok(red > 150)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const again = example.nodeRed.messages.filter(
      ({ topic, data }) => topic === 'debug' && data.id === example.idOf('debug', 'notified'),
    )
    assert.equal(again.length, 1)
  })
})
