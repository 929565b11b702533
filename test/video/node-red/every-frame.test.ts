import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { type NodeRed, startNodeRed } from '../../support/node-red'
import { type StubServer, startStubServer } from '../../support/stub-server'
import { videoFolder } from '../videos'
import { nextEvent, sourceFlow } from './source-flow'

const count = 1_000

describe('a file of 1,000 frames in a real Node-RED', function () {
  this.timeout(120_000)
  const videos = videoFolder()
  let nodeRed: NodeRed
  let stub: StubServer
  let file: string
  before(async () => {
    file = videos.make('long.mp4', {
      seconds: count / 25,
      args: ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
    })
    nodeRed = await startNodeRed()
  })
  beforeEach(async () => {
    stub = await startStubServer()
  })
  afterEach(() => stub.stop())
  after(() => nodeRed?.stop())

  const nextFrame = async () => (await nodeRed.nextDebug('frames', 30_000)).value

  it('comes to its end, each frame once, in order, as a prediction or an error, whatever the server does', async () => {
    let number = 0
    stub.answer = ({ path }) =>
      path.startsWith('/infer') && ++number % 7 === 0 ? { status: 500, json: { message: 'no' } } : undefined
    await nodeRed.deploy(sourceFlow(stub.url, { source: file, framesInFlow: '3' }, { atOnce: 2 }))
    await nodeRed.inject('start')
    const outcomes: Record<string, number> = {}
    for (let id = 0; id < count; id++) {
      const { frame, error } = await nextFrame()
      assert.equal(frame.id, id)
      const outcome = error ? error.code : 'prediction'
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      if (id !== count / 2) continue
      const { answer, port } = stub
      await stub.stop()
      await sleep(5_000)
      stub = await startStubServer(port)
      stub.answer = answer
    }
    assert.equal((await nextEvent(nodeRed, 'ended')).frames, count)
    const { prediction = 0, HTTP_CALL_ERROR: refused = 0, ...others } = outcomes
    assert.ok(refused >= 100 && prediction >= 800, JSON.stringify(outcomes))
    // what was asked while the server was away
    const lost = Object.values(others).reduce((sum, one) => sum + one, 0)
    assert.ok(lost >= 1 && lost <= 40, JSON.stringify(outcomes))
  })

  it('loses no more frames than were in the flow when the inference node alone is deployed anew', async () => {
    const flow = () => sourceFlow(stub.url, { source: file, framesInFlow: '3' }, { atOnce: 2 })
    stub.answer = async () => {
      await sleep(3)
      return undefined
    }
    await nodeRed.deploy(flow())
    await nodeRed.inject('start')
    while ((await nextFrame()).frame.id < 200);
    await nodeRed.deploy(flow().map(named), { type: 'nodes' })
    const seen = new Set<number>()
    for (let last = 0; last < count - 1; ) {
      const { frame, error } = await nextFrame()
      assert.ok(frame.id >= last, `${frame.id} after ${last}`)
      last = frame.id
      if (!error) seen.add(frame.id)
    }
    assert.equal((await nextEvent(nodeRed, 'ended')).frames, count)
    const first = Math.min(...seen)
    const missing = Array.from({ length: count - first }, (_, index) => first + index).filter(
      (id) => !seen.has(id),
    )
    assert.ok(missing.length <= 3, `lost ${missing}`)
  })
})

/** What a person changes before the next deploy. */
const named = <T extends { id: string }>(node: T): T =>
  node.id === 'infer' ? { ...node, name: 'other' } : node
