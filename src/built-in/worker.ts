import { parentPort, workerData } from 'node:worker_threads'
import type { Size } from '../images/size'
import { type DetectOptions, type FoundObject, Model } from './model'
import type { ModelPackage } from './model-folder'
import { setIdle, type ThreadData } from './model-thread'
import type { Notice } from './notices'
import { loadRuntime, type Runtime } from './onnx-runtime'
import { Problem, type ProblemKind, reasonOf } from './problems'
import type { RgbImage } from './rgb-image'

/** What the worker is asked, one thing at a time; a model that it has not is loaded. */
export type Task =
  | { do: 'load'; model: ModelPackage }
  | { do: 'detect'; model: ModelPackage; image: RgbImage; options: DetectOptions }
  | { do: 'unload'; id: string }

export interface LoadedModel {
  size: Size
  runtime: Runtime['name']
}

export type Reply =
  | { notice: Notice }
  /** Comes before anything is done with it. */
  | { runtime: Runtime['name'] }
  | { result: LoadedModel | FoundObject[] | undefined }
  /** `isFatal`: the thread is not fit for anything else. */
  | { problem: { kind: ProblemKind; values: unknown[] }; isFatal: boolean }

const { options, state } = workerData as ThreadData
const models = new Map<string, Model>()
let runtime: Runtime | undefined

const work = async (task: Task): Promise<LoadedModel | FoundObject[] | undefined> => {
  if (task.do === 'unload') {
    await models.get(task.id)?.close()
    models.delete(task.id)
    return undefined
  }
  runtime ??= startRuntime()
  const model = models.get(task.model.id) ?? (await Model.open(task.model, runtime))
  models.set(task.model.id, model)
  if (task.do === 'detect') return model.detect(task.image, task.options)
  return { size: model.size, runtime: runtime.name }
}

const startRuntime = (): Runtime => {
  try {
    const loaded = loadRuntime(options, (notice) => reply({ notice }))
    reply({ runtime: loaded.name })
    if (loaded.name === 'WebAssembly') setIdle(state)
    return loaded
  } catch (error) {
    throw new Problem('noRuntime', reasonOf(error))
  }
}

const reply = (message: Reply): void => parentPort?.postMessage(message)

// whatever a runtime that is out of memory or has broken off does next, it cannot be relied on
const fatal = new Set<ProblemKind>(['outOfMemory', 'stopped', 'noRuntime'])

const failure = (thrown: unknown, task: Task): Reply => {
  const id = task.do === 'unload' ? task.id : task.model.id
  const problem = thrown instanceof Problem ? thrown : new Problem('stopped', id, reasonOf(thrown))
  const { kind, values } = problem
  return { problem: { kind, values }, isFatal: fatal.has(kind) }
}

parentPort?.on('message', (task: Task) => {
  const done = (message: Reply) => {
    // first, as whoever hears of it may end this thread
    setIdle(state)
    reply(message)
  }
  work(task).then(
    (result) => done({ result }),
    (thrown) => done(failure(thrown, task)),
  )
})
