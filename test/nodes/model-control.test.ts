import assert from 'node:assert/strict'
import infer from '../../nodes/infer/infer'
import modelControl from '../../nodes/model-control/model-control'
import { nodeFromDialog } from '../package/editor-definitions'
import { paint } from '../support/images'
import { waitUntil } from '../support/wait-until'
import { collect, type Message, startFlow, stopFlow, stubForEachTest, type TestedNode } from './flow'

const tested = { id: 'model-control', register: modelControl } as TestedNode
const cars = { model_id: 'cars/3', task_type: 'object-detection', input_height: 640, input_width: 640 }

describe('model-control', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(16, 12)
  })

  const start = async (properties: Message = {}, server: Message = {}) => {
    await stopFlow()
    return startFlow({ url: test.stub.url, tested, properties: { model: '', ...properties }, server })
  }
  const asked = () => test.stub.requests.map(({ method, path }) => `${method} ${path}`)

  it('tells what the server is, in any mode', async () => {
    for (const apiVersion of ['v0', 'v1']) {
      const flow = await start({ action: 'info' }, { apiVersion })
      flow.send({ topic: 'kept' })
      const { payload, topic } = await flow.out.next()
      assert.deepEqual([payload.name, payload.version, topic], ['Stub Server', '1.8.3', 'kept'])
    }
  })

  const routes: [action: string, properties: Message, route: string][] = [
    ['list', {}, 'GET /model/registry'],
    ['load', { model: 'cars/3' }, 'POST /model/add'],
    ['unload', { model: 'cars/3' }, 'POST /model/remove'],
    ['unloadAll', {}, 'POST /model/clear'],
  ]
  for (const [action, properties, route] of routes) {
    it(`${action}: asks ${route} and gives the models that are loaded then`, async () => {
      test.stub.answer = ({ path }) => (path.startsWith('/model') ? { json: { models: [cars] } } : undefined)
      const flow = await start({ action, ...properties })
      flow.send({})
      assert.deepEqual((await flow.out.next()).payload, { models: [cars] })
      assert.deepEqual(asked(), [route])
    })

    it(`${action}: refuses API v0`, async () => {
      const flow = await start({ action, ...properties }, { apiVersion: 'v0' })
      flow.send({})
      assert.equal((await flow.caught.next()).error.code, 'WRONG_CLIENT_MODE')
      assert.deepEqual(asked(), [])
    })
  }

  it('describes a model, and loads it only where that is chosen', async () => {
    const flow = await start({ action: 'describe', model: 'model', modelType: 'msg' })
    flow.send({ model: 'cars/3' })
    assert.deepEqual((await flow.out.next()).payload, cars)
    flow.send({ model: 'trucks/1' })
    assert.equal((await flow.caught.next()).error.code, 'MODEL_NOT_INITIALIZED')
    assert.equal(asked().includes('POST /model/add'), false)
    const loading = await start({ action: 'describe', model: 'trucks/1', loadToDescribe: true })
    test.stub.answer = ({ path }) =>
      path === '/model/add' ? { json: { models: [{ ...cars, model_id: 'trucks/1' }] } } : undefined
    loading.send({})
    assert.equal((await loading.out.next()).payload.model_id, 'trucks/1')
  })

  it('shows that a model is being loaded', async () => {
    let release = () => {}
    test.stub.answer = async ({ path }) => {
      if (path === '/model/add') await new Promise<void>((resolve) => (release = resolve))
      return undefined
    }
    const flow = await start({ action: 'load', model: 'cars/3' })
    flow.send({})
    await waitUntil(
      () => flow.statuses.messages.some(({ status }) => /loading-model/.test(status.text)) || undefined,
      () => 'the status does not tell',
    )
    release()
    await flow.out.next()
  })

  it('fails where no model is named and none is selected', async () => {
    for (const action of ['load', 'unload', 'describe']) {
      const flow = await start({ action })
      flow.send({})
      assert.match((await flow.caught.next()).error.code, /^(INVALID_MODEL_IDENTIFIER|MODEL_NOT_SELECTED)$/)
    }
    assert.deepEqual(asked(), [])
  })

  describe('told by messages', () => {
    const byMessage = { action: 'message', model: 'model', modelType: 'msg', api: 'api', apiType: 'msg' }

    it('does what msg.action says', async () => {
      const flow = await start(byMessage)
      flow.send({ action: 'list' })
      assert.deepEqual((await flow.out.next()).payload, { models: [cars] })
    })

    for (const action of [undefined, '', 'remove', 'constructor', 7, {}]) {
      it(`refuses ${JSON.stringify(action)}`, async () => {
        const flow = await start(byMessage)
        flow.send({ action })
        const { error } = await flow.caught.next()
        assert.equal(error.code, 'INVALID_PARAMETER')
        assert.match(error.message, /action/)
        assert.deepEqual(asked(), [])
      })
    }

    it('unloads only where the dialog allows it', async () => {
      const flow = await start(byMessage)
      for (const action of ['unload', 'unloadAll']) {
        flow.send({ action, model: 'cars/3' })
        assert.equal((await flow.caught.next()).error.code, 'ACTION_REFUSED')
      }
      assert.deepEqual(asked(), [])
      test.stub.answer = () => ({ json: { models: [] } })
      const allowed = await start({ ...byMessage, unloadFromMessages: true })
      allowed.send({ action: 'unload', model: 'cars/3' })
      assert.deepEqual((await allowed.out.next()).payload, { models: [] })
    })
  })

  describe('changes lastingly what nodes without a model of their own work with', () => {
    /** model-control and an infer node of the same server. */
    const startBoth = async (properties: Message, inferNode: Message = {}, server: Message = {}) => {
      const flow = await startFlow({
        url: test.stub.url,
        tested,
        properties: { model: '', ...properties },
        server,
        credentials: { apiKey: 'the-key' },
        types: [infer as never],
        nodes: [
          nodeFromDialog('infer', { id: 'infer', server: 'server', wires: [['found']], ...inferNode }),
          { id: 'found', type: 'helper' },
        ],
      })
      return { ...flow, found: collect('found'), infer: flow.node('infer') }
    }
    const statusOfInfer = (flow: Awaited<ReturnType<typeof startBoth>>, wanted: RegExp) =>
      waitUntil(
        () =>
          flow.statuses.messages.find(
            ({ status }) => status.source.id === 'infer' && wanted.test(status.text ?? ''),
          ),
        () => `no status like ${wanted}: ${JSON.stringify(flow.statuses.messages.map((m) => m.status))}`,
        5_000,
      )

    it('selects a model: infer names it in its status, and works with it', async () => {
      const flow = await startBoth({ action: 'selectModel', model: 'cars/3' })
      flow.infer.receive({ payload: jpeg } as never)
      assert.equal((await flow.caught.next()).error.code, 'MODEL_NOT_SELECTED')
      flow.send({})
      assert.deepEqual((await flow.out.next()).payload, {
        apiUrl: test.stub.url,
        mode: 'v1',
        selectedModel: 'cars/3',
        configuration: { apiKeyTransport: 'legacy' },
      })
      await statusOfInfer(flow, /^cars\/3$/)
      flow.infer.receive({ payload: jpeg } as never)
      await flow.found.next()
      assert.equal(test.stub.inferences[0]?.json.model_id, 'cars/3')
      await statusOfInfer(flow, /^cars\/3 · \d+ ms · /)
    })

    it('selects none with a blank model', async () => {
      const flow = await startBoth({ action: 'message', model: 'model', modelType: 'msg' })
      flow.send({ action: 'selectModel', model: 'cars/3' })
      await flow.out.next()
      await statusOfInfer(flow, /^cars\/3$/)
      flow.send({ action: 'selectModel' })
      assert.equal((await flow.out.next()).payload.selectedModel, null)
      const { status } = await statusOfInfer(flow, /no-model/)
      assert.equal(status.fill, 'yellow')
    })

    it('loads a model and selects it, and none any more when it is unloaded', async () => {
      const allowed = { action: 'message', model: 'cars/3', setAsDefault: true, unloadFromMessages: true }
      const flow = await startBoth(allowed)
      test.stub.answer = ({ path }) => (path.startsWith('/model') ? { json: { models: [cars] } } : undefined)
      flow.send({ action: 'load' })
      await flow.out.next()
      await statusOfInfer(flow, /^cars\/3$/)
      flow.send({ action: 'unload' })
      await flow.out.next()
      flow.send({ action: 'state' })
      assert.equal((await flow.out.next()).payload.selectedModel, null)
    })

    it('selects the API version', async () => {
      const flow = await startBoth({ action: 'selectApi', api: 'v0' }, { model: 'cars/3' })
      flow.send({})
      assert.equal((await flow.out.next()).payload.mode, 'v0')
      test.stub.answer = () => ({ json: { predictions: [], image: { width: 16, height: 12 } } })
      flow.infer.receive({ payload: jpeg } as never)
      await flow.found.next()
      assert.deepEqual(asked(), ['POST /cars/3'])
    })

    it('refuses an API version that is none', async () => {
      const flow = await startBoth({ action: 'selectApi', api: 'api', apiType: 'msg' })
      for (const api of [undefined, 'v2']) {
        flow.send({ api })
        assert.equal((await flow.caught.next()).error.code, 'INVALID_PARAMETER')
      }
    })

    it('configures: the dialog’s options and those of the message, until they are replaced', async () => {
      const rows = [{ field: 'strokeWidth', value: '4', type: 'num' }]
      const flow = await startBoth({ action: 'configure', configuration: rows }, { model: 'cars/3' })
      flow.send({ configuration: { confidence_threshold: 0.8 } })
      const { configuration } = (await flow.out.next()).payload
      assert.deepEqual([configuration.strokeWidth, configuration.confidenceThreshold], [4, 0.8])
      flow.infer.receive({ payload: jpeg } as never)
      await flow.found.next()
      assert.equal(test.stub.inferences[0]?.json.confidence, 0.8)
      flow.send({})
      assert.equal('confidenceThreshold' in (await flow.out.next()).payload.configuration, false)
      flow.send({ configuration: { confidence_threshold: 40 } })
      assert.equal((await flow.caught.next()).error.code, 'INVALID_PARAMETER')
    })

    it('never shows the key, nor what a URL says of user and password', async () => {
      const url = test.stub.url.replace('//', '//user:secret@')
      const flow = await startBoth({ action: 'state' }, {}, { url })
      flow.send({})
      assert.doesNotMatch(JSON.stringify(await flow.out.next()), /the-key|secret/)
    })
  })
})
