import assert from 'node:assert/strict'
import path from 'node:path'
import type { NodeAPI } from 'node-red'
import { modelsFolderOf } from '../../../nodes/config/settings'
import { paint } from '../../support/images'
import { modelsFolder } from '../../support/models-folder'
import { admin, type Message, startFlow, stopFlow } from '../flow'

const tinyModels = path.join(__dirname, '../../src/built-in/models')

describe('roboflow-config, built in', function () {
  this.timeout(30_000)
  const folder = modelsFolder({ 'parts/1': {}, 'parts/2': {}, 'masks/1': { task: 'instance-segmentation' } })
  const empty = modelsFolder()
  afterEach(stopFlow)

  const start = (model: string, server: Message = {}) =>
    startFlow({ url: 'built-in:', server: { modelsFolder: tinyModels, ...server }, properties: { model } })

  it('detects, with no server', async () => {
    const flow = await start('tiny-boxes/1')
    const image = await paint(1200, 800, [{ x: 600, y: 400, width: 300, height: 200, color: 'green' }])
    flow.send({ payload: image })
    const { payload, counts, image: sent } = await flow.out.next()
    assert.deepEqual(counts, { green: 1 })
    const [{ class: name, x, y, width, height }] = payload.predictions
    assert.deepEqual([name, x, y, width, height], ['green', 600, 400, 300, 200])
    assert.ok(image.equals(sent), 'as it came')
  })

  it('says what is wrong with a model', async () => {
    const flow = await start('masks/1', { modelsFolder: folder })
    flow.send({ payload: await paint(64, 48) })
    const { error } = await flow.caught.next()
    assert.deepEqual([error.code, error.statusCode], ['HTTP_CALL_ERROR', undefined])
    assert.match(
      error.message,
      /^The model masks\/1 cannot be used \(400\)\. It is for instance-segmentation; /,
    )
  })

  it('has no key from the environment', async () => {
    process.env.ROBOFLOW_API_KEY = 'from-environment'
    try {
      const flow = await start('tiny-boxes/1', { apiVersion: 'v0' })
      flow.send({ payload: await paint(64, 48) })
      const { error } = await flow.caught.next()
      assert.equal(error.code, 'API_KEY_NOT_PROVIDED')
    } finally {
      delete process.env.ROBOFLOW_API_KEY
    }
  })

  it('warns of a device that cannot be used, and detects all the same', async () => {
    const flow = await start('tiny-boxes/1', { device: 'cuda' })
    const warnings: string[] = []
    flow.node('server').on('call:warn' as 'input', (call: unknown) => {
      warnings.push((call as { args: string[] }).args[0] ?? '')
    })
    flow.send({ payload: await paint(64, 48) })
    await flow.out.next()
    assert.deepEqual(warnings, ['cuda cannot be used (no onnxruntime-node). Models run on the CPU instead.'])
  })

  it('lists the models of its folder, loaded or not', async () => {
    await start('parts/1', { modelsFolder: folder })
    const { body } = await admin().get('/roboflow/server/models').expect(200)
    assert.deepEqual(body, {
      models: [
        { id: 'masks/1', task: 'instance-segmentation' },
        { id: 'parts/1', task: 'object-detection' },
        { id: 'parts/2', task: 'object-detection' },
      ],
      builtIn: true,
      refused: [],
    })
  })

  it('tells in the dialog which models its folder has, deployed or not', async () => {
    await startFlow({})
    const test = (settings: Message) =>
      admin()
        .post('/roboflow/new/test')
        .send({ url: 'built-in:', apiKey: '', ...settings })
    const { body } = await test({ modelsFolder: folder }).expect(200)
    assert.deepEqual(body, { inFolder: 3, ids: 'masks/1, parts/1, parts/2' })
    for (const none of [empty, path.join(empty, 'nowhere')]) {
      const { body: refused } = await test({ modelsFolder: none }).expect(502)
      assert.equal(refused.code, 'NOT_CONFIGURED')
      assert.equal(
        refused.message,
        `There are no models in ${none}. Each is a folder such as parts/1, with model_type.json in it.`,
      )
    }
  })

  it('offers no devices where onnxruntime-node is not installed', async () => {
    await startFlow({})
    assert.deepEqual((await admin().get('/roboflow/devices').expect(200)).body, [])
  })

  it('looks for a relative folder in the user directory', () => {
    const RED = { settings: { userDir: path.resolve('/user') } } as NodeAPI
    const folderOf = (models: string, url = 'built-in:') => modelsFolderOf(RED, { url, modelsFolder: models })
    assert.equal(folderOf('models'), path.resolve('/user/models'))
    assert.equal(folderOf(path.resolve('/data/models')), path.resolve('/data/models'))
    assert.equal(folderOf(' '), undefined)
    assert.equal(folderOf('models', 'http://localhost:9001'), undefined)
  })
})
