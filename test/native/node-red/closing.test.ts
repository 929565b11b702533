import assert from 'node:assert/strict'
import path from 'node:path'
import { paint } from '../../support/images'
import { hanging, modelsFolder } from '../../support/models-folder'
import { type FlowNode, type NodeRed, startNodeRed } from '../../support/node-red'
import { installOnnxRuntimeNode } from '../../support/onnxruntime-node'

const packages = {
  'onnxruntime-node': installOnnxRuntimeNode(),
  WebAssembly: path.join(__dirname, '../../..'),
}

const common = { z: 'tab', x: 100, y: 100 }

/** One image after the other, so that the model is always at work. */
const flows = (folder: string, image: Buffer): FlowNode[] => [
  { id: 'tab', type: 'tab', label: 'tab' },
  { id: 'server', type: 'roboflow-config', name: '', url: 'built-in:', modelsFolder: folder },
  {
    ...common,
    id: 'go',
    type: 'inject',
    props: [{ p: 'payload' }],
    payload: image.toString('base64'),
    payloadType: 'str',
    wires: [['infer']],
  },
  {
    ...common,
    id: 'infer',
    type: 'roboflow-infer',
    server: 'server',
    model: 'slow/1',
    modelType: 'str',
    image: 'payload',
    imageType: 'msg',
    wires: [['again', 'answers']],
  },
  {
    ...common,
    id: 'again',
    type: 'change',
    rules: [{ t: 'move', p: 'image', pt: 'msg', to: 'payload', tot: 'msg' }],
    wires: [['infer']],
  },
  {
    ...common,
    id: 'answers',
    type: 'debug',
    active: true,
    complete: 'payload.resolved_model',
    targetType: 'msg',
    wires: [],
  },
]

for (const [runtime, packageRoot] of Object.entries(packages))
  describe(`a Node-RED whose model is at work, by ${runtime}`, function () {
    this.timeout(120_000)
    const folder = modelsFolder({ 'slow/1': { weights: hanging(5e5) } })
    let nodeRed: NodeRed
    const deploy = async () => {
      await nodeRed.deploy(flows(folder, await paint(64, 48)))
      await nodeRed.inject('go')
      const { value } = await nodeRed.nextDebug('answers', 60_000)
      assert.equal(value.backend, `onnx (${runtime})`)
    }
    beforeEach(async () => {
      nodeRed = await startNodeRed({ packageRoot })
      await deploy()
    })
    afterEach(() => nodeRed.stop())

    it('ends as it always does', async () => {
      const started = performance.now()
      const exit = await nodeRed.stop()
      const took = performance.now() - started
      assert.deepEqual(exit, { code: 0, signal: null }, nodeRed.log())
      assert.ok(took < 4_500, `${took} ms`)
      assert.doesNotMatch(nodeRed.log(), /terminate called|Error/)
    })

    it('takes new flows, again and again, and detects in them', async () => {
      for (let times = 0; times < 3; times++) await deploy()
    })
  })
