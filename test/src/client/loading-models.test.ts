import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { InvalidResponseError, ModelNotInitializedError } from '../../../src/index'
import { paint } from '../../support/images'
import type { StubServer } from '../../support/stub-server'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'

const description = { model_id: 'cars/3', task_type: 'object-detection' }
const routesOf = ({ requests }: StubServer) => requests.map(({ method, path }) => `${method} ${path}`)

describe('loading a model', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let image: Buffer
  before(async () => {
    image = await paint(8, 6)
  })

  /** A server that has loaded another model only. */
  const startEmpty = async () => {
    const stub = await startStub()
    stub.answer = ({ path }) =>
      path === '/model/registry' ? { json: { models: [{ ...description, model_id: 'cars/33' }] } } : undefined
    return stub
  }

  it('comes before the first inference where the registry lacks the model, and is told', async () => {
    const stub = await startEmpty()
    const told: string[] = []
    const onLoading = () => told.push(routesOf(stub).join(', '))
    const client = clientOf(stub.url, { apiKey: 'k' })
    await client.infer([image, image], { modelId: 'cars/3', onLoading })
    assert.deepEqual(routesOf(stub), [
      'GET /model/registry',
      'POST /model/add',
      'POST /infer/object_detection',
      'POST /infer/object_detection',
    ])
    assert.deepEqual(stub.requests[1]?.json, { model_id: 'cars/3', api_key: 'k' })
    assert.deepEqual(told, ['GET /model/registry'], 'told once, before it is loaded')
    await client.infer(image, { modelId: 'cars/3', onLoading })
    assert.equal(told.length, 1)
  })

  it('is neither done nor told where the registry has the model', async () => {
    const stub = await startStub()
    const onLoading = () => assert.fail('told')
    await clientOf(stub.url).infer(image, { modelId: 'cars/3', onLoading })
    assert.deepEqual(routesOf(stub), ['GET /model/registry', 'POST /infer/object_detection'])
  })

  it('is told to everybody who waits for it', async () => {
    const stub = await startEmpty()
    const client = clientOf(stub.url)
    const told: string[] = []
    await Promise.all(
      ['first', 'second'].map((name) =>
        client.infer(image, { modelId: 'cars/3', onLoading: () => told.push(name) }),
      ),
    )
    assert.equal(stub.requests.filter(({ path }) => path === '/model/add').length, 1)
    assert.deepEqual(told.sort(), ['first', 'second'])
  })

  it('is told before the first answer where no registry is asked: API v0 and models with routes of their own', async () => {
    const stub = await startStub()
    const told: string[] = []
    const v0 = clientOf(stub.url, { apiKey: 'k' }).selectApiV0()
    stub.answer = ({ path }) =>
      path.startsWith('/clip') ? { json: { embeddings: [[1]] } } : { json: { predictions: [] } }
    for (const answer of ['first', 'second'])
      await v0.infer(image, { modelId: 'cars/3', onLoading: () => told.push(`v0 ${answer}`) })
    for (const answer of ['first', 'second'])
      await v0.getClipTextEmbeddings('a car', { onLoading: () => told.push(`clip ${answer}`) })
    assert.deepEqual(told, ['v0 first', 'clip first'])
  })

  it('does not happen where it is not allowed', async () => {
    const stub = await startEmpty()
    const onLoading = () => assert.fail('told')
    const error = await failureOf(
      clientOf(stub.url).getModelDescription('cars/3', { allowLoading: false, onLoading }),
    )
    assert.ok(error instanceof ModelNotInitializedError)
    assert.equal(error.code, 'MODEL_NOT_INITIALIZED')
    assert.deepEqual(routesOf(stub), ['GET /model/registry'])
  })

  it('is not said to have happened where it is not allowed', async () => {
    const stub = await startEmpty()
    const error = await failureOf(clientOf(stub.url).getModelDescription('cars/3', { allowLoading: false }))
    assert.doesNotMatch(error.message, /server loaded/)
  })

  it('happens for a call that allows it while another one, which does not, asks for the same model', async () => {
    const stub = await startEmpty()
    const client = clientOf(stub.url)
    const forbidden = failureOf(client.getModelDescription('cars/3', { allowLoading: false }))
    const allowed = client.getModelDescription('cars/3')
    assert.equal((await forbidden).code, 'MODEL_NOT_INITIALIZED')
    assert.equal((await allowed).model_id, 'cars/3')
  })

  it('fails when the server does not list the model afterwards', async () => {
    const stub = await startEmpty()
    stub.answer = () => ({ json: { models: [] } })
    const error = await failureOf(clientOf(stub.url).infer(image, { modelId: 'cars/3' }))
    assert.ok(error instanceof ModelNotInitializedError)
    assert.match(error.message, /cars\/3/)
    assert.equal(stub.inferences.length, 0)
  })

  it('fails with what the server says', async () => {
    const stub = await startEmpty()
    const usual = stub.answer
    stub.answer = (request, number) =>
      request.path === '/model/add'
        ? { status: 401, json: { message: 'Unauthorized for this model.' } }
        : usual(request, number)
    const error = await failureOf(clientOf(stub.url).infer(image, { modelId: 'cars/3' }))
    assert.equal(error.statusCode, 401)
    assert.equal(error.apiMessage, 'Unauthorized for this model.')
    assert.ok(error.message.includes('/model/add'), error.message)
  })

  it('may take longer than other answers, whatever time the call itself has for each attempt', async () => {
    const stub = await startEmpty()
    const usual = stub.answer
    stub.answer = async (request, number) => {
      if (request.path === '/model/add') await pause(400)
      return usual(request, number)
    }
    const client = clientOf(stub.url, { timeouts: { first: 10_000, request: 200 } })
    await client.infer(image, { modelId: 'cars/3', timeout: 200 })
    assert.equal(stub.inferences.length, 1)
  })

  it('ends with the signal’s reason', async () => {
    const stub = await startEmpty()
    const usual = stub.answer
    stub.answer = (request, number) => (request.path === '/model/add' ? 'hang' : usual(request, number))
    const controller = new AbortController()
    const reason = new Error('enough')
    const failure = failureOf(
      clientOf(stub.url).infer(image, { modelId: 'cars/3', signal: controller.signal }),
    )
    await waitUntil(
      () => stub.requests.length === 2 || undefined,
      () => 'the model was not loaded',
    )
    controller.abort(reason)
    assert.equal(await failure, reason)
  })

  it('may be asked for by itself; the answer is what is loaded then', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url)
    const { models } = await client.loadModel('cars/3')
    assert.equal(models[0]?.model_id, 'cars/3')
    assert.deepEqual(await client.listLoadedModels(), { models })
    assert.deepEqual(routesOf(stub), ['POST /model/add', 'GET /model/registry'])
  })

  for (const odd of [{}, null, [], 'OK', { models: null }]) {
    it(`fails with an error that says so when the registry is ${JSON.stringify(odd)}`, async () => {
      const stub = await startStub()
      const client = clientOf(stub.url)
      for (const path of ['/model/registry', '/model/add']) {
        stub.answer = (request) => {
          if (request.path === path) return { json: odd }
          return request.path === '/model/registry' ? { json: { models: [] } } : undefined
        }
        const error = await failureOf(client.infer(image, { modelId: 'cars/3' }))
        assert.ok(error instanceof InvalidResponseError, `${path}: ${error.stack}`)
      }
    })
  }
})
