import assert from 'node:assert/strict'
import { type InferenceConfiguration, loadImage } from '../../../src/index'
import { paint } from '../../support/images'
import { type StubServer, sentIn } from '../../support/stub-server'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'

const modelId = 'cars/3'
const everywhere = {
  confidence: 0.35,
  visualize_predictions: true,
  visualization_stroke_width: 3,
  disable_preproc_auto_orient: true,
  disable_preproc_contrast: false,
  disable_preproc_grayscale: true,
  disable_preproc_static_crop: false,
  disable_active_learning: true,
  active_learning_target_dataset: 'al-set',
  source: 'my-app',
  source_info: 'rev 7/é',
}
const detecting = {
  ...everywhere,
  iou_threshold: 0.45,
  max_detections: 77,
  max_candidates: 1500,
  class_agnostic_nms: true,
  class_filter: ['cat', 'dog & co'],
  fix_batch_size: true,
  visualization_labels: false,
}
const segmenting = {
  ...detecting,
  mask_decode_mode: 'fast',
  tradeoff_factor: 0.7,
  allow_reduced_mask_resolution: true,
  response_mask_format: 'rle',
}

/** Everything that can be set; what the Python SDK 1.8.3 makes of it was recorded. */
const full: InferenceConfiguration = {
  confidenceThreshold: 0.35,
  keypointConfidenceThreshold: 0.25,
  maskDecodeMode: 'fast',
  tradeoffFactor: 0.7,
  maxCandidates: 1500,
  maxDetections: 77,
  iouThreshold: 0.45,
  strokeWidth: 3,
  countInference: false,
  serviceSecret: 's3 cr&t',
  disablePreprocAutoOrientation: true,
  disablePreprocContrast: false,
  disablePreprocGrayscale: true,
  disablePreprocStaticCrop: false,
  classAgnosticNms: true,
  classFilter: ['cat', 'dog & co'],
  fixBatchSize: true,
  includeAnomalyMap: false,
  visualizePredictions: true,
  visualizeLabels: false,
  disableActiveLearning: true,
  activeLearningTargetDataset: 'al-set',
  source: 'my-app',
  sourceInfo: 'rev 7/é',
  responseMaskFormat: 'rle',
  allowReducedMaskResolution: true,
  format: 'json',
}

const routes = [
  { task: 'object-detection', path: '/infer/object_detection', fields: detecting },
  { task: 'instance-segmentation', path: '/infer/instance_segmentation', fields: segmenting },
  {
    task: 'keypoint-detection',
    path: '/infer/keypoints_detection',
    fields: { ...detecting, keypoint_confidence: 0.25 },
  },
  {
    task: 'classification',
    path: '/infer/classification',
    fields: { ...everywhere, include_anomaly_map: false },
  },
]

describe('inference by API v1', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  let image: Buffer
  before(async () => {
    image = await paint(64, 48)
  })
  beforeEach(async () => {
    stub = await startStub()
  })

  const empty = { image: { width: 64, height: 48 }, predictions: [] }

  /** The server holds one model; it answers every inference the same. */
  const serve = (model: object, answer: unknown = empty) => {
    stub.answer = ({ path }) =>
      path === '/model/registry'
        ? { json: { models: [{ model_id: modelId, task_type: 'object-detection', ...model }] } }
        : { json: structuredClone(answer) }
  }

  const inferWith = async (configuration: InferenceConfiguration = {}, bytes = image) => {
    const client = clientOf(stub.url, { apiKey: 'k', configuration })
    const answer = await client.infer<unknown>(bytes, { modelId })
    return { answer, request: stub.inferences.at(-1) ?? assert.fail('nothing was sent') }
  }

  it('leaves out classes that the filter does not name: older servers do not know it for masks', async () => {
    const predictions = ['cat', 'car', 'dog & co'].map((name) => ({ x: 1, y: 1, class: name }))
    serve({ task_type: 'instance-segmentation' }, { ...empty, predictions })
    const { answer } = await inferWith({ classFilter: ['cat', 'dog & co'] })
    assert.deepEqual(answer, { ...empty, predictions: [predictions[0], predictions[2]] })
  })

  for (const { task, path, fields } of routes) {
    it(`asks ${path} with the fields of its task, for ${task}`, async () => {
      serve({ task_type: task })
      const { request, answer } = await inferWith(full)
      const { image: sent, ...body } = request.json
      assert.deepEqual([request.method, request.path], ['POST', path])
      assert.deepEqual(body, { api_key: 'k', model_id: modelId, ...fields })
      assert.deepEqual(sent, { type: 'base64', value: image.toString('base64') })
      assert.equal(request.query.get('countinference'), 'False')
      assert.equal(request.query.get('service_secret'), 's3 cr&t')
      assert.equal(request.query.size, 2)
      assert.deepEqual(answer, empty)
      assert.equal(stub.inferences.length, 1)
    })

    it(`sends the defaults alone where nothing is set, for ${task}`, async () => {
      serve({ task_type: task })
      const { request } = await inferWith()
      const { image: _image, ...body } = request.json
      assert.deepEqual(body, {
        api_key: 'k',
        model_id: modelId,
        visualize_predictions: false,
        disable_active_learning: false,
        ...(task === 'instance-segmentation' ? { allow_reduced_mask_resolution: false } : {}),
      })
      assert.equal(request.query.size, 0)
    })
  }

  it('refuses a model for video clips, and says so', async () => {
    serve({ task_type: 'action-recognition' })
    const error = await failureOf(inferWith())
    assert.equal(error.code, 'MODEL_TASK_TYPE_NOT_SUPPORTED')
    assert.match(error.message, /cars\/3.*action-recognition.*video clip/)
    assert.equal(stub.inferences.length, 0)
  })

  const sizeSent = async (configuration: InferenceConfiguration = {}) => {
    const { request } = await inferWith(configuration)
    const { width, height } = await loadImage(request.json.image.value)
    return [width, height]
  }

  it('shrinks an image to what the model takes, or to the configured size where it takes any', async () => {
    serve({ input_width: 20, input_height: 30 })
    assert.deepEqual(await sizeSent(), [20, 15])
    serve({ input_width: 30, input_height: 12 })
    assert.deepEqual(await sizeSent(), [16, 12])
    assert.deepEqual(await sizeSent({ defaultMaxInputSize: 8 }), [16, 12])
    for (const model of [
      {},
      { input_width: 16 },
      { input_height: 16 },
      { input_width: null, input_height: 16 },
    ]) {
      serve(model)
      assert.deepEqual(await sizeSent(), [64, 48], JSON.stringify(model))
      assert.deepEqual(await sizeSent({ defaultMaxInputSize: 32 }), [32, 24], JSON.stringify(model))
    }
  })

  it('sends the bytes that came where shrinking is disabled', async () => {
    serve({ input_width: 20, input_height: 20 })
    const { request } = await inferWith({ clientDownsizingDisabled: true })
    assert.equal(request.json.image.value, image.toString('base64'))
  })

  it('gives coordinates of the untouched image', async () => {
    const answer = {
      image: { width: 32, height: 24 },
      predictions: [{ x: 8, y: 6, width: 4, height: 2, class: 'a' }],
    }
    serve({ input_width: 32, input_height: 32 }, answer)
    assert.deepEqual((await inferWith()).answer, {
      image: { width: 64, height: 48 },
      predictions: [{ x: 16, y: 12, width: 8, height: 4, class: 'a' }],
    })
    assert.deepEqual((await inferWith({ clientDownsizingDisabled: true })).answer, answer)
  })

  it('lets the server turn an image that it shrinks, and scales back what was turned and what was not', async () => {
    const sharp = (await import('sharp')).default
    const lying = await sharp(image).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const box = { x: 8, y: 6, width: 4, height: 2, class: 'a' }
    const scaledBox = { x: 16, y: 12, width: 8, height: 4, class: 'a' }
    for (const [seen, original] of [
      [
        { width: 24, height: 32 },
        { width: 48, height: 64 },
      ],
      [
        { width: 32, height: 24 },
        { width: 64, height: 48 },
      ],
    ]) {
      serve({ input_width: 32, input_height: 32 }, { image: seen, predictions: [box] })
      const { answer, request } = await inferWith({}, lying)
      const sent = await sharp(sentIn(request)).metadata()
      assert.deepEqual([sent.width, sent.height, sent.orientation], [32, 24, 6])
      assert.deepEqual(answer, { image: original, predictions: [scaledBox] })
    }
  })

  it('does not let the server turn an image that is to stay as it is stored', async () => {
    const sharp = (await import('sharp')).default
    const lying = await sharp(image).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    serve({ input_width: 32, input_height: 32 }, { image: { width: 32, height: 24 }, predictions: [] })
    const { answer, request } = await inferWith({ disablePreprocAutoOrientation: true }, lying)
    const sent = await sharp(sentIn(request)).metadata()
    assert.deepEqual([sent.width, sent.height, sent.orientation], [32, 24, undefined])
    assert.deepEqual(answer, { image: { width: 64, height: 48 }, predictions: [] })
  })

  it('decodes what the server drew and how odd each place is', async () => {
    const drawn = await paint(8, 6)
    const anomaly_map = { shape: [1, 2], dtype: 'float32', data: 'AAAAPwAAgD8=' }
    serve({ task_type: 'classification' }, { ...empty, visualization: drawn.toString('base64'), anomaly_map })
    const { answer } = await inferWith({ outputVisualisationFormat: 'pillow', includeAnomalyMap: true })
    assert.deepEqual(answer, {
      ...empty,
      visualization: drawn,
      anomaly_map: { shape: [1, 2], dtype: 'float32', data: Float32Array.of(0.5, 1) },
    })
  })

  it('gives a stub as it came', async () => {
    const stubbed = { is_stub: true, model_id: modelId, task_type: 'object-detection' }
    serve({ input_width: 20, input_height: 20 }, stubbed)
    assert.deepEqual((await inferWith()).answer, stubbed)
  })
})
