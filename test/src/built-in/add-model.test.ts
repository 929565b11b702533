import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { addModel, type NewModel } from '../../../src/built-in/add-model'
import { onnxModel, type Value } from '../../support/onnx'
import { failureOf } from '../failure'

const demo = path.join(__dirname, '../../../demo/models/conveyor-parts/1')
const image: Value = { name: 'images', dims: [1, 3, 320, 320] }
const yolo: Value = { name: 'output0', dims: [1, 6, 2100] }

/** A model of these outputs, and nothing in it. */
const modelOf = (outputs: Value[], inputs: Value[] = [image]): Buffer =>
  onnxModel({ nodes: [{ op: 'Identity', inputs: ['images'], outputs: ['output0'] }], inputs, outputs })

const field = (number: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2, (content.length % 128) | 128, content.length >> 7]), content])

/** What an exporter writes about a model. */
const withMetadata = (model: Buffer, metadata: Record<string, string>): Buffer =>
  Buffer.concat([
    model,
    ...Object.entries(metadata).map(([key, value]) =>
      field(14, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))])),
    ),
  ])

describe('a model that is added', () => {
  let folder: string
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'add-model-'))
  })
  afterEach(() => fs.rmSync(folder, { recursive: true }))

  const models = () => path.join(folder, 'models')
  const add = (weights: Buffer | string, more: Partial<NewModel> = {}) => {
    const file = typeof weights === 'string' ? weights : path.join(folder, 'weights.onnx')
    if (typeof weights !== 'string') fs.writeFileSync(file, weights)
    return addModel({
      weights: file,
      id: 'parts/1',
      modelsFolder: models(),
      classes: ['nut', 'bolt'],
      ...more,
    })
  }
  const read = (name: string, id = 'parts/1') => fs.readFileSync(path.join(models(), id, name), 'utf8')
  const resizeOf = (id?: string) => JSON.parse(JSON.parse(read('environment.json', id)).PREPROCESSING).resize

  it('is laid out as in an inference server’s cache', async () => {
    const weights = modelOf([yolo])
    const { folder: place, width, height, outputs } = await add(weights)
    assert.equal(place, path.join(models(), 'parts', '1'))
    assert.deepEqual([width, height, outputs], [320, 320, 'output0 1 × 6 × 2100'])
    assert.deepEqual(fs.readFileSync(path.join(place, 'weights.onnx')), weights)
    assert.equal(read('class_names.txt'), 'nut\nbolt\n')
    assert.deepEqual(JSON.parse(read('model_type.json')), {
      project_task_type: 'object-detection',
      model_type: 'yolov8n',
      model_id: 'parts/1',
    })
    assert.deepEqual(JSON.parse(read('environment.json')).CLASS_MAP, { 0: 'nut', 1: 'bolt' })
    assert.deepEqual(resizeOf(), { enabled: true, width: 320, height: 320, format: 'Fit (grey edges) in' })
    assert.deepEqual(fs.readdirSync(models()), ['parts'])
  })

  it('is known by its outputs', async () => {
    const boxes: Value = { name: 'dets', dims: [1, 300, 4] }
    const logits: Value = { name: 'labels', dims: [1, 300, 91] }
    const kinds: [Value[], string, number | undefined, string][] = [
      [[yolo], 'yolov8n', 2, 'Fit (grey edges) in'],
      [[{ name: 'output0', dims: ['batch', 6, 'anchors'] }], 'yolov8n', 2, 'Fit (grey edges) in'],
      [[{ name: 'output0', dims: ['batch', '', ''] }], 'yolov8n', undefined, 'Fit (grey edges) in'],
      [[{ name: 'output0', dims: [1, 300, 6] }], 'yolo26n', undefined, 'Fit (grey edges) in'],
      [[boxes, logits], 'rfdetr-nano', 91, 'Stretch to'],
      [[logits, boxes], 'rfdetr-nano', 91, 'Stretch to'],
    ]
    for (const [index, [outputs, type, classes, format]] of kinds.entries()) {
      const id = `parts/${index}`
      const { kind } = await add(modelOf(outputs), { id })
      assert.deepEqual([kind.modelType, kind.classes, resizeOf(id).format], [type, classes, format], id)
      assert.equal(JSON.parse(read('model_type.json', id)).model_type, type)
    }
    await add(modelOf([yolo]), { id: 'parts/stretched', resize: 'stretch' })
    assert.equal(resizeOf('parts/stretched').format, 'Stretch to')
  })

  it('has the classes and the size that its exporter wrote into it', async () => {
    const anySize: Value = { name: 'images', dims: ['batch', 3, 'height', 'width'] }
    const names = `{0: 'nut', 1: "6' \\"bolt\\""}`
    const model = withMetadata(modelOf([yolo], [anySize]), { task: 'detect', names, imgsz: '[256, 480]' })
    const { classes, width, height } = await add(model, { classes: undefined })
    assert.deepEqual([classes, width, height], [['nut', `6' "bolt"`], 480, 256])
    const plain = await add(modelOf([yolo], [anySize]), { id: 'parts/2' })
    assert.deepEqual([plain.width, plain.height], [640, 640])
    const endToEnd = withMetadata(modelOf([{ name: 'output0', dims: [1, 300, 6] }]), { names })
    const failure = await failureOf(add(endToEnd, { id: 'parts/3', classes: ['nut'] }))
    assert.equal(failure.message, 'The model has 2 classes, but 1 are named.')
  })

  it('may list its weights among its inputs, as old files do', async () => {
    const weight = { name: 'weight', dims: [1], data: Float32Array.of(1) }
    const inputs: Value[] = [image, { name: 'weight', dims: [1] }]
    const nodes = [{ op: 'Identity', inputs: ['images'], outputs: ['output0'] }]
    await add(onnxModel({ nodes, constants: [weight], inputs, outputs: [yolo] }))
  })

  it('is run where that is possible, and there only when that worked', async () => {
    const broken = add(modelOf([yolo]), {
      runOnce: async (modelsFolder, id) => {
        assert.ok(fs.existsSync(path.join(modelsFolder, id, 'weights.onnx')))
        throw new Error('it does not run')
      },
    })
    assert.equal((await failureOf(broken)).message, 'it does not run')
    assert.deepEqual(fs.readdirSync(models()), [])
    const { ran } = await add(modelOf([yolo]), { runOnce: async () => 'It ran in 5 ms.' })
    assert.equal(ran, 'It ran in 5 ms.')
  })

  it('never takes the place of another', async () => {
    const first = modelOf([yolo])
    await add(first)
    const failure = await failureOf(add(modelOf([{ name: 'output0', dims: [1, 300, 6] }])))
    assert.match(failure.message, /parts.1 is there already: choose another version\.$/)
    assert.deepEqual(fs.readFileSync(path.join(models(), 'parts/1/weights.onnx')), first)
  })

  describe('is refused', () => {
    const refusals: Record<string, [() => Buffer | string, Partial<NewModel>, RegExp]> = {
      'when it is not there': [() => '/nowhere/w.onnx', {}, /^There is no file .*w\.onnx\.$/],
      'when it is a folder': [() => os.tmpdir(), {}, /cannot be read \(EISDIR\)\.$/],
      'when it is empty': [() => Buffer.alloc(0), {}, /is no ONNX file, or is cut off\. There is no graph/],
      'when it is something else': [() => Buffer.from('{"a": 1}'), {}, /is no ONNX file/],
      'when it is cut off': [
        () => modelOf([yolo]).subarray(0, 40),
        {},
        /is cut off\. The message is cut off/,
      ],
      'with a class too many': [
        () => modelOf([yolo]),
        { classes: ['a', 'b', 'c'] },
        /has 2 classes, but 3 are named/,
      ],
      'without classes': [() => modelOf([yolo]), { classes: undefined }, /The classes are missing/],
      'without a version': [() => modelOf([yolo]), { id: 'parts' }, /^"parts" cannot be the id of a model/],
      'with an id that leads elsewhere': [() => modelOf([yolo]), { id: '../1' }, /"\.\.\/1" is no model id/],
      'with an id that is a route': [
        () => modelOf([yolo]),
        { id: 'model/clear' },
        /^"model\/clear" cannot be the id/,
      ],
      'when it does not take images': [
        () => modelOf([yolo], [{ name: 'x', dims: [1, 10] }]),
        {},
        /does not take one image of three colours, but x 1 × 10\./,
      ],
      'when it takes grey images': [
        () => modelOf([yolo], [{ name: 'x', dims: [1, 1, 64, 64] }]),
        {},
        /but x 1 × 1 × 64 × 64\./,
      ],
      'when it takes other numbers': [
        () => modelOf([yolo], [{ ...image, type: 'int64' }]),
        {},
        /export it without half or int8/,
      ],
      'when it finds masks': [
        () => modelOf([yolo, { name: 'output1', dims: [1, 32, 80, 80] }]),
        {},
        /those of no known detector: output0 1 × 6 × 2100, output1 1 × 32 × 80 × 80\./,
      ],
      'when it finds labels': [
        () => modelOf([{ name: 'output0', dims: [1, 4] }]),
        {},
        /of no known detector/,
      ],
      'when its boxes lie below each other, as YOLOv5’s': [
        () => modelOf([{ name: 'output0', dims: [1, 25_200, 85] }]),
        {},
        /of no known detector: output0 1 × 25200 × 85/,
      ],
      'when its exporter says that it has another task': [
        () => withMetadata(modelOf([yolo]), { task: 'pose' }),
        {},
        /is for another task \(pose\)/,
      ],
    }
    for (const [when, [weights, more, reason]] of Object.entries(refusals)) {
      it(when, async () => {
        assert.match((await failureOf(add(weights(), more))).message, reason)
        assert.deepEqual(fs.existsSync(models()) ? fs.readdirSync(models()) : [], [])
      })
    }

    it('when its weights lie in another file', async () => {
      // the field data_location of a weight: EXTERNAL
      const weight = field(5, Buffer.concat([field(8, Buffer.from('weight')), Buffer.from([14 * 8, 1])]))
      const node = field(1, field(4, Buffer.from('Identity')))
      const failure = await failureOf(add(field(7, Buffer.concat([node, weight]))))
      assert.match(failure.message, /lie in another file: export them as one file\.$/)
    })
  })

  it('is described as the demo’s model, which is one', async () => {
    const classes = fs.readFileSync(path.join(demo, 'class_names.txt'), 'utf8').trim().split('\n')
    const id = 'conveyor-parts/1'
    const { kind } = await add(path.join(demo, 'weights.onnx'), { id, classes })
    assert.equal(kind.classes, classes.length)
    const written = JSON.parse(fs.readFileSync(path.join(demo, 'environment.json'), 'utf8'))
    const { PREPROCESSING, CLASS_MAP } = JSON.parse(read('environment.json', id))
    assert.deepEqual(JSON.parse(PREPROCESSING), JSON.parse(written.PREPROCESSING))
    assert.deepEqual(CLASS_MAP, written.CLASS_MAP)
    const type = fs.readFileSync(path.join(demo, 'model_type.json'), 'utf8')
    assert.deepEqual(JSON.parse(read('model_type.json', id)), JSON.parse(type))
  })
})
