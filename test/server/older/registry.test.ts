import assert from 'node:assert/strict'
import type { ObjectDetectionAnswer } from '../../../src/index'
import { HTTPCallErrorError, InferenceHTTPClient, ModelNotInitializedError } from '../../../src/index'
import { tinyTasks } from '../../support/compare-tasks'
import { paint } from '../../support/images'
import { openRealClient } from '../real-client'
import type { RunningServer } from '../server'
import { olderServer } from './server'

describe("an old server's registry of models", function () {
  this.timeout(120_000)
  let server: RunningServer
  let client: InferenceHTTPClient
  openRealClient(
    (opened) => {
      ;({ server, client } = opened)
    },
    olderServer,
    { attempts: 1 },
  )
  let image: Buffer
  before(async () => {
    image = await paint(320, 240, [{ color: 'green', x: 100, y: 100, width: 80, height: 60 }])
  })
  beforeEach(() => client.unloadAllModels())

  const loaded = async () => (await client.listLoadedModels()).models.map(({ model_id }) => model_id)
  const status = (expected: number, said: RegExp) => (error: unknown) => {
    assert.ok(error instanceof HTTPCallErrorError, String(error))
    assert.equal(error.statusCode, expected)
    assert.match(error.message, said)
    return true
  }

  it('tells its version without a route for its health', async () => {
    assert.equal((await fetch(`${server.url}/healthz`)).status, 404)
    assert.equal((await client.getServerInfo()).version, '0.37.1')
  })

  it('describes models; the size of a batch is a number, nothing, or the text "batch"', async () => {
    for (const { modelId } of tinyTasks) {
      const { model_id, task_type, input_width, input_height } = await client.getModelDescription(modelId)
      assert.deepEqual([model_id, input_width, input_height], [modelId, 320, 320])
      assert.ok(task_type)
    }
    await client.getClipTextEmbeddings('red')
    const { models } = await client.listLoadedModels()
    const sizes = Object.fromEntries(models.map((model) => [model.model_id, model.batch_size]))
    assert.deepEqual(sizes, {
      'tiny-boxes/1': 'batch',
      'tiny-masks/1': 'batch',
      'tiny-points/1': 'batch',
      'tiny-label/1': 1,
      'tiny-labels/1': 1,
      'clip/ViT-B-16': null,
    })
    const [clip] = models.filter(({ model_id }) => model_id === 'clip/ViT-B-16')
    assert.deepEqual([clip?.input_width, clip?.input_height], [null, null])
  })

  it('describes and unloads core models too, by the ids that it lists', async () => {
    await client.getClipTextEmbeddings('red')
    await client.detectGazes(image)
    assert.deepEqual(await loaded(), ['clip/ViT-B-16', 'gaze/L2CS'])
    assert.equal((await client.getModelDescription('clip/ViT-B-16')).task_type, 'embedding')
    assert.equal((await client.getModelDescription('gaze/L2CS')).task_type, 'gaze-detection')
    await client.unloadModel('clip/ViT-B-16')
    assert.deepEqual(await loaded(), ['gaze/L2CS'])
  })

  it('describes nothing that is not loaded when it may not load', async () => {
    const asked = new InferenceHTTPClient({ apiUrl: server.url, apiKey: server.key })
    try {
      const description = asked.getModelDescription('tiny-points/1', { allowLoading: false })
      await assert.rejects(description, ModelNotInitializedError)
      assert.deepEqual(await loaded(), [])
    } finally {
      await asked.close()
    }
  })

  it('loads, selects and unloads models', async () => {
    const { models } = await client.loadModel('tiny-boxes/1', { setAsDefault: true })
    assert.deepEqual(
      models.map(({ model_id }) => model_id),
      ['tiny-boxes/1'],
    )
    assert.equal(client.selectedModel, 'tiny-boxes/1')
    await client.loadModel('tiny-label/1')
    assert.deepEqual(await loaded(), ['tiny-boxes/1', 'tiny-label/1'])
    await client.infer(image)
    const left = await client.unloadModel('tiny-boxes/1')
    assert.deepEqual(
      left.models.map(({ model_id }) => model_id),
      ['tiny-label/1'],
    )
    assert.equal(client.selectedModel, undefined)
    // its weights are fetched again
    for (const asked of [client, client.useApiV0()]) {
      const { predictions } = await asked.infer<ObjectDetectionAnswer>(image, { modelId: 'tiny-boxes/1' })
      assert.deepEqual(
        predictions.map((prediction) => prediction.class),
        ['green'],
      )
      await client.unloadModel('tiny-boxes/1')
    }
    assert.deepEqual((await client.unloadAllModels()).models, [])
    assert.deepEqual(await loaded(), [])
  })

  it('unloads what is not loaded, which changes nothing', async () => {
    await client.loadModel('tiny-label/1')
    await client.unloadModel('tiny-masks/1')
    await client.unloadModel('never/1')
    assert.deepEqual(await loaded(), ['tiny-label/1'])
  })

  for (const mode of ['v1', 'v0']) {
    it(`404 in ${mode} for a model that there is not, and others go on`, async () => {
      const asked = mode === 'v0' ? client.useApiV0() : client
      for (const modelId of ['never/1', 'tiny-boxes/2'])
        await assert.rejects(asked.infer(image, { modelId }), status(404, /project\/version/))
      assert.deepEqual(await loaded(), [])
      const { predictions } = await asked.infer<ObjectDetectionAnswer>(image, { modelId: 'tiny-boxes/1' })
      assert.equal(predictions.length, 1)
    })
  }

  it('400 for a model without a version', () =>
    assert.rejects(client.infer(image, { modelId: 'tiny-boxes' }), status(400, /Invalid Model ID/)))

  it('405 in v0 for a version that is no number', () =>
    assert.rejects(client.useApiV0().infer(image, { modelId: 'tiny-boxes/one' }), status(405, /recent/)))
})
