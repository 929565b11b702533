import assert from 'node:assert/strict'
import type { ObjectDetectionAnswer } from '../../src/index'
import { HTTPCallErrorError, InferenceHTTPClient, ModelNotInitializedError } from '../../src/index'
import { assertFound } from '../support/compare'
import { RememberingTransport } from '../support/compare-sent'
import { paint, type Rectangle } from '../support/images'
import type { RunningServer } from './server'
import { sharedServer } from './shared-server'

const painted: Rectangle[] = [{ x: 80, y: 60, width: 60, height: 40, color: 'green' }]

describe("the real server's registry of models", function () {
  this.timeout(120_000)
  let server: RunningServer
  let transport: RememberingTransport
  let client: InferenceHTTPClient
  let image: Buffer
  before(async () => {
    server = await sharedServer()
    image = await paint(160, 120, painted)
  })
  beforeEach(async () => {
    transport = new RememberingTransport(server.url)
    client = new InferenceHTTPClient({ apiUrl: server.url, apiKey: server.key, transport })
    await client.unloadAllModels()
    transport.forget()
  })
  afterEach(() => client.close())

  const idsOf = ({ models }: { models: { model_id: string }[] }) =>
    models.map(({ model_id: id }) => id).sort()
  const loaded = async () => idsOf(await client.listLoadedModels())
  const asked = () => transport.sent.map(({ method, path }) => `${method} ${path}`)
  const assertFinds = async () => {
    const answer = await client.infer<ObjectDetectionAnswer>(image, { modelId: 'tiny-boxes/1' })
    assertFound(answer.predictions, painted, { width: 160, height: 120 })
  }

  it('tells name, version and id of the server, in both modes and without a key', async () => {
    const info = await client.getServerInfo()
    assert.equal(info.version, '1.8.3')
    assert.ok(info.name && info.uuid)
    const nobody = new InferenceHTTPClient({ apiUrl: server.url })
    assert.deepEqual(await nobody.useApiV0().getServerInfo(), info)
    await nobody.close()
  })

  it('lists what is loaded: nothing, one model after the other, one less, nothing again', async () => {
    assert.deepEqual(await loaded(), [])
    assert.deepEqual(idsOf(await client.loadModel('tiny-boxes/1')), ['tiny-boxes/1'])
    assert.deepEqual(idsOf(await client.loadModel('tiny-label/1')), ['tiny-boxes/1', 'tiny-label/1'])
    assert.deepEqual(await loaded(), ['tiny-boxes/1', 'tiny-label/1'])
    assert.deepEqual(idsOf(await client.unloadModel('tiny-boxes/1')), ['tiny-label/1'])
    assert.deepEqual(await loaded(), ['tiny-label/1'])
    assert.deepEqual(idsOf(await client.unloadAllModels()), [])
    assert.deepEqual(await loaded(), [])
  })

  it('has CLIP once it was asked', async () => {
    await client.getClipTextEmbeddings('red')
    assert.deepEqual(await loaded(), ['clip/ViT-B-16'])
    const { task_type: task } = await client.getModelDescription('clip/ViT-B-16')
    assert.equal(task, 'embedding')
    assert.deepEqual(idsOf(await client.unloadModel('clip/ViT-B-16')), [])
    assert.equal((await client.getClipTextEmbeddings('red')).embeddings.length, 1)
  })

  it('describes a model, which is loaded for it only where that is allowed', async () => {
    await assert.rejects(
      client.getModelDescription('tiny-points/1', { allowLoading: false }),
      ModelNotInitializedError,
    )
    let loading = 0
    const description = await client.getModelDescription('tiny-points/1', { onLoading: () => loading++ })
    assert.equal(loading, 1)
    const { model_id: id, task_type: task, input_width: width, input_height: height } = description
    assert.deepEqual([id, task, width, height], ['tiny-points/1', 'keypoint-detection', 320, 320])
  })

  it('loads a model again that was unloaded, for the next image', async () => {
    client.selectModel('tiny-boxes/1')
    await assertFinds()
    await client.unloadModel('tiny-boxes/1')
    assert.equal(client.selectedModel, undefined)
    transport.forget()
    await assertFinds()
    assert.deepEqual(asked(), ['GET /model/registry', 'POST /model/add', 'POST /infer/object_detection'])
    await client.unloadAllModels()
    transport.forget()
    await assertFinds()
    assert.deepEqual(asked(), ['GET /model/registry', 'POST /model/add', 'POST /infer/object_detection'])
  })

  it('does not mind when a model is unloaded that is not there', async () => {
    await client.loadModel('tiny-boxes/1', { setAsDefault: true })
    assert.deepEqual(idsOf(await client.unloadModel('never/1')), ['tiny-boxes/1'])
    assert.equal(client.selectedModel, 'tiny-boxes/1')
  })

  it('says that there is no such model', async () => {
    await assert.rejects(client.loadModel('never/1'), (error) => {
      assert.ok(error instanceof HTTPCallErrorError, String(error))
      assert.equal(error.statusCode, 404)
      assert.match(error.message, /project\/version/)
      return true
    })
    assert.deepEqual(await loaded(), [])
  })

  it('takes the key however it travels', async () => {
    for (const apiKeyTransport of ['legacy', 'both', 'header'] as const) {
      const other = new InferenceHTTPClient({
        apiUrl: server.url,
        apiKey: server.key,
        configuration: { apiKeyTransport },
      })
      assert.ok(idsOf(await other.loadModel('tiny-masks/1')).includes('tiny-masks/1'))
      assert.equal(idsOf(await other.listLoadedModels()).length, 1)
      assert.deepEqual(idsOf(await other.unloadModel('tiny-masks/1')), [])
      assert.deepEqual(idsOf(await other.unloadAllModels()), [])
      await other.close()
    }
  })
})
