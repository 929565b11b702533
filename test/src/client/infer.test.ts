import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import type { ObjectDetectionAnswer } from '../../../src/index'
import {
  type ImageReference,
  InvalidResponseError,
  loadImage,
  ModelTaskTypeNotSupportedError,
} from '../../../src/index'
import { paint, paintPixels } from '../../support/images'
import { detection } from '../../support/stub-server'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'

const model = { modelId: 'cars/3' }

describe('inference', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let small: Buffer
  let large: Buffer
  before(async () => {
    small = await paint(8, 6)
    large = await paint(64, 48)
  })

  it('sends one request with the image’s own bytes in base64, and gives the answer untouched', async () => {
    const stub = await startStub()
    const configuration = {
      confidenceThreshold: 0.4,
      classFilter: ['person', 'car'],
      countInference: true,
      serviceSecret: 's',
    }
    const answer = await clientOf(stub.url, { apiKey: 'k', configuration }).infer<ObjectDetectionAnswer>(
      small,
      model,
    )
    assert.deepEqual(answer, detection)
    const [request] = stub.inferences
    assert.equal(stub.inferences.length, 1)
    assert.equal(request?.headers['content-type'], 'application/json')
    assert.equal(String(request?.query), 'countinference=True&service_secret=s')
    assert.deepEqual(request?.json, {
      api_key: 'k',
      model_id: 'cars/3',
      confidence: 0.4,
      class_filter: ['person', 'car'],
      visualize_predictions: false,
      disable_active_learning: false,
      image: { type: 'base64', value: small.toString('base64') },
    })
  })

  it('takes an image in every form', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url)
    const same: ImageReference[] = [
      small,
      new Uint8Array(small),
      JSON.parse(JSON.stringify(small)),
      small.toString('base64'),
      `data:image/jpeg;base64,${small.toString('base64')}`,
      await loadImage(small),
    ]
    for (const reference of same) await client.infer(reference, model)
    for (const { json } of stub.inferences) assert.equal(json.image.value, small.toString('base64'))
    assert.equal(stub.inferences.length, same.length)
    await client.infer({ data: paintPixels(8, 6), width: 8, height: 6, channels: 3 }, model)
    const sent = await loadImage(stub.inferences.at(-1)?.json.image.value)
    assert.deepEqual([sent.format, sent.width, sent.height], ['jpeg', 8, 6])
  })

  it('gives a list for a list: of three, in their order, of one and of none', async () => {
    const stub = await startStub()
    stub.answer = async ({ path, json }) => {
      if (path !== '/infer/object_detection') return undefined
      const { width, height } = await loadImage(json.image.value)
      return { json: { image: { width, height }, predictions: [] } }
    }
    const client = clientOf(stub.url)
    const answers = await client.infer<ObjectDetectionAnswer>([large, small, large], model)
    assert.deepEqual(
      answers.map(({ image }) => image.width),
      [64, 8, 64],
    )
    assert.equal(stub.inferences.length, 3)
    const one = await client.infer([small], model)
    assert.ok(Array.isArray(one))
    assert.equal(one.length, 1)
    assert.deepEqual(await client.infer([], model), [])
    assert.equal(stub.inferences.length, 4)
    assert.equal(Array.isArray(await client.infer(small, model)), false)
  })

  it('says which image of a list is damaged', async () => {
    const stub = await startStub()
    const error = await failureOf(
      clientOf(stub.url).infer([small, small.subarray(0, small.length - 20), small], model),
    )
    assert.equal(error.code, 'ENCODING_ERROR')
    assert.match(error.message, /^Image 2 of 3: The JPEG is cut off/)
  })

  it('says which image of a list the server refused', async () => {
    const stub = await startStub()
    stub.answer = ({ path }) =>
      path === '/infer/object_detection' && stub.inferences.length === 2
        ? { status: 400, json: { message: 'Bad image.' } }
        : undefined
    const error = await failureOf(clientOf(stub.url).infer([small, large, small], model))
    assert.match(
      error.message,
      /^Image 2 of 3: The server answered Bad Request \(400\)\. The server says: Bad image\./,
    )
    assert.equal(error.statusCode, 400)
    assert.equal(stub.inferences.length, 2, 'the third was not sent')
  })

  it('does not count when there is one image', async () => {
    const stub = await startStub()
    const error = await failureOf(clientOf(stub.url).infer(Buffer.from('text'), model))
    assert.match(error.message, /^These 4 bytes are no image/)
  })

  it('refuses an answer without predictions, with HTML or half of it', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url)
    for (const [answer, words] of [
      [{ json: { image: {} } }, /no predictions/],
      [{ json: null }, /no predictions/],
      [{ text: '<!doctype html><h1>Welcome</h1>', headers: { 'content-type': 'text/html' } }, /proxy/],
      [{ text: JSON.stringify(detection).slice(0, 50) }, /cut off/],
    ] as const) {
      stub.answer = ({ path }) => (path === '/infer/object_detection' ? answer : undefined)
      const error = await failureOf(client.infer(small, model))
      assert.ok(error instanceof InvalidResponseError, error.stack)
      assert.equal(error.code, 'INVALID_RESPONSE')
      assert.match(error.message, words)
    }
  })

  it('refuses a model for another task without asking it', async () => {
    const stub = await startStub()
    const models = [{ model_id: 'cars/3', task_type: 'semantic-segmentation' }]
    stub.answer = ({ path }) => (path === '/model/registry' ? { json: { models } } : undefined)
    const error = await failureOf(clientOf(stub.url).infer(small, model))
    assert.ok(error instanceof ModelTaskTypeNotSupportedError)
    assert.equal(error.code, 'MODEL_TASK_TYPE_NOT_SUPPORTED')
    assert.match(error.message, /cars\/3.*semantic-segmentation/)
    assert.equal(stub.inferences.length, 0)
  })

  it('ends with the signal’s reason, and leaves the signal alone', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url)
    const reason = new Error('enough')
    const controller = new AbortController()
    const { signal } = controller
    await client.infer([small, small], { ...model, signal })
    assert.equal(getEventListeners(signal, 'abort').length, 0)
    stub.answer = () => 'hang'
    const failure = failureOf(client.infer(small, { ...model, signal }))
    await waitUntil(
      () => stub.inferences.length === 3 || undefined,
      () => 'the request did not arrive',
    )
    controller.abort(reason)
    assert.equal(await failure, reason)
    assert.equal(getEventListeners(signal, 'abort').length, 0)
    const asked = stub.requests.length
    assert.equal(await failureOf(client.infer(small, { ...model, signal })), reason)
    assert.equal(stub.requests.length, asked, 'nothing is sent when it is aborted before')
  })

  it('passes attempts and timeout on to its requests', async () => {
    const stub = await startStub()
    stub.answer = () => ({ status: 503, headers: { 'retry-after': '0' }, json: {} })
    const client = clientOf(stub.url, { attempts: 2 })
    await failureOf(client.infer(small, model))
    assert.equal(stub.requests.length, 2)
    await failureOf(client.infer(small, { ...model, attempts: 1 }))
    assert.equal(stub.requests.length, 3)
    stub.answer = () => 'hang'
    assert.equal((await failureOf(client.infer(small, { ...model, timeout: 50 }))).code, 'TIMEOUT')
  })
})
