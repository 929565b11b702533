import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Graph, type Node, onnxModel, type Tensor } from './onnx'

export const side = 8

/** A flag of Node.js for small models: it compiles WebAssembly a second time, for speed, which takes seconds. */
export const compileOnce = '--liftoff-only'

export interface ModelFiles {
  type?: string
  task?: string
  classes?: string[]
  /** `PREPROCESSING`, as an object. */
  steps?: object
  weights?: Buffer
}

/** A models folder with some models in it, removed after the tests of the surrounding `describe`. */
export const modelsFolder = (models: Record<string, ModelFiles> = {}): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'models-'))
  after(() => fs.rmSync(folder, { recursive: true, force: true }))
  for (const [id, files] of Object.entries(models)) writeModel(folder, id, files)
  return folder
}

export const writeModel = (folder: string, id: string, files: ModelFiles): void => {
  const { type = 'yolov8n', task = 'object-detection', classes = colors, weights = meanColors() } = files
  const resize = { enabled: true, width: side, height: side, format: 'Stretch to' }
  const written = {
    'model_type.json': JSON.stringify({ project_task_type: task, model_type: type }),
    'environment.json': JSON.stringify({ PREPROCESSING: JSON.stringify({ resize, ...files.steps }) }),
    'class_names.txt': `${classes.join('\n')}\n`,
    'weights.onnx': weights,
  }
  fs.mkdirSync(path.join(folder, id), { recursive: true })
  for (const [name, content] of Object.entries(written))
    fs.writeFileSync(path.join(folder, id, name), content)
}

export const colors = ['red', 'green', 'blue']

const image = { name: 'images', dims: [1, 3, side, side] }

const floats = (name: string, dims: number[], values: number[]): Tensor => ({
  name,
  dims,
  data: Float32Array.from(values),
})

const integers = (name: string, values: number[]): Tensor => ({
  name,
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
})

/** How much of each channel there is in the image: [1, 3, 1]. */
const means: Node[] = [
  { op: 'ReduceMean', inputs: ['images'], outputs: ['mean'], attributes: { axes: [3], keepdims: 0 } },
  { op: 'ReduceMean', inputs: ['mean'], outputs: ['means'], attributes: { axes: [2], keepdims: 1 } },
]

/**
 * A YOLO with one candidate in the middle, half as wide and high as the image: the confidence of each class is how
 * much of its colour there is in the image.
 */
export const meanColors = (more: { nodes?: Node[]; constants?: Tensor[] } = {}): Buffer =>
  onnxModel({
    nodes: [
      ...means,
      ...(more.nodes ?? []),
      { op: 'Concat', inputs: ['box', 'means'], outputs: ['output0'], attributes: { axis: 1 } },
    ],
    constants: [
      floats('box', [1, 4, 1], [side / 2, side / 2, side / 2, side / 2]),
      ...(more.constants ?? []),
    ],
    inputs: [image],
    outputs: [{ name: 'output0', dims: [1, 7, 1] }],
  })

/** An RF-DETR with the same box as the only query; its logits are positive for more than half of a colour. */
export const meanColorsDetr = (): Buffer =>
  onnxModel({
    nodes: [
      ...means,
      { op: 'Transpose', inputs: ['means'], outputs: ['row'], attributes: { perm: [0, 2, 1] } },
      // as a DETR has it: one class more, for nothing
      { op: 'Concat', inputs: ['row', 'never'], outputs: ['labels'], attributes: { axis: 2 } },
      { op: 'Identity', inputs: ['box'], outputs: ['dets'] },
    ],
    constants: [floats('box', [1, 1, 4], [0.5, 0.5, 0.5, 0.5]), floats('never', [1, 1, 1], [-9])],
    inputs: [image],
    outputs: [
      { name: 'dets', dims: [1, 1, 4] },
      { name: 'labels', dims: [1, 1, 4] },
    ],
  })

/** As a YOLO26 answers: always the same three objects. */
export const threeObjects = (): Buffer =>
  onnxModel({
    nodes: [
      { op: 'ReduceMean', inputs: ['images'], outputs: ['mean'], attributes: { keepdims: 0 } },
      { op: 'Mul', inputs: ['mean', 'zero'], outputs: ['nothing'] },
      { op: 'Add', inputs: ['rows', 'nothing'], outputs: ['output0'] },
    ],
    constants: [
      floats('zero', [1], [0]),
      floats('rows', [1, 3, 6], [0, 0, 4, 4, 0.9, 0, 1, 0, 5, 4, 0.8, 0, 4, 4, 8, 8, 0.5, 2]),
    ],
    inputs: [image],
    outputs: [{ name: 'output0', dims: [1, 3, 6] }],
  })

/** A model that works as long as the image is black: the lighter, the more often it goes round, up to so many turns. */
export const hanging = (turns = 1e15): Buffer => {
  const body: Graph = {
    nodes: [
      { op: 'Identity', inputs: ['going'], outputs: ['goes on'] },
      { op: 'Add', inputs: ['sum', 'sum'], outputs: ['more'] },
    ],
    inputs: [
      { name: 'turn', dims: [], type: 'int64' },
      { name: 'going', dims: [], type: 'bool' },
      { name: 'sum', dims: [1] },
    ],
    outputs: [
      { name: 'goes on', dims: [], type: 'bool' },
      { name: 'more', dims: [1] },
    ],
  }
  return meanColors({
    nodes: [
      { op: 'ReduceMean', inputs: ['images'], outputs: ['all'], attributes: { keepdims: 0 } },
      { op: 'Mul', inputs: ['all', 'many'], outputs: ['often'] },
      { op: 'Cast', inputs: ['often'], outputs: ['turns'], attributes: { to: 7 } },
      { op: 'Loop', inputs: ['turns', '', 'start'], outputs: ['ended'], attributes: { body } },
    ],
    constants: [floats('many', [], [turns]), floats('start', [1], [0])],
  })
}

/** A model that works as long as the image is black: the lighter, the more memory it wants, up to so many numbers. */
export const greedy = (most = 2 ** 33): Buffer =>
  meanColors({
    nodes: [
      { op: 'ReduceMean', inputs: ['images'], outputs: ['all'], attributes: { keepdims: 0 } },
      { op: 'Mul', inputs: ['all', 'many'], outputs: ['much'] },
      { op: 'Cast', inputs: ['much'], outputs: ['length'], attributes: { to: 7 } },
      { op: 'Reshape', inputs: ['length', 'flat'], outputs: ['shape'] },
      { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['huge'] },
    ],
    constants: [floats('many', [], [most]), integers('flat', [1])],
  })
