import assert from 'node:assert/strict'
import { InvalidModelIdentifier, ModelNotSelectedError } from '../../../src/index'
import { paint } from '../../support/images'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'

const routes = [
  'model/clear',
  'Infer/x',
  'clip/1',
  'workflows/x',
  'inference_pipelines/list',
  'doctr/ocr',
  'info',
]
const paths = ['../x', './x', 'a/..', 'a/../b', 'a/.', '/a', 'a/', 'a//b', '/', '..', '.']
const blanks = [' ', '\t\n', 'a b/1', 'a/1 2', 'a/\u00001', 'a\n/1', 'a/\u00a01']
const encoded = ['%2e%2e/x', 'a%2Fb', 'a/1?x=1', 'a/1#x', 'a\\b/1', '..\\x']

describe('a model’s id', () => {
  const startStub = stubServers()
  const clientOf = clients()

  for (const modelId of [...paths, ...blanks, ...encoded]) {
    it(`is refused before any request when it is ${JSON.stringify(modelId)}`, async () => {
      const stub = await startStub()
      const client = clientOf(stub.url)
      const image = await paint(8, 6)
      for (const call of [
        () => client.infer(image, { modelId }),
        () => client.infer([image], { modelId }),
        async () => client.getModelDescription(modelId),
        () => client.loadModel(modelId),
      ]) {
        const error = await failureOf(call())
        assert.ok(error instanceof InvalidModelIdentifier, error.stack)
        assert.equal(error.code, 'INVALID_MODEL_IDENTIFIER')
        assert.ok(error.message.includes(JSON.stringify(modelId)), error.message)
      }
      assert.equal(stub.requests.length, 0)
    })
  }

  it('is refused where it is too long for any request, and not repeated', async () => {
    const client = clientOf((await startStub()).url)
    const modelId = `cars/${'3'.repeat(20_000)}`
    const error = await failureOf(client.infer(await paint(8, 6), { modelId }))
    assert.equal(error.code, 'INVALID_MODEL_IDENTIFIER')
    assert.ok(error.message.length < 200)
  })

  for (const modelId of routes) {
    it(`is refused as the path of API v0 when it is ${modelId}: something else would answer`, async () => {
      const stub = await startStub()
      const client = clientOf(stub.url, { apiKey: 'secret-key' })
      const image = await paint(8, 6)
      for (const call of [
        () => client.useApiV0().infer(image, { modelId }),
        () => client.inferFromApiV0([image], { modelId }),
      ]) {
        const error = await failureOf(call())
        assert.ok(error instanceof InvalidModelIdentifier, error.stack)
        assert.ok(error.message.includes(JSON.stringify(modelId)), error.message)
      }
      assert.equal(stub.requests.length, 0)
    })
  }

  it('may be one of a core model, as the server lists it: a body is no path', async () => {
    const stub = await startStub()
    const models = [{ model_id: 'clip/ViT-B-16', task_type: 'embed' }]
    stub.answer = ({ method }) => (method === 'GET' ? { json: { models } } : { json: { models: [] } })
    const client = clientOf(stub.url)
    assert.deepEqual(await client.getModelDescription('clip/ViT-B-16'), models[0])
    await client.unloadModel('clip/ViT-B-16')
    assert.deepEqual(stub.requests.at(-1)?.json, { model_id: 'clip/ViT-B-16' })
  })

  it('has to be given', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url)
    for (const modelId of ['', undefined]) {
      const error = await failureOf(client.infer(await paint(8, 6), { modelId }))
      assert.ok(error instanceof ModelNotSelectedError)
      assert.equal(error.code, 'MODEL_NOT_SELECTED')
    }
    assert.equal((await failureOf(client.loadModel(''))).code, 'INVALID_MODEL_IDENTIFIER')
    assert.equal(stub.requests.length, 0)
  })

  it('is a text', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url, { apiKey: 'k' })
    for (const modelId of [5, {}, ['cars/3'], true] as unknown as string[]) {
      for (const asked of [client, client.useApiV0()]) {
        const error = await failureOf(asked.infer(await paint(8, 6), { modelId }))
        assert.equal(error.code, 'INVALID_MODEL_IDENTIFIER')
      }
    }
    assert.equal(stub.requests.length, 0)
  })

  it('rejects, and does not throw, where a description is asked for', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url)
    let promise: Promise<unknown> | undefined
    assert.doesNotThrow(() => {
      promise = client.getModelDescription('../clear')
    })
    assert.equal((await failureOf(promise ?? Promise.resolve())).code, 'INVALID_MODEL_IDENTIFIER')
  })

  for (const modelId of ['cars/3', 'yolov8n', 'my_project-2/12', 'models/1', 'infer-x/1', 'clé/3', 'a/b/c']) {
    it(`is accepted and sent as it is when it is ${JSON.stringify(modelId)}`, async () => {
      const stub = await startStub()
      const models = [{ model_id: modelId, task_type: 'object-detection' }]
      stub.answer = ({ path }) => (path === '/model/registry' ? { json: { models } } : undefined)
      await clientOf(stub.url).infer(await paint(8, 6), { modelId })
      assert.equal(stub.inferences[0]?.json.model_id, modelId)
      assert.equal(stub.inferences[0]?.path, '/infer/object_detection')
    })
  }

  it('may stand between blanks, which are not sent', async () => {
    const stub = await startStub()
    await clientOf(stub.url).infer(await paint(8, 6), { modelId: ' cars/3\n' })
    assert.equal(stub.inferences[0]?.json.model_id, 'cars/3')
  })

  it('is quoted only in part when it is long', async () => {
    const stub = await startStub()
    const error = await failureOf(clientOf(stub.url).loadModel(` ${'x y'.repeat(1000)}`))
    assert.ok(error.message.length < 250, error.message)
  })
})
