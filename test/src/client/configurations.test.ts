import assert from 'node:assert/strict'
import { type InferenceConfiguration, InferenceHTTPClient } from '../../../src/index'
import { paint } from '../../support/images'
import { failureOf, thrownBy } from '../failure'
import { clients, stubServers } from '../opened'

const model = { modelId: 'cars/3' }
const defaults = { visualize_predictions: false, disable_active_learning: false }

describe('the configuration of a client', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let image: Buffer
  before(async () => {
    image = await paint(8, 6)
  })

  /** What the configuration of each client adds to its requests, all sent at the same time. */
  const sentBy = async (stub: Awaited<ReturnType<typeof startStub>>, ...clients: InferenceHTTPClient[]) => {
    const before = stub.inferences.length
    for (const client of clients) await client.infer(image, model)
    return stub.inferences.slice(before).map(({ json }) => {
      const { api_key: _key, model_id: _id, image: _image, ...rest } = json
      return rest
    })
  }

  it('is replaced as a whole by configure, which returns the client', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url, { configuration: { maxDetections: 1, iouThreshold: 0.5 } })
    assert.deepEqual(await sentBy(stub, client), [{ ...defaults, max_detections: 1, iou_threshold: 0.5 }])
    assert.equal(client.configure({ maxDetections: 2 }), client)
    assert.deepEqual(client.inferenceConfiguration, { maxDetections: 2 })
    assert.deepEqual(await sentBy(stub, client), [{ ...defaults, max_detections: 2 }])
    client.configure({})
    assert.deepEqual(await sentBy(stub, client), [defaults])
  })

  it('may be written in snake_case', () => {
    const written = { max_detections: 5 } as InferenceConfiguration
    const client = clientOf('http://127.0.0.1:1', { configuration: written })
    assert.deepEqual(client.inferenceConfiguration, { maxDetections: 5 })
    assert.deepEqual(
      client.configure({ iou_threshold: 0.2 } as InferenceConfiguration).inferenceConfiguration,
      {
        iouThreshold: 0.2,
      },
    )
    assert.deepEqual(client.useConfiguration(written).inferenceConfiguration, { maxDetections: 5 })
  })

  it('is refused with an unknown name or a wrong type, and stays as it was', () => {
    const client = clientOf('http://127.0.0.1:1', { configuration: { maxDetections: 1 } })
    const wrong = [{ maxDetection: 2 }, { maxDetections: 'many' }] as unknown as InferenceConfiguration[]
    for (const configuration of wrong) {
      for (const work of [
        () => client.configure(configuration),
        () => client.useConfiguration(configuration),
        () => new InferenceHTTPClient({ apiUrl: 'http://127.0.0.1:1', configuration }),
      ]) {
        assert.equal(thrownBy(work).code, 'INVALID_PARAMETER')
      }
    }
    assert.deepEqual(client.inferenceConfiguration, { maxDetections: 1 })
  })

  it('of a copy is its own: root and copies do not disturb each other', async () => {
    const stub = await startStub()
    const root = clientOf(stub.url, { apiKey: 'k', configuration: { maxDetections: 1 } })
    const first = root.useConfiguration({ maxDetections: 2 })
    const second = first.useConfiguration({ iouThreshold: 0.3 })
    assert.notEqual(first, root)
    assert.deepEqual(await sentBy(stub, root, first, second), [
      { ...defaults, max_detections: 1 },
      { ...defaults, max_detections: 2 },
      { ...defaults, iou_threshold: 0.3 },
    ])
    root.configure({ maxDetections: 9 })
    first.configure({ maxDetections: 8 })
    assert.deepEqual(await sentBy(stub, second, first, root), [
      { ...defaults, iou_threshold: 0.3 },
      { ...defaults, max_detections: 8 },
      { ...defaults, max_detections: 9 },
    ])
    for (const { json } of stub.inferences) assert.equal(json.api_key, 'k')
  })

  it('of copies holds for requests at the same time', async () => {
    const stub = await startStub()
    const root = clientOf(stub.url)
    const limits = [1, 2, 3, 4, 5]
    await Promise.all(
      limits.map((maxDetections) => root.useConfiguration({ maxDetections }).infer(image, model)),
    )
    const sent = stub.inferences.map(({ json }) => json.max_detections)
    assert.deepEqual(sent.sort(), limits)
    assert.deepEqual(root.inferenceConfiguration, {})
  })

  it('of a copy ends with the callback, whose result is given', async () => {
    const root = clientOf('http://127.0.0.1:1', { configuration: { maxDetections: 1 } })
    const seen = root.useConfiguration({ maxDetections: 2 }, (copy) => copy.inferenceConfiguration)
    assert.deepEqual(seen, { maxDetections: 2 })
    assert.deepEqual(root.inferenceConfiguration, { maxDetections: 1 })
    assert.equal(await root.useConfiguration({}, async () => 'done'), 'done')
  })

  it('does not change with the object that it was read from', () => {
    const written = { maxDetections: 1 }
    const root = clientOf('http://127.0.0.1:1', { configuration: written })
    const copy = root.useConfiguration(written)
    written.maxDetections = 2
    assert.deepEqual(root.inferenceConfiguration, { maxDetections: 1 })
    assert.deepEqual(copy.inferenceConfiguration, { maxDetections: 1 })
  })

  it('of a copy may let the key travel another way', async () => {
    const stub = await startStub()
    const root = clientOf(stub.url, { apiKey: 'k' })
    await root.useConfiguration({ apiKeyTransport: 'header' }).infer(image, model)
    await root.infer(image, model)
    const [header, legacy] = stub.inferences
    assert.deepEqual([header?.headers.authorization, header?.json.api_key], ['Bearer k', undefined])
    assert.deepEqual([legacy?.headers.authorization, legacy?.json.api_key], [undefined, 'k'])
  })

  it('of a client keeps where the key travels and the service secret, until it names them', async () => {
    const stub = await startStub()
    const root = clientOf(stub.url, {
      apiKey: 'k',
      configuration: { apiKeyTransport: 'header', serviceSecret: 'hush', maxDetections: 1 },
    })
    const sent = async (client: InferenceHTTPClient) => {
      await client.infer(image, model)
      const { headers, json, query } = stub.inferences.at(-1) ?? assert.fail('nothing was sent')
      return [headers.authorization, json.api_key, query.get('service_secret'), json.max_detections]
    }
    const kept = ['Bearer k', undefined, 'hush']
    assert.deepEqual(await sent(root.useConfiguration({ confidenceThreshold: 0.8 })), [...kept, undefined])
    assert.deepEqual(await sent(root.useModel('cars/3').useConfiguration({ maxDetections: 2 })), [...kept, 2])
    assert.deepEqual(await sent(root.configure({ maxDetections: 3 })), [...kept, 3])
    assert.deepEqual(await sent(root.configure({})), [...kept, undefined])
    const unset = { apiKeyTransport: undefined, serviceSecret: undefined } as InferenceConfiguration
    assert.deepEqual(await sent(root.configure(unset)), [...kept, undefined])
    const named = { apiKeyTransport: 'legacy', serviceSecret: 'new' } as const
    assert.deepEqual(await sent(root.useConfiguration(named)), [undefined, 'k', 'new', undefined])
    assert.deepEqual(await sent(root), [...kept, undefined])
    assert.equal(
      await root
        .useApiV0()
        .infer(image, model)
        .catch(() => undefined),
      undefined,
    )
    const [request] = stub.requests.slice(-1)
    assert.deepEqual([request?.path, request?.query.get('api_key')], ['/cars/3', null])
    assert.equal(request?.headers.authorization, 'Bearer k')
  })

  it('is shown as a copy, without the service secret', () => {
    const configuration = { apiKeyTransport: 'header', serviceSecret: 'hush', maxDetections: 1 } as const
    const client = clientOf('http://127.0.0.1:1', { apiKey: 'k', configuration })
    const shown = client.inferenceConfiguration
    assert.deepEqual(shown, { apiKeyTransport: 'header', maxDetections: 1 })
    shown.maxDetections = 2
    assert.deepEqual(client.useModel('a/1').inferenceConfiguration, {
      apiKeyTransport: 'header',
      maxDetections: 1,
    })
    assert.deepEqual(client.useConfiguration(shown).inferenceConfiguration, shown)
  })

  it('shares connections and what is known of models with its copies', async () => {
    const stub = await startStub()
    const root = clientOf(stub.url)
    await root.infer(image, model)
    await root.useConfiguration({ maxDetections: 2 }).infer(image, model)
    assert.equal(stub.requests.filter(({ path }) => path === '/model/registry').length, 1)
    stub.answer = ({ path }) => (path === '/infer/object_detection' ? { status: 404, json: {} } : undefined)
    await failureOf(root.useConfiguration({}).infer(image, model))
    stub.answer = () => undefined
    await root.infer(image, model)
    assert.equal(stub.requests.filter(({ path }) => path === '/model/registry').length, 2)
  })
})
