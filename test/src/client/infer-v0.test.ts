import assert from 'node:assert/strict'
import type { ObjectDetectionAnswer } from '../../../src/index'
import {
  APIKeyNotProvided,
  type InferenceConfiguration,
  InvalidModelIdentifier,
  InvalidResponseError,
  loadImage,
  ModelNotSelectedError,
} from '../../../src/index'
import { paint } from '../../support/images'
import { detection, type StubRequest, type StubServer } from '../../support/stub-server'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'

const model = { modelId: 'cars/3' }
const defaults = { allow_reduced_mask_resolution: 'False', disable_active_learning: 'False' }

describe('inference by API v0', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  let image: Buffer
  before(async () => {
    image = await paint(64, 48)
  })
  beforeEach(async () => {
    stub = await startStub()
    stub.answer = () => ({ json: structuredClone(detection) })
  })

  const clientWith = (configuration: InferenceConfiguration = {}, apiKey: string | undefined = 'k') =>
    clientOf(stub.url, { apiKey, configuration }).selectApiV0()

  /** The one request of an inference. */
  const sent = async (configuration: InferenceConfiguration = {}, apiKey = 'k'): Promise<StubRequest> => {
    await clientWith(configuration, apiKey).infer(image, model)
    assert.equal(stub.requests.length, 1)
    return stub.requests[0] ?? assert.fail()
  }

  it('sends one request with the image’s own bytes as bare base64, and asks for no description', async () => {
    const answer = await clientWith().infer<ObjectDetectionAnswer>(image, model)
    assert.deepEqual(answer, detection)
    assert.equal(stub.requests.length, 1)
    const [request] = stub.requests
    assert.deepEqual([request?.method, request?.path], ['POST', '/cars/3'])
    assert.equal(request?.body.toString('latin1'), image.toString('base64'))
    assert.equal(request?.headers['content-type'], 'application/json')
  })

  for (const [modelId, path] of [
    ['clé/3', '/cl%C3%A9/3'],
    ['a&b=c/1;2', '/a%26b%3Dc/1%3B2'],
    ['a+b/é', '/a%2Bb/%C3%A9'],
    ['ﬁve-ü_x/12', '/%EF%AC%81ve-%C3%BC_x/12'],
    [' cars/3\n', '/cars/3'],
    ['yolov8n-640', '/coco/3'],
    ['yolo26n-sem-1024', '/yolo26-pretrains/yolo26n-sem'],
  ] as const) {
    it(`asks ${path} for ${JSON.stringify(modelId)}`, async () => {
      await clientWith().infer(image, { modelId })
      assert.deepEqual(
        stub.requests.map((request) => request.path),
        [path],
      )
    })
  }

  it('has key and defaults in the query when nothing is set', async () => {
    assert.deepEqual(Object.fromEntries((await sent()).query), { api_key: 'k', ...defaults })
  })

  it('has what is set in the query, booleans as Python writes them', async () => {
    const { query } = await sent({
      confidenceThreshold: 0.35,
      iouThreshold: 0,
      strokeWidth: 3,
      visualizeLabels: true,
      disablePreprocContrast: false,
      disableActiveLearning: true,
      source: 'my app/é&x=1',
      countInference: true,
      serviceSecret: 's3 cr&t+',
      maxCandidates: 7,
      maxBatchSize: 4,
    })
    assert.deepEqual(Object.fromEntries(query), {
      api_key: 'k',
      ...defaults,
      confidence: '0.35',
      overlap: '0',
      stroke: '3',
      labels: 'True',
      disable_preproc_contrast: 'False',
      disable_active_learning: 'True',
      source: 'my app/é&x=1',
      countinference: 'True',
      service_secret: 's3 cr&t+',
    })
  })

  for (const [apiKeyTransport, inQuery, header] of [
    [undefined, true, false],
    ['legacy', true, false],
    ['both', true, true],
    ['header', false, true],
  ] as const) {
    it(`has the key in its place when the transport is ${apiKeyTransport}`, async () => {
      const key = 'k3y /&='
      const { query, headers } = await sent({ apiKeyTransport }, key)
      assert.deepEqual(query.getAll('api_key'), inQuery ? [key] : [])
      assert.equal(headers.authorization, header ? `Bearer ${key}` : undefined)
      assert.equal(headers['content-type'], 'application/json')
    })
  }

  it('looks at model, key and id in this order, before it reads the image', async () => {
    const [noModel, noKey, noId] = await Promise.all([
      failureOf(clientWith({}, '').infer('/no/such/image.jpg')),
      failureOf(clientWith({}, '').infer('/no/such/image.jpg', { modelId: 'no id' })),
      failureOf(clientWith().infer('/no/such/image.jpg', { modelId: 'no id' })),
    ])
    assert.ok(noModel instanceof ModelNotSelectedError, noModel.stack)
    assert.ok(noKey instanceof APIKeyNotProvided, noKey.stack)
    assert.ok(noId instanceof InvalidModelIdentifier, noId.stack)
    const header = await failureOf(clientWith({ apiKeyTransport: 'header' }, '').infer(image, model))
    assert.ok(header instanceof APIKeyNotProvided, header.stack)
    assert.equal(stub.requests.length, 0)
  })

  for (const modelId of [
    'cars',
    'a/b/c',
    'cars/',
    '/3',
    'cars//3',
    '../x',
    'model/clear',
    'a/..',
    'a%2F/b',
  ]) {
    it(`refuses an id that is not project and version: ${modelId}`, async () => {
      const error = await failureOf(clientWith().infer(image, { modelId }))
      assert.ok(error instanceof InvalidModelIdentifier, error.stack)
      assert.ok(error.message.includes(JSON.stringify(modelId)), error.message)
      assert.equal(stub.requests.length, 0)
    })
  }

  it('sends a request for each image of a list, however large a batch may be, and keeps their order', async () => {
    stub.answer = async ({ body }) => {
      const { width, height } = await loadImage(body.toString())
      return { json: { ...detection, image: { width, height } } }
    }
    const images = [image, await paint(8, 6), await paint(10, 6)]
    const answers = await clientWith({ maxBatchSize: 8 }).infer<ObjectDetectionAnswer>(images, model)
    assert.deepEqual(
      answers.map(({ image }) => image.width),
      [64, 8, 10],
    )
    assert.deepEqual(
      stub.requests.map(({ body }) => body.toString()),
      images.map((bytes) => bytes.toString('base64')),
    )
  })

  it('shrinks an image to the configured size, and gives coordinates of the untouched one', async () => {
    stub.answer = () => ({
      json: {
        image: { width: 32, height: 24 },
        predictions: [{ x: 8, y: 6, width: 4, height: 2, class: 'a' }],
      },
    })
    const answer = await clientWith({ defaultMaxInputSize: 32 }).infer<ObjectDetectionAnswer>(image, model)
    const { width, height } = await loadImage(stub.requests[0]?.body.toString() ?? '')
    assert.deepEqual([width, height], [32, 24])
    assert.deepEqual(answer as unknown, {
      image: { width: 64, height: 48 },
      predictions: [{ x: 16, y: 12, width: 8, height: 4, class: 'a' }],
    })
    await clientWith({ defaultMaxInputSize: 32, clientDownsizingDisabled: true }).infer(image, model)
    assert.equal(stub.requests[1]?.body.toString(), image.toString('base64'))
  })

  it('refuses a list as the answer, and one without predictions', async () => {
    for (const json of [[detection], [], {}, null, 'text']) {
      stub.answer = () => ({ json })
      const error = await failureOf(clientWith().infer(image, model))
      assert.ok(error instanceof InvalidResponseError, `${JSON.stringify(json)}: ${error.stack}`)
    }
  })

  it('is what inferFromApiV0 does in any mode', async () => {
    const client = clientOf(stub.url, { apiKey: 'k' })
    assert.equal(client.clientMode, 'v1')
    assert.deepEqual(await client.inferFromApiV0([image], model), [detection])
    assert.deepEqual(
      stub.requests.map(({ path }) => path),
      ['/cars/3'],
    )
  })
})
