import assert from 'node:assert/strict'
import { assertFound } from '../support/compare'
import { paint, type Rectangle, randomFrom, randomRectangles } from '../support/images'
import { type FlowNode, type NodeRed, startNodeRed } from '../support/node-red'
import { type RunningServer, startServer } from './server'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)
const size = { width: 320, height: 240 }

describe(`flows with the real server (SEED=${seed})`, function () {
  this.timeout(180_000)
  const random = randomFrom(seed)
  let server: RunningServer
  let nodeRed: NodeRed
  before(async () => {
    ;[server, nodeRed] = await Promise.all([startServer(), startNodeRed()])
  })
  after(async () => {
    await nodeRed?.stop()
    await server?.stop()
  })

  const tab = { id: 'tab', type: 'tab' }
  // without a place Node-RED takes a node for a configuration node
  const place = { z: 'tab', x: 100, y: 100 }
  const config = (): FlowNode => ({
    id: 'config',
    type: 'roboflow-config',
    url: server.url,
    credentials: { apiKey: server.key },
  })
  const infer = (properties: object = {}): FlowNode => ({
    id: 'infer',
    type: 'roboflow-infer',
    ...place,
    server: 'config',
    model: 'tiny-boxes/1',
    modelType: 'str',
    image: 'payload',
    imageType: 'msg',
    whenBusy: 'queue',
    atOnce: 1,
    outputs: 1,
    wires: [['seen']],
    ...properties,
  })
  const inject = (id: string, payload: unknown, to: string, topic = ''): FlowNode => ({
    id,
    type: 'inject',
    ...place,
    props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
    topic,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    payloadType: typeof payload === 'string' ? 'str' : 'json',
    wires: [[to]],
  })
  const debug = (id: string): FlowNode => ({
    id,
    type: 'debug',
    ...place,
    active: true,
    tosidebar: true,
    complete: 'true',
    targetType: 'full',
    wires: [],
  })
  const dataUri = async (painted: Rectangle[]) =>
    `data:image/jpeg;base64,${(await paint(size.width, size.height, painted)).toString('base64')}`

  it('answers 100 images that come at once, in order', async () => {
    const painted = Array.from({ length: 100 }, () => randomRectangles(random, size.width, size.height))
    const images = await Promise.all(painted.map(dataUri))
    const split = {
      id: 'split',
      type: 'split',
      ...place,
      arraySplt: 1,
      arraySpltType: 'len',
      wires: [['infer']],
    }
    await nodeRed.deploy([
      tab,
      config(),
      inject('go', images, 'split'),
      split,
      infer({ atOnce: 2 }),
      debug('seen'),
    ])
    await nodeRed.inject('go')
    for (const [index, expected] of painted.entries()) {
      const { value } = await nodeRed.nextDebug('seen', 60_000)
      assert.equal(value.parts.index, index)
      assertFound(value.payload.predictions, expected, size)
      const colors = expected.map(({ color }) => color)
      assert.deepEqual(value.counts, countEach(colors))
    }
  })

  it('serves two sources in turn when it keeps the latest of each', async () => {
    const painted = {
      left: randomRectangles(random, size.width, size.height),
      right: randomRectangles(random, size.width, size.height),
    }
    const repeat = { repeat: '0.02' }
    await nodeRed.deploy([
      tab,
      config(),
      { ...inject('left', await dataUri(painted.left), 'infer', 'left'), ...repeat },
      { ...inject('right', await dataUri(painted.right), 'infer', 'right'), ...repeat },
      infer({ whenBusy: 'latest' }),
      debug('seen'),
    ])
    const served = { left: 0, right: 0 }
    for (let answers = 0; answers < 40; answers++) {
      const { value } = await nodeRed.nextDebug('seen', 60_000)
      const source = value.topic as 'left' | 'right'
      assertFound(value.payload.predictions, painted[source], size)
      served[source]++
    }
    assert.ok(served.left >= 10 && served.right >= 10, JSON.stringify(served))
  })

  it('tells when the server is gone and when it is back, and works again by itself', async () => {
    const painted = randomRectangles(random, size.width, size.height)
    await nodeRed.deploy([
      tab,
      { ...config(), goneToCatch: true },
      inject('go', await dataUri(painted), 'infer'),
      infer(),
      debug('seen'),
      { id: 'catch', type: 'catch', ...place, scope: null, wires: [['caught']] },
      debug('caught'),
      { id: 'status', type: 'status', ...place, scope: ['infer'], wires: [['told']] },
      debug('told'),
    ])
    await nodeRed.inject('go')
    await nodeRed.nextDebug('seen', 60_000)

    const port = Number(new URL(server.url).port)
    await server.stop()
    await nodeRed.inject('go')
    const errors = [await nodeRed.nextDebug('caught', 60_000), await nodeRed.nextDebug('caught', 60_000)]
    const codes = errors.map(({ value }) => value.error.code).sort()
    assert.deepEqual(codes, ['SERVER_CONNECTION_ERROR', 'SERVER_GONE'])
    await nodeRed.nextStatus('infer', ({ fill, text }) => fill === 'red' && /No answer/.test(text ?? ''))

    server = await startServer({ port })
    await nodeRed.nextStatus(
      'config',
      ({ fill, text }) => fill === 'green' && text === 'server is back',
      60_000,
    )
    nodeRed.forget()
    await nodeRed.inject('go')
    const { value } = await nodeRed.nextDebug('seen', 60_000)
    assertFound(value.payload.predictions, painted, size)
    await nodeRed.nextStatus('infer', ({ fill }) => fill === 'green')
  })
})

const countEach = (names: string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
