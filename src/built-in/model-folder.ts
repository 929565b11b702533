import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { contrastTypes } from './contrast'
import { type FamilyName, familyOfType } from './heads/families'
import type { Preprocessing } from './preprocessing'
import { Problem, reasonOf } from './problems'

/** A model as its folder describes it; plain data, which travels to the thread that runs it. */
export interface ModelPackage {
  id: string
  /** The path of its weights. */
  weights: string
  type: string
  family: FamilyName
  /** In the order of the model's outputs. */
  classes: string[]
  preprocessing: Preprocessing
}

/** Reads `<models folder>/<project>/<version>`, laid out as the inference server's cache. Throws `Problem`. */
export const readModelFolder = async (modelsFolder: string, id: string): Promise<ModelPackage> => {
  const pieces = id.split('/')
  const folder = path.join(modelsFolder, ...pieces)
  const isOdd = pieces.length < 2 || pieces.some((piece) => !isName(piece))
  if (isOdd || !(await isFolder(folder))) throw new Problem('unknownModel', id, modelsFolder)
  const file = (name: string) => textOf(id, folder, name)
  const { project_task_type: task, model_type: type } = objectIn(
    id,
    'model_type.json',
    await file('model_type.json'),
  )
  if (task !== 'object-detection') throw new Problem('otherTask', id, String(task))
  const family = familyOfType(String(type))
  if (!family) throw new Problem('unknownType', id, String(type))
  const environment = objectIn(id, 'environment.json', await file('environment.json'))
  const weights = path.join(folder, 'weights.onnx')
  if (!(await isFile(weights))) throw new Problem('fileMissing', id, 'weights.onnx')
  return {
    id,
    weights,
    type: String(type),
    family,
    classes: namesIn(await file('class_names.txt')),
    preprocessing: preprocessingOf(id, environment.PREPROCESSING, family),
  }
}

/** Where models are looked for when no folder is named: the one that this package brings. */
export const ownModelsFolder = path.join(__dirname, '../../demo/models')

/** All models of a folder, by their ids; none where it cannot be read. Whether they can be used is not looked at. */
export const listModels = async (modelsFolder = ownModelsFolder): Promise<{ id: string; task: string }[]> => {
  const models: { id: string; task: string }[] = []
  for (const project of await foldersIn(modelsFolder)) {
    for (const version of await foldersIn(path.join(modelsFolder, project))) {
      const task = await taskIn(path.join(modelsFolder, project, version)).catch(() => undefined)
      if (task) models.push({ id: `${project}/${version}`, task })
    }
  }
  return models.sort((a, b) => a.id.localeCompare(b.id))
}

const taskIn = async (folder: string): Promise<string> => {
  const written = JSON.parse(await readFile(path.join(folder, 'model_type.json'), 'utf8'))
  return String(written.project_task_type)
}

const foldersIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name)
}

/** What leads to a folder of that name, and nowhere else. */
const isName = (piece: string): boolean => !/^\.{0,2}$|[\\/\0]/.test(piece)

const isFolder = (place: string) =>
  stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  )
const isFile = (place: string) =>
  stat(place).then(
    (found) => found.isFile(),
    () => false,
  )

const textOf = (id: string, folder: string, name: string): Promise<string> =>
  readFile(path.join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Problem('fileMissing', id, name)
    throw new Problem('fileUnreadable', id, name, String(error.code))
  })

type Json = Record<string, unknown>

const objectIn = (id: string, name: string, text: string): Json => {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch (error) {
    throw new Problem('fileUnreadable', id, name, reasonOf(error))
  }
  throw new Problem('fileUnreadable', id, name, 'no object')
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const namesIn = (text: string): string[] => {
  const names = text.split(/\r?\n/).map((name) => name.trim())
  // the last line may be ended as well
  while (names.at(-1) === '') names.pop()
  return names
}

/** `PREPROCESSING` is JSON within JSON; a step that is not named is not done. */
const preprocessingOf = (id: string, written: unknown, family: FamilyName): Preprocessing => {
  const steps = typeof written === 'string' ? objectIn(id, 'environment.json', written) : written
  if (!isObject(steps)) throw new Problem('fileUnreadable', id, 'environment.json', 'no PREPROCESSING')
  const step = (name: string): Json | undefined => {
    const found = steps[name]
    return isObject(found) && found.enabled !== false ? found : undefined
  }
  const [resize, crop, contrast] = [step('resize'), step('static-crop'), step('contrast')]
  const contrastType = contrastTypes.find((type) => type === contrast?.type)
  if (contrast && !contrastType)
    throw new Problem('fileUnreadable', id, 'environment.json', `contrast ${contrast.type}`)
  const [width, height] = [Number(resize?.width), Number(resize?.height)]
  return {
    size: width > 0 && height > 0 ? { width, height } : undefined,
    ...fitOf(resize?.format, family),
    staticCrop: crop && {
      left: Number(crop.x_min),
      top: Number(crop.y_min),
      right: Number(crop.x_max),
      bottom: Number(crop.y_max),
    },
    grayscale: step('grayscale') !== undefined,
    contrast: contrastType,
  }
}

/** The ways to bring an image to a size, as Roboflow calls them; an unknown one stretches, as the server does. */
const fitOf = (format: unknown, family: FamilyName): Pick<Preprocessing, 'fit' | 'edges'> => {
  const letterbox = (edges: number) => ({ fit: 'letterbox', edges }) as const
  switch (format) {
    case 'Fit (black edges) in':
    case 'Fit (reflect edges) in':
      return letterbox(0)
    case 'Fit (white edges) in':
      return letterbox(255)
    case 'Fit (grey edges) in':
      return letterbox(114)
    case 'Fit within':
      return family === 'rf-detr' ? { fit: 'stretch', edges: 0 } : letterbox(127)
    case 'Fill (with center crop) in':
      return { fit: 'center-crop', edges: 0 }
    default:
      return { fit: 'stretch', edges: 0 }
  }
}
