import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { readModelFolder } from '../../../src/built-in/model-folder'
import { ModelWorker } from '../../../src/built-in/model-worker'
import { HTTPCallErrorError, HTTPServerTimeoutError, type ObjectDetectionAnswer } from '../../../src/index'
import {
  compileOnce,
  greedy,
  hanging,
  type ModelFiles,
  meanColors,
  meanColorsDetr,
  modelsFolder,
  threeObjects,
} from '../../support/models-folder'
import { onnxModel } from '../../support/onnx'
import { clients } from '../opened'

const without = (file: string) => (folder: string) => fs.rmSync(path.join(folder, file))
const with_ = (file: string, content: string) => (folder: string) =>
  fs.writeFileSync(path.join(folder, file), content)

const twoInputs = onnxModel({
  nodes: [{ op: 'Add', inputs: ['images', 'size'], outputs: ['output0'] }],
  inputs: [
    { name: 'images', dims: [1, 3, 8, 8] },
    { name: 'size', dims: [1] },
  ],
  outputs: [{ name: 'output0', dims: [1, 3, 8, 8] }],
})

const oneChannel = onnxModel({
  nodes: [{ op: 'Identity', inputs: ['images'], outputs: ['output0'] }],
  inputs: [{ name: 'images', dims: [1, 1, 8, 8] }],
  outputs: [{ name: 'output0', dims: [1, 1, 8, 8] }],
})

const sameAsInput = onnxModel({
  nodes: [{ op: 'Identity', inputs: ['images'], outputs: ['output0'] }],
  inputs: [{ name: 'images', dims: [1, 3, 8, 8] }],
  outputs: [{ name: 'output0', dims: [1, 3, 8, 8] }],
})

interface Broken extends ModelFiles {
  spoil?: (folder: string) => void
  status: number
  says: RegExp
}

const broken: Record<string, Broken> = {
  'weights-missing/1': {
    spoil: without('weights.onnx'),
    status: 500,
    says: /weights\.onnx is missing in its folder/,
  },
  'weights-cut-off/1': {
    weights: meanColors().subarray(0, 200),
    status: 500,
    says: /weights\.onnx cannot be loaded \(.+\)\. Is it a whole ONNX file\?/,
  },
  'weights-empty/1': { weights: Buffer.alloc(0), status: 500, says: /weights\.onnx cannot be loaded/ },
  'weights-text/1': {
    weights: Buffer.from('version https://git-lfs'),
    status: 500,
    says: /cannot be loaded/,
  },
  'type-unknown/1': {
    type: 'yolonas',
    status: 500,
    says: /model_type\.json says yolonas; known here: yolov8, /,
  },
  'type-missing/1': {
    spoil: with_('model_type.json', '{"project_task_type":"object-detection"}'),
    status: 500,
    says: /undefined/,
  },
  'type-no-json/1': {
    spoil: with_('model_type.json', '{'),
    status: 500,
    says: /model_type\.json in its folder cannot be read/,
  },
  'no-type/1': { spoil: without('model_type.json'), status: 500, says: /model_type\.json is missing/ },
  'masks/1': {
    task: 'instance-segmentation',
    status: 400,
    says: /for instance-segmentation; the built-in server detects/,
  },
  'no-names/1': { spoil: without('class_names.txt'), status: 500, says: /class_names\.txt is missing/ },
  'no-environment/1': {
    spoil: without('environment.json'),
    status: 500,
    says: /environment\.json is missing/,
  },
  'no-steps/1': {
    spoil: with_('environment.json', '{}'),
    status: 500,
    says: /environment\.json in its folder cannot be read: no PREPROCESSING/,
  },
  'odd-steps/1': {
    spoil: with_('environment.json', '{"PREPROCESSING":"["}'),
    status: 500,
    says: /environment\.json/,
  },
  'odd-contrast/1': {
    steps: { contrast: { enabled: true, type: 'Much' } },
    status: 500,
    says: /contrast Much/,
  },
  'few-names/1': {
    classes: ['red'],
    status: 500,
    says: /class_names\.txt names 1 classes, its weights have 3/,
  },
  'many-names/1': { classes: ['a', 'b', 'c', 'd'], status: 500, says: /names 4 classes, its weights have 3/ },
  'empty-names/1': { spoil: with_('class_names.txt', '\n\n'), status: 500, says: /names 0 classes/ },
  'many-names-detr/1': {
    type: 'rfdetr',
    weights: meanColorsDetr(),
    classes: ['a', 'b', 'c', 'd', 'e'],
    status: 500,
    says: /names 5 classes, its weights have 4/,
  },
  'outputs-of-another/1': {
    type: 'rfdetr',
    status: 500,
    says: /outputs are none of rfdetr: output0 1 × 7 × 1/,
  },
  'outputs-of-none/1': {
    weights: sameAsInput,
    status: 500,
    says: /outputs are none of yolov8n: output0 1 × 3 × 8 × 8/,
  },
  'inputs-two/1': { weights: twoInputs, status: 500, says: /images, size/ },
  'inputs-gray/1': { weights: oneChannel, status: 500, says: /float32 1 × 1 × 8 × 8/ },
}

describe('the built-in server lives on', function () {
  this.timeout(60_000)
  const open = clients()
  const folder = modelsFolder({
    ...broken,
    'means/1': {},
    'hanging/1': { weights: hanging() },
    'greedy/1': { weights: greedy() },
    'more-classes/1': { type: 'yolo26n', weights: threeObjects(), classes: ['red', 'green'] },
  })
  for (const [id, { spoil }] of Object.entries(broken)) spoil?.(path.join(folder, id))
  const client = (options = {}) => open('built-in:', { modelsFolder: folder, ...options })
  const plain = (background: string) =>
    sharp({ create: { width: 40, height: 20, channels: 3, background } })
      .png()
      .toBuffer()
  let red: Buffer
  let black: Buffer
  before(async () => {
    ;[red, black] = await Promise.all([plain('red'), plain('black')])
  })

  const refusal = async (asked: Promise<unknown>): Promise<HTTPCallErrorError> => {
    const error = await asked.then(
      () => assert.fail('it answered'),
      (thrown) => thrown,
    )
    assert.ok(error instanceof HTTPCallErrorError, String(error?.stack))
    return error
  }

  it('where a model cannot be used: it says why, and other models work', async () => {
    const asked = client()
    for (const [modelId, { status, says }] of Object.entries(broken)) {
      const { statusCode, message } = await refusal(asked.infer(red, { modelId }))
      assert.equal(statusCode, status, message)
      assert.match(message, says)
      assert.match(message, new RegExp(`^The model ${modelId} cannot be used \\(`))
    }
    assert.deepEqual(await asked.listLoadedModels(), { models: [] })
    await asked.infer(red, { modelId: 'means/1' })
  })

  it('where there is no such model: 404, whatever leads out of the folder', async () => {
    const asked = client()
    for (const modelId of ['nope/1', 'means/2', 'means', 'means/1/2', 'a\u0001b/1', 'ex..e/..']) {
      const error = await asked.infer(red, { modelId }).then(
        () => assert.fail(),
        (thrown) => thrown,
      )
      if (error.code === 'INVALID_MODEL_IDENTIFIER') continue
      assert.equal(error.statusCode, 404, modelId)
      assert.match(
        error.message,
        /^There is no model .+ in the models folder \(404\)\. It would be the folder/,
      )
    }
  })

  it('where the folder is none', async () => {
    const { statusCode } = await refusal(
      client({ modelsFolder: '/does/not/exist' }).infer(red, { modelId: 'a/1' }),
    )
    assert.equal(statusCode, 404)
  })

  it('where an object is of a class that has no name', async () => {
    const { message, statusCode } = await refusal(client().infer(red, { modelId: 'more-classes/1' }))
    assert.equal(statusCode, 500)
    assert.match(message, /names 2 classes, its weights have 3/)
  })

  it('where a model hangs: that request fails in its time, the next one is answered', async () => {
    const asked = client({ timeouts: { request: 1_000 } })
    await asked.infer(black, { modelId: 'hanging/1' })
    const hung = asked.infer(red, { modelId: 'hanging/1' })
    const waiting = asked.infer<ObjectDetectionAnswer>(red, { modelId: 'means/1' })
    await assert.rejects(hung, HTTPServerTimeoutError)
    const { predictions } = await waiting
    assert.equal(predictions[0]?.class, 'red')
    await asked.infer(black, { modelId: 'hanging/1' })
  })

  it('where nobody waits any more: what waits goes, what runs is let finish', async () => {
    const asked = client()
    await asked.infer(red, { modelId: 'means/1' })
    const controller = new AbortController()
    const left = asked.infer(red, { modelId: 'means/1', signal: controller.signal })
    controller.abort(new Error('enough'))
    await assert.rejects(left, /enough/)
    await asked.infer(red, { modelId: 'means/1' })
  })

  it('where a model wants more memory than there is: that request fails, the next one is answered', async () => {
    const asked = client()
    await asked.infer(black, { modelId: 'greedy/1' })
    const { statusCode, message } = await refusal(asked.infer(red, { modelId: 'greedy/1' }))
    assert.equal(statusCode, 507, message)
    assert.match(message, /^The memory does not suffice for the model greedy\/1 \(507\)/)
    await asked.infer(red, { modelId: 'means/1' })
    await asked.infer(black, { modelId: 'greedy/1' })
  })

  const threads: ModelWorker[] = []
  after(() => Promise.all(threads.map((worker) => worker.close())))
  const thread = (patience?: number) => {
    const worker = new ModelWorker({ device: 'cpu', cores: 1 }, () => {}, patience)
    threads.push(worker)
    return worker
  }
  const options = {
    confidence: 0.4,
    iouThreshold: 0.3,
    classAgnostic: false,
    maxDetections: 10,
    classFilter: [],
    leftOut: { staticCrop: false, grayscale: false, contrast: false },
  }
  const image = { data: new Uint8Array(48), width: 4, height: 4 }

  it('where a model hangs that nobody waits for any more', async () => {
    const worker = thread(200)
    const [hanging, means] = await Promise.all([
      readModelFolder(folder, 'hanging/1'),
      readModelFolder(folder, 'means/1'),
    ])
    const { signal } = new AbortController()
    await worker.load(hanging, signal)
    const controller = new AbortController()
    const bright = { ...image, data: new Uint8Array(48).fill(255) }
    const hung = worker.detect(hanging, bright, options, controller.signal)
    controller.abort(new Error('enough'))
    await assert.rejects(hung, /enough/)
    await worker.detect(means, image, options, signal)
  })

  it('where what it is to do cannot reach its thread', async () => {
    const worker = thread()
    const { signal } = new AbortController()
    const model = await readModelFolder(folder, 'means/1')
    const gone = { ...image, data: new Uint8Array(48) }
    structuredClone(gone.data.buffer, { transfer: [gone.data.buffer] })
    const [refused, answered] = await Promise.allSettled([
      worker.detect(model, gone, options, signal),
      worker.detect(model, image, options, signal),
    ])
    assert.equal(refused.status === 'rejected' && refused.reason.name, 'DataCloneError')
    assert.equal(answered.status, 'fulfilled')
  })

  it('where it is closed while it works', async () => {
    const asked = client()
    await asked.infer(black, { modelId: 'hanging/1' })
    const hung = asked.infer(red, { modelId: 'hanging/1' })
    const ended = assert.rejects(
      hung,
      /^HTTPCallErrorError: The model hanging\/1 broke off \(closed\)|^The model hanging\/1 broke off \(closed\)/,
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    await asked.close()
    await ended
  })

  it('where an image is none', async () => {
    const asked = client()
    const pnm = Buffer.from('P6\n1 1\n255\nabc')
    const { statusCode, message } = await refusal(asked.infer(pnm, { modelId: 'means/1' }))
    assert.equal(statusCode, 400)
    assert.match(message, /^The image cannot be decoded \(400\)\. A PNM cannot be decoded here/)
    const damaged = Buffer.from(red)
    damaged.fill(0xff, 60, 70)
    const error = await refusal(asked.infer(damaged, { modelId: 'means/1' }))
    assert.equal(error.statusCode, 400)
    assert.match(error.message, /The PNG is damaged/)
    await asked.infer(red, { modelId: 'means/1' })
  })

  it('where it is asked for what it cannot do', async () => {
    const asked = client({ apiKey: 'any' })
    const drawn = asked.useConfiguration({ visualizePredictions: true })
    assert.match((await refusal(drawn.infer(red, { modelId: 'means/1' }))).message, /does not draw/)
    const image = asked.useApiV0().useConfiguration({ format: 'image' })
    assert.match((await refusal(image.infer(red, { modelId: 'means/1' }))).message, /does not draw/)
    for (const call of [
      asked.ocrImage(red),
      asked.getClipImageEmbeddings(red),
      asked.detectGazes(red),
      asked.promptCogvlm(red, 'What is it?'),
      asked.runWorkflow({ workspaceName: 'a', workflowId: 'b', images: {} }),
    ]) {
      const { statusCode, message } = await refusal(call)
      assert.equal(statusCode, 404)
      assert.match(message, /^The built-in server has no such thing \(404\)\. It detects objects/)
    }
  })

  it('and lets a process end that has nothing else to do, closed or not', async () => {
    const script = `
      const { InferenceHTTPClient } = require(${JSON.stringify(path.join(__dirname, '../../../src/index.js'))})
      const client = new InferenceHTTPClient({ apiUrl: 'built-in:', modelsFolder: ${JSON.stringify(folder)} })
      const image = Buffer.from('${red.toString('base64')}', 'base64')
      client.infer(image, { modelId: 'means/1' }).then(({ predictions }) => console.log(predictions[0].class))`
    const { stdout } = await promisify(execFile)(process.execPath, [compileOnce, '-e', script], {
      timeout: 30_000,
    })
    assert.equal(stdout, 'red\n')
  })
})
