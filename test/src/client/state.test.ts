import assert from 'node:assert/strict'
import { InferenceHTTPClient, ModelNotSelectedError, WrongClientModeError } from '../../../src/index'
import { paint } from '../../support/images'
import { detection, type StubServer } from '../../support/stub-server'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'

const nowhere = 'http://127.0.0.1:1'

interface State {
  mode: string
  model: string | undefined
  detections: number | null | undefined
}

const stateOf = (client: InferenceHTTPClient): State => ({
  mode: client.clientMode,
  model: client.selectedModel,
  detections: client.inferenceConfiguration.maxDetections,
})

const fresh: State = { mode: 'v1', model: undefined, detections: undefined }

describe('the state of a client', () => {
  const clientOf = clients()

  it('has no model and no configuration at first', () => {
    assert.deepEqual(stateOf(clientOf(nowhere)), fresh)
  })

  it('lasts once it is changed, and each change returns the client itself', () => {
    const client = clientOf(nowhere)
    const chained = client.configure({ maxDetections: 3 }).selectModel('cars/3').selectApiV0()
    assert.equal(chained, client)
    assert.deepEqual(stateOf(client), { mode: 'v0', model: 'cars/3', detections: 3 })
    assert.equal(client.selectApiV1(), client)
    assert.deepEqual(stateOf(client), { mode: 'v1', model: 'cars/3', detections: 3 })
    assert.equal(client.selectModel(undefined), client)
    client.configure({})
    assert.deepEqual(stateOf(client), fresh)
  })

  it('is what a copy begins with, but for what the copy is made for', () => {
    const client = clientOf(nowhere).configure({ maxDetections: 3 }).selectModel('cars/3')
    const own = stateOf(client)
    assert.deepEqual(stateOf(client.useModel('cats/1')), { ...own, model: 'cats/1' })
    assert.deepEqual(stateOf(client.useConfiguration({ maxDetections: 4 })), { ...own, detections: 4 })
    assert.deepEqual(stateOf(client.useApiV0()), { ...own, mode: 'v0' })
    assert.deepEqual(stateOf(client.useApiV0().useApiV1()), own)
    assert.deepEqual(stateOf(client), own)
  })

  it('of a copy of a copy has all that both were made for', () => {
    const client = clientOf(nowhere)
    const copy = client.useModel('cats/1').useConfiguration({ maxDetections: 4 }).useApiV0()
    assert.ok(copy instanceof InferenceHTTPClient)
    assert.deepEqual(stateOf(copy), { mode: 'v0', model: 'cats/1', detections: 4 })
    assert.deepEqual(stateOf(client), fresh)
  })

  const changes: [string, (client: InferenceHTTPClient) => unknown, Partial<State>][] = [
    ['configure', (client) => client.configure({ maxDetections: 9 }), { detections: 9 }],
    ['selectModel', (client) => client.selectModel('dogs/2'), { model: 'dogs/2' }],
    ['selectApiV0', (client) => client.selectApiV0(), { mode: 'v0' }],
  ]
  const copies: [string, (client: InferenceHTTPClient) => InferenceHTTPClient][] = [
    ['useConfiguration', (client) => client.useConfiguration({ maxDetections: 1 })],
    ['useModel', (client) => client.useModel('cats/1')],
    ['useApiV1', (client) => client.useApiV1()],
  ]
  for (const [change, make, changed] of changes) {
    for (const [use, copied] of copies) {
      it(`is not disturbed by ${change} on the other one, client or copy: ${use}`, () => {
        const client = clientOf(nowhere)
        const copy = copied(client)
        const ofCopy = stateOf(copy)
        make(client)
        assert.deepEqual(stateOf(copy), ofCopy)
        assert.deepEqual(stateOf(client), { ...fresh, ...changed })
        const another = clientOf(nowhere)
        const changedCopy = copied(another)
        make(changedCopy)
        assert.deepEqual(stateOf(another), fresh)
        assert.deepEqual(stateOf(changedCopy), { ...ofCopy, ...changed })
      })
    }
  }

  it('of a copy ends with the callback, whose result is given', async () => {
    const client = clientOf(nowhere)
    let kept: InferenceHTTPClient | undefined
    assert.deepEqual(
      client.useModel('cats/1', (copy) => {
        kept = copy
        return stateOf(copy)
      }),
      { ...fresh, model: 'cats/1' },
    )
    assert.notEqual(kept, client)
    assert.equal(
      client.useApiV0((copy) => copy.clientMode),
      'v0',
    )
    assert.equal(
      client.selectApiV0().useApiV1((copy) => copy.clientMode),
      'v1',
    )
    assert.equal(client.clientMode, 'v0')
    assert.equal(await client.useModel('cats/1', async (copy) => copy.selectedModel), 'cats/1')
    assert.equal(client.selectedModel, undefined)
  })

  it('of the client comes through a callback that fails', async () => {
    const client = clientOf(nowhere).selectModel('cars/3')
    const failing = () => {
      throw new Error('in the callback')
    }
    assert.throws(() => client.useModel('cats/1', failing), /in the callback/)
    assert.throws(() => client.useApiV0(failing), /in the callback/)
    assert.throws(() => client.useConfiguration({ maxDetections: 1 }, failing), /in the callback/)
    await assert.rejects(
      client.useModel('cats/1', async () => failing()),
      /in the callback/,
    )
    assert.deepEqual(stateOf(client), { ...fresh, model: 'cars/3' })
  })
})

describe('the selected model and mode', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  let image: Buffer
  before(async () => {
    image = await paint(8, 6)
  })
  beforeEach(async () => {
    stub = await startStub()
    const ids = ['cars/3', 'cats/1', 'coco/3', 'coco/38']
    const models = ids.map((model_id) => ({ model_id, task_type: 'object-detection' }))
    stub.answer = ({ path }) => ({ json: path.startsWith('/model/') ? { models } : detection })
  })

  const modelsSent = () => stub.inferences.map(({ json }) => json.model_id)

  it('are used where a call names no model', async () => {
    const client = clientOf(stub.url).selectModel('cars/3')
    await client.infer(image)
    await client.infer(image, { modelId: undefined })
    await client.infer(image, { modelId: '' })
    await client.infer([image], { modelId: 'cats/1' })
    await client.useModel('cats/1').infer(image)
    await client.infer(image)
    assert.deepEqual(modelsSent(), ['cars/3', 'cars/3', 'cars/3', 'cats/1', 'cats/1', 'cars/3'])
  })

  it('are missing where neither the call nor the client names a model', async () => {
    const client = clientOf(stub.url, { apiKey: 'k' })
    for (const without of [
      client,
      client.selectModel('cars/3').selectModel(undefined),
      client.useModel(''),
    ]) {
      for (const call of [without.infer(image), without.inferFromApiV0(image), without.inferFromApiV1([])]) {
        const error = await failureOf(call)
        assert.ok(error instanceof ModelNotSelectedError, error.stack)
        assert.equal(error.code, 'MODEL_NOT_SELECTED')
      }
    }
    assert.equal(stub.requests.length, 0)
  })

  it('may be an alias, which is kept as it is and asked for by its full id', async () => {
    const client = clientOf(stub.url, { apiKey: 'k' }).selectModel('yolov8n-640')
    assert.equal(client.selectedModel, 'yolov8n-640')
    await client.infer(image)
    await client.infer(image, { modelId: 'rfdetr-nano' })
    assert.deepEqual(modelsSent(), ['coco/3', 'coco/38'])
    await client.useApiV0().infer(image)
    await client.useApiV0().infer(image, { modelId: 'rfdetr-nano' })
    assert.deepEqual(
      stub.requests.slice(-2).map(({ path }) => path),
      ['/coco/3', '/coco/38'],
    )
    assert.equal((await client.getModelDescription('yolov8n-640')).model_id, 'coco/3')
  })

  it('may be an alias between blanks, as any model may', async () => {
    const client = clientOf(stub.url, { apiKey: 'k' })
    await client.infer(image, { modelId: ' yolov8n-640\n' })
    assert.deepEqual(modelsSent(), ['coco/3'])
    await client.useApiV0().infer(image, { modelId: ' yolov8n-640\n' })
    assert.equal(stub.requests.at(-1)?.path, '/coco/3')
  })

  it('are spelled exactly: an alias with other letters is an id', async () => {
    for (const modelId of ['YOLOv8n-640', 'toString', 'constructor']) {
      const error = await failureOf(clientOf(stub.url).infer(image, { modelId }))
      assert.equal(error.code, 'MODEL_NOT_INITIALIZED')
      assert.ok(error.message.includes(modelId), error.message)
    }
  })

  it('may be set by loading a model, to its full id, once it is loaded', async () => {
    const client = clientOf(stub.url, { apiKey: 'k' }).selectModel('cars/3')
    const copy = client.useApiV1()
    await client.loadModel('cats/1')
    await client.loadModel('cats/1', { setAsDefault: false })
    assert.equal(client.selectedModel, 'cars/3')
    await client.loadModel('yolov8n-640', { setAsDefault: true })
    assert.equal(client.selectedModel, 'coco/3')
    assert.equal(copy.selectedModel, 'cars/3')
    stub.answer = () => ({ status: 404, json: {} })
    await failureOf(client.loadModel('cats/1', { setAsDefault: true }))
    assert.equal(client.selectedModel, 'coco/3')
  })

  it('decide which API is asked', async () => {
    const client = clientOf(stub.url, { apiKey: 'k' }).selectModel('cars/3')
    const pathOf = async (work: () => Promise<unknown>) => {
      await work()
      return stub.requests.at(-1)?.path
    }
    assert.equal(await pathOf(() => client.infer(image)), '/infer/object_detection')
    assert.equal(await pathOf(() => client.useApiV0().infer(image)), '/cars/3')
    assert.equal(await pathOf(() => client.infer(image)), '/infer/object_detection')
    assert.equal(await pathOf(() => client.selectApiV0().infer(image)), '/cars/3')
    assert.equal(await pathOf(() => client.inferFromApiV0(image)), '/cars/3')
    assert.equal(await pathOf(() => client.useApiV1().inferFromApiV1(image)), '/infer/object_detection')
  })

  it('refuse in mode v0 what only API v1 has, before anything is sent', async () => {
    const client = clientOf(stub.url, { apiKey: 'k' }).selectApiV0()
    for (const call of [
      client.inferFromApiV1(image, { modelId: 'cars/3' }),
      client.inferFromApiV1(image),
      client.listLoadedModels(),
      client.loadModel('cars/3'),
      client.getModelDescription('cars/3'),
    ]) {
      const error = await failureOf(call)
      assert.ok(error instanceof WrongClientModeError, error.stack)
      assert.equal(error.code, 'WRONG_CLIENT_MODE')
    }
    assert.equal(stub.requests.length, 0)
    await client.selectApiV1().listLoadedModels()
    assert.equal(stub.requests.length, 1)
  })
})
