import assert from 'node:assert/strict'
import type { InferenceHTTPClient } from '../../../src/index'
import type { StubServer } from '../../support/stub-server'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'
import { left, tinyImage } from './every-method'

describe('unloading models', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  beforeEach(async () => {
    stub = await startStub()
    stub.answer = ({ path }) =>
      path === '/model/remove' || path === '/model/clear' ? { json: left } : undefined
  })
  const asked = () => stub.requests.map(({ method, path }) => `${method} ${path}`)

  it('names the model, by its full id, and gives what is left', async () => {
    const client = clientOf(stub.url, { apiKey: 'k' })
    assert.deepEqual(await client.unloadModel(' cars/3 '), left)
    await client.unloadModel('yolov8n-640')
    assert.deepEqual(
      stub.requests.map(({ json }) => json),
      [{ model_id: 'cars/3' }, { model_id: 'coco/3' }],
    )
  })

  it('of all asks with nothing, and gives what is left', async () => {
    assert.deepEqual(await clientOf(stub.url).unloadAllModels(), left)
    assert.deepEqual(asked(), ['POST /model/clear'])
    assert.equal(stub.requests[0]?.body.length, 0)
  })

  const unload = {
    unloadModel: (client: InferenceHTTPClient) => client.unloadModel('cars/3'),
    unloadAllModels: (client: InferenceHTTPClient) => client.unloadAllModels(),
  }

  for (const [name, call] of Object.entries(unload)) {
    it(`${name} forgets which model was selected, and keeps it where that failed`, async () => {
      const client = clientOf(stub.url).selectModel('cars/3')
      const answer = stub.answer
      stub.answer = () => ({ status: 500, json: {} })
      await failureOf(call(client))
      assert.equal(client.selectedModel, 'cars/3')
      stub.answer = answer
      await call(client)
      assert.equal(client.selectedModel, undefined)
    })

    it(`${name} on a copy leaves what is selected on the client`, async () => {
      const client = clientOf(stub.url).selectModel('cars/3')
      const copy = client.useModel('cars/3')
      await call(copy)
      assert.deepEqual([client.selectedModel, copy.selectedModel], ['cars/3', undefined])
    })

    it(`${name} forgets the model's description, also for copies, and keeps it where that failed`, async () => {
      const client = clientOf(stub.url)
      const descriptions = () => asked().filter((request) => request === 'GET /model/registry').length
      const answer = stub.answer
      await client.getModelDescription('cars/3')
      stub.answer = ({ path }) => (path.startsWith('/model/') ? { status: 500, json: {} } : undefined)
      await failureOf(call(client))
      stub.answer = answer
      await client.useApiV1().getModelDescription('cars/3')
      assert.equal(descriptions(), 1)
      await call(client)
      await client.useApiV1().getModelDescription('cars/3')
      assert.equal(descriptions(), 2)
    })

    it(`${name} gives the next answer the time that loading takes`, async () => {
      const client = clientOf(stub.url, { timeouts: { first: 10_000, request: 60 }, attempts: 1 })
      const infer = () => client.infer(tinyImage, { modelId: 'cars/3' })
      const answer = stub.answer
      await infer()
      const slowly: StubServer['answer'] = async (request, number) => {
        if (request.path === '/infer/object_detection')
          await new Promise((resolve) => setTimeout(resolve, 200))
        return answer(request, number)
      }
      stub.answer = slowly
      await call(client)
      await infer()
      assert.equal((await failureOf(infer())).code, 'TIMEOUT')
    })
  }

  it('of another model leaves the selected one', async () => {
    const client = clientOf(stub.url).selectModel('cars/3')
    await client.unloadModel('bikes/1')
    assert.equal(client.selectedModel, 'cars/3')
  })

  it('knows a selected alias by either of its names', async () => {
    for (const [selected, unloaded] of [
      ['yolov8n-640', 'yolov8n-640'],
      ['coco/3', 'yolov8n-640'],
      ['yolov8n-640', 'coco/3'],
    ] as const) {
      const client = clientOf(stub.url).selectModel(selected)
      await client.unloadModel(unloaded)
      assert.equal(client.selectedModel, undefined, `${selected}, ${unloaded}`)
    }
  })
})
