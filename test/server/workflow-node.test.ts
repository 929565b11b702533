import assert from 'node:assert/strict'
import { loadImage } from '../../src/index'
import { nodeFromDialog } from '../package/editor-definitions'
import { assertFound } from '../support/compare'
import { nodeOf, readExample } from '../support/example'
import { paint, randomFrom, randomRectangles } from '../support/images'
import { type NodeRed, startNodeRed } from '../support/node-red'
import type { RunningServer } from './server'
import { sharedServer } from './shared-server'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)
const size = { width: 320, height: 240 }
const example = '09 - Run a workflow'

describe(`the workflow node with the real server (SEED=${seed})`, function () {
  this.timeout(180_000)
  const random = randomFrom(seed)
  let server: RunningServer
  let nodeRed: NodeRed
  before(async () => {
    ;[server, nodeRed] = await Promise.all([sharedServer(), startNodeRed()])
  })
  after(() => nodeRed?.stop())

  // without a place Node-RED takes a node for a configuration node
  const place = { z: 'tab', x: 100, y: 100 }
  const paintOne = async () => {
    const painted = randomRectangles(random, size.width, size.height)
    const image = await paint(size.width, size.height, painted)
    return { painted, image, dataUri: `data:image/jpeg;base64,${image.toString('base64')}` }
  }

  /** Runs a flow with one workflow node, and returns what leaves it, or what a Catch node sees. */
  const run = async (properties: object, payload: unknown, { apiKey = server.key } = {}) => {
    const tested = nodeFromDialog('workflow', { id: 'workflow', server: 'config', ...place, ...properties })
    await nodeRed.deploy([
      { id: 'tab', type: 'tab' },
      { id: 'config', type: 'roboflow-config', url: server.url, credentials: { apiKey } },
      {
        id: 'go',
        type: 'inject',
        ...place,
        props: [{ p: 'payload' }],
        payload: JSON.stringify(payload),
        payloadType: 'json',
        wires: [['workflow']],
      },
      { ...tested, id: 'workflow', wires: [['seen']] },
      { id: 'catch', type: 'catch', ...place, scope: null, wires: [['seen']] },
      { id: 'seen', type: 'debug', ...place, active: true, tosidebar: true, complete: 'true', wires: [] },
    ])
    await nodeRed.inject('go')
    return (await nodeRed.nextDebug('seen', 120_000)).value
  }

  /** The example's workflow: it counts, and draws. */
  const inline = () => {
    const { workflowKind, specification, workflowInputs } = nodeOf(
      readExample(example, server.url),
      'roboflow-workflow',
    )
    return { workflowKind, specification, workflowInputs }
  }
  const saved = { workspaceName: 'tiny', workflowId: 'tiny-count' }

  for (const apiVersion of ['v0', 'v1']) {
    it(`runs a saved workflow, with API ${apiVersion}`, async () => {
      const { painted, image, dataUri } = await paintOne()
      const { payload, image: handedOn } = await run({ ...saved, apiVersion }, dataUri)
      assert.equal(payload.count, painted.length)
      assertFound(payload.predictions.predictions, painted, size)
      assert.ok(handedOn.equals(image), 'the image as it came')
    })

    it(`runs a specification, and gives its drawing as a Buffer, with API ${apiVersion}`, async () => {
      const { painted, dataUri } = await paintOne()
      const { payload } = await run({ ...inline(), apiVersion }, dataUri)
      assert.equal(payload.count, painted.length)
      assert.ok(Buffer.isBuffer(payload.drawing))
      const { width, height } = await loadImage(payload.drawing)
      assert.deepEqual({ width, height }, size)
    })
  }

  it('gives outputs for each image of a batch, in order', async () => {
    const batch = await Promise.all([paintOne(), paintOne(), paintOne()])
    const images = batch.map(({ dataUri }) => dataUri)
    const { payload, image } = await run(inline(), images)
    assert.deepEqual(
      payload.map(({ count }: { count: number }) => count),
      batch.map(({ painted }) => painted.length),
    )
    assert.deepEqual(
      image,
      batch.map(({ image }) => image),
    )
  })

  it('takes parameters, and leaves out outputs', async () => {
    const { workflowInputs, ...rest } = inline()
    const [image] = workflowInputs as object[]
    const sure = { name: 'confidence', kind: 'parameter', value: '0.999', type: 'num' }
    const properties = { ...rest, workflowInputs: [image, sure], excludedFields: 'drawing' }
    const { payload } = await run(properties, (await paintOne()).dataUri)
    assert.deepEqual(Object.keys(payload).sort(), ['count', 'predictions'])
    assert.equal(payload.count, 0)
  })

  it('says what the server says: a workflow that is not there, a wrong key, a missing input', async () => {
    const { dataUri } = await paintOne()
    const errors: [status: number, properties: object, settings?: object][] = [
      [404, { ...saved, workflowId: 'never' }],
      [401, { ...saved, workflowId: 'fresh-node' }, { apiKey: 'a-wrong-key' }],
      [400, { ...inline(), workflowInputs: [] }],
    ]
    for (const [status, properties, settings] of errors) {
      const { error, statusCode } = await run(properties, dataUri, settings)
      assert.deepEqual([error?.code, statusCode], ['HTTP_CALL_ERROR', status], error?.message)
    }
  })

  it('tells the editor what a workflow takes and gives', async () => {
    await run(saved, (await paintOne()).dataUri)
    const ask = (body: object) =>
      nodeRed.post<Record<string, object>>('roboflow/config/workflow-interface', body)
    const ofSaved = await ask(saved)
    assert.deepEqual(
      [ofSaved.inputs, Object.keys(ofSaved.outputs ?? {})],
      [{ image: ['image'] }, ['predictions', 'count']],
    )
    const { inputs, outputs } = await ask({ specification: JSON.parse(String(inline().specification)) })
    assert.deepEqual(inputs, { image: ['image'], confidence: ['float_zero_to_one'] })
    assert.deepEqual(Object.keys(outputs ?? {}), ['count', 'predictions', 'drawing'])
  })
})
