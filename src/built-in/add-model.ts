import { constants } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { checkedModelId, isServerRoute } from '../client/shared/model-id'
import { type Sentence, sentence } from '../sentence'
import { type DetectorKind, detectorKind } from './detector-kind'
import { type OnnxOutline, onnxOutline, type Tensor } from './onnx-outline'

export interface NewModel {
  /** The path of an ONNX file. */
  weights: string
  /** `project/version`, not there yet. */
  id: string
  /** In the order of the model's outputs; else those that its exporter wrote into it. */
  classes?: readonly string[] | undefined
  modelsFolder: string
  /** How images are brought to the model's size; else as is usual for the kind. */
  resize?: 'fit' | 'stretch' | undefined
  /** Runs a model of a models folder once, and tells what came of it; throws where it cannot be run. */
  runOnce?: ((modelsFolder: string, id: string) => Promise<string>) | undefined
}

export interface AddedModel {
  folder: string
  kind: DetectorKind
  classes: readonly string[]
  /** Pixels. */
  width: number
  height: number
  outputs: string
  /** What running it told; undefined where it was not run. */
  ran: string | undefined
}

/** Why a model cannot be added, in a sentence for people. */
export class ModelRefused extends Error {
  constructor(readonly words: Sentence) {
    super(String(words))
  }
}

/**
 * Puts a model into a models folder, laid out as an inference server's cache: `<project>/<version>` with weights.onnx,
 * model_type.json, environment.json and class_names.txt. It is only there once it is whole and checked. Throws
 * `ModelRefused`, or `InvalidModelIdentifier`.
 */
export const addModel = async (model: NewModel): Promise<AddedModel> => {
  const { weights, modelsFolder, runOnce } = model
  const id = checkedModelId(model.id)
  const [project = '', version = '', ...more] = id.split('/')
  if (!version || more.length > 0 || isServerRoute(project))
    throw new ModelRefused(
      sentence`"${id}" cannot be the id of a model. It looks like parts/1: the project, a slash, the version.`,
    )
  const folder = path.join(modelsFolder, project, version)
  if (await stat(folder).catch(() => undefined))
    throw new ModelRefused(sentence`${folder} is there already: choose another version.`)
  const outline = await outlineOf(weights)
  const size = inputSize(outline)
  const kind = kindOf(outline)
  const classes = classesOf(model.classes, kind, outline)
  await mkdir(modelsFolder, { recursive: true })
  const aside = await mkdtemp(path.join(modelsFolder, '.adding-'))
  try {
    const place = path.join(aside, project, version)
    await mkdir(place, { recursive: true })
    await copyFile(weights, path.join(place, 'weights.onnx'), constants.COPYFILE_FICLONE)
    await describe(place, { id, kind, classes, resize: model.resize ?? kind.resize, ...size })
    const ran = await runOnce?.(aside, id)
    await mkdir(path.dirname(folder), { recursive: true })
    await rename(place, folder)
    return { folder, kind, classes, ...size, outputs: outline.outputs.map(named).join(', '), ran }
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

const outlineOf = async (weights: string): Promise<OnnxOutline> => {
  const unreadable = sentence`${weights} cannot be read`
  const file = await readFile(weights).catch((error: NodeJS.ErrnoException) => {
    throw new ModelRefused(
      error.code === 'ENOENT'
        ? sentence`There is no file ${weights}.`
        : sentence`${unreadable} (${error.code}).`,
    )
  })
  let outline: OnnxOutline
  try {
    outline = onnxOutline(file)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new ModelRefused(sentence`${weights} is no ONNX file, or is cut off. ${error.message}`)
  }
  if (outline.hasOtherFiles)
    throw new ModelRefused(sentence`The weights of ${weights} lie in another file: export them as one file.`)
  return outline
}

const usualSide = 640

const inputSize = ({ inputs, metadata }: OnnxOutline): { width: number; height: number } => {
  const [input, ...others] = inputs
  const [, channels, height, width] = input?.dims ?? []
  if (
    !input ||
    others.length > 0 ||
    input.dims.length !== 4 ||
    (typeof channels === 'number' && channels !== 3)
  )
    throw new ModelRefused(
      sentence`The model does not take one image of three colours, but ${inputs.map(named).join(', ')}.`,
    )
  if (!input.isFloat32)
    throw new ModelRefused(
      sentence`The model does not take numbers of 32 bits: export it without half or int8.`,
    )
  // a model for any size: its exporter may tell for which it was trained
  const [side, other = side] = [...(metadata.get('imgsz') ?? '').matchAll(/\d+/g)].map(([digits]) =>
    Number(digits),
  )
  return {
    width: typeof width === 'number' ? width : (other ?? usualSide),
    height: typeof height === 'number' ? height : (side ?? usualSide),
  }
}

const kindOf = (outline: OnnxOutline): DetectorKind => {
  const task = outline.metadata.get('task')
  if (task && task !== 'detect')
    throw new ModelRefused(
      sentence`The model is for another task (${task}): the built-in server detects objects.`,
    )
  const kind = detectorKind(outline)
  if (kind) return kind
  const known = '1 × (4 + classes) × boxes (YOLO), 1 × 300 × 6 (YOLO26), boxes and logits (RF-DETR)'
  throw new ModelRefused(
    sentence`The outputs are those of no known detector: ${outline.outputs.map(named).join(', ')}. Known: ${known}.`,
  )
}

const classesOf = (
  given: readonly string[] | undefined,
  { classes: expected, hasSpareClasses }: DetectorKind,
  { metadata }: OnnxOutline,
): readonly string[] => {
  const written = namesIn(metadata.get('names') ?? '')
  const classes = given ?? written
  if (classes.length === 0)
    throw new ModelRefused(
      sentence`The classes are missing: name them in the order in which the model was trained.`,
    )
  // an end to end model does not show how many it has, but its exporter may have told
  const count = expected ?? (written.length || classes.length)
  if (hasSpareClasses ? classes.length > count : classes.length !== count)
    throw new ModelRefused(sentence`The model has ${count} classes, but ${classes.length} are named.`)
  return classes
}

/** As Ultralytics writes them: `{0: 'nut', 1: "a 'bolt'"}`. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/\d+: (?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)].map(([, single, double]) =>
    (single ?? double ?? '').replace(/\\(.)/g, '$1'),
  )

const formats = { fit: 'Fit (grey edges) in', stretch: 'Stretch to' }

interface Description {
  id: string
  kind: DetectorKind
  classes: readonly string[]
  width: number
  height: number
  resize: keyof typeof formats
}

const describe = async (
  place: string,
  { id, kind, classes, width, height, resize }: Description,
): Promise<void> => {
  const steps = {
    'auto-orient': { enabled: true },
    resize: { enabled: true, width, height, format: formats[resize] },
  }
  const environment = {
    PREPROCESSING: JSON.stringify(steps),
    CLASS_MAP: Object.fromEntries(classes.map((name, index) => [index, name])),
    COLORS: {},
    MULTICLASS: false,
    RESOLUTION: width,
  }
  const type = { project_task_type: 'object-detection', model_type: kind.modelType, model_id: id }
  const write = (name: string, text: string) => writeFile(path.join(place, name), `${text}\n`)
  await write('model_type.json', JSON.stringify(type))
  await write('environment.json', JSON.stringify(environment, null, 1))
  await write('class_names.txt', classes.join('\n'))
}

const named = ({ name, dims }: Tensor): string => `${name} ${dims.map((length) => length || '?').join(' × ')}`
