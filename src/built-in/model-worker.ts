import { abortedAfter, onAbort, unlessAborted } from '../concurrency/abort'
import type { DetectOptions, FoundObject } from './model'
import type { ModelPackage } from './model-folder'
import { ModelThread } from './model-thread'
import type { Notice } from './notices'
import type { RuntimeOptions } from './onnx-runtime'
import { Problem, type ProblemKind, reasonOf } from './problems'
import type { RgbImage } from './rgb-image'
import type { LoadedModel, Reply, Task } from './worker'

/** Milliseconds that closing waits for code that cannot be interrupted. */
const longestClose = 1_500

interface Job {
  task: Task
  resolve: (result: unknown) => void
  reject: (reason: unknown) => void
}

/**
 * The thread in which models run. It does one thing after the other; begins with the first, and anew after a model has
 * broken it or hangs. It does not keep the process alive while it has nothing to do.
 */
export class ModelWorker {
  readonly #options: RuntimeOptions
  readonly #tell: (notice: Notice) => void
  readonly #patience: number
  readonly #waiting: Job[] = []
  #running: Job | undefined
  #thread: ModelThread | undefined

  /** `patience`: milliseconds that what nobody waits for any more may still take, before it counts as hanging. */
  constructor(options: RuntimeOptions, tell: (notice: Notice) => void, patience = 10_000) {
    this.#options = options
    this.#tell = tell
    this.#patience = patience
  }

  load(model: ModelPackage, signal: AbortSignal): Promise<LoadedModel> {
    return this.#do({ do: 'load', model }, signal)
  }

  detect(
    model: ModelPackage,
    image: RgbImage,
    options: DetectOptions,
    signal: AbortSignal,
  ): Promise<FoundObject[]> {
    return this.#do({ do: 'detect', model, image, options }, signal)
  }

  /** Where there is a thread at all. */
  async unload(id: string, signal: AbortSignal): Promise<void> {
    if (this.#thread) await this.#do({ do: 'unload', id }, signal)
  }

  /** Ends the thread, and with it what it does; it begins anew with the next thing to do. */
  async close(): Promise<void> {
    for (const job of this.#waiting.splice(0)) job.reject(new Problem('stopped', idOf(job), 'closed'))
    const ended = this.#end('closed')
    const limit = abortedAfter(longestClose)
    await unlessAborted(ended, limit.signal).catch(() => {})
    limit.clear()
  }

  async #do<Result>(task: Task, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted()
    return new Promise<Result>((resolve, reject) => {
      const job: Job = {
        task,
        resolve: (result) => {
          signal.removeEventListener('abort', leave)
          resolve(result as Result)
        },
        reject: (reason) => {
          signal.removeEventListener('abort', leave)
          reject(reason)
        },
      }
      const leave = () => {
        reject(signal.reason)
        this.#leave(job, signal.reason)
      }
      onAbort(signal, leave)
      this.#waiting.push(job)
      this.#next()
    })
  }

  /** What runs cannot be called off: it is let finish, unless its time is over or it seems to hang. */
  #leave(job: Job, reason: unknown): void {
    const index = this.#waiting.indexOf(job)
    if (index >= 0) this.#waiting.splice(index, 1)
    if (this.#running !== job) return
    if (reason instanceof DOMException && reason.name === 'TimeoutError') this.#end('no answer in time')
    else
      setTimeout(() => {
        if (this.#running === job) this.#end('no answer in time')
      }, this.#patience).unref()
  }

  #next(): void {
    if (this.#running) return
    this.#running = this.#waiting.shift()
    if (!this.#running) {
      this.#thread?.unref()
      return
    }
    this.#thread ??= this.#start()
    this.#thread.ref()
    try {
      this.#thread.do(this.#running.task)
    } catch (error) {
      this.#running.reject(error)
      this.#running = undefined
      this.#next()
    }
  }

  #start(): ModelThread {
    const thread = new ModelThread(this.#options)
    const isCurrent = () => this.#thread === thread
    thread.on('message', (reply: Reply) => isCurrent() && this.#heard(reply, thread))
    thread.on('error', (error: NodeJS.ErrnoException) => isCurrent() && this.#broke(error))
    thread.on('exit', (code) => isCurrent() && this.#end(`exit ${code}`))
    return thread
  }

  #heard(reply: Reply, thread: ModelThread): void {
    if ('notice' in reply) {
      this.#tell(reply.notice)
      return
    }
    if ('runtime' in reply) {
      thread.isInterruptible = reply.runtime === 'WebAssembly'
      return
    }
    const job = this.#running
    this.#running = undefined
    if ('result' in reply) job?.resolve(reply.result)
    else {
      const { kind, values } = reply.problem
      job?.reject(new (Problem as new (kind: ProblemKind, ...values: unknown[]) => Problem)(kind, ...values))
      if (reply.isFatal) this.#end('')
    }
    this.#next()
  }

  #broke(error: NodeJS.ErrnoException): void {
    const job = this.#running
    if (job && error.code === 'ERR_WORKER_OUT_OF_MEMORY') job.reject(new Problem('outOfMemory', idOf(job)))
    this.#end(reasonOf(error))
  }

  /** Ends the thread; what it did fails, what waits is done by the next one. */
  #end(why: string): Promise<unknown> {
    const [thread, job] = [this.#thread, this.#running]
    this.#thread = undefined
    this.#running = undefined
    const ended = thread?.end()
    job?.reject(new Problem('stopped', idOf(job), why))
    this.#next()
    return Promise.resolve(ended)
  }
}

const idOf = ({ task }: Job): string => (task.do === 'unload' ? task.id : task.model.id)
