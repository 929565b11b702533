import { unlessAborted } from './abort'

interface Shared<T> {
  promise: Promise<T>
  controller: AbortController
  waiting: number
  /** Who wants to hear of progress, and whether there was any. */
  listeners: Set<() => void>
  progressed: boolean
}

/** Does the work; `progress` is called when there is something to tell everybody who waits. */
export type Work<T> = (signal: AbortSignal, progress: () => void) => Promise<T>

export interface Caller {
  signal?: AbortSignal | undefined
  onProgress?: (() => void) | undefined
}

/**
 * Lets callers that ask for the same thing at the same time share one call. A caller that aborts leaves; the call
 * itself ends when the last one has left.
 */
export class SharedCalls<T> {
  readonly #running = new Map<string, Shared<T>>()

  async join(key: string, work: Work<T>, { signal, onProgress }: Caller = {}): Promise<T> {
    signal?.throwIfAborted()
    const shared = this.#running.get(key) ?? this.#start(key, work)
    shared.waiting++
    if (onProgress) shared.listeners.add(onProgress)
    if (shared.progressed) onProgress?.()
    try {
      return await unlessAborted(shared.promise, signal)
    } finally {
      if (onProgress) shared.listeners.delete(onProgress)
      if (--shared.waiting === 0) this.#end(key, shared)
    }
  }

  #start(key: string, work: Work<T>): Shared<T> {
    const controller = new AbortController()
    const listeners = new Set<() => void>()
    const progress = () => {
      shared.progressed = true
      for (const listener of listeners) listener()
    }
    const promise = Promise.resolve().then(() => work(controller.signal, progress))
    const shared: Shared<T> = { promise, controller, waiting: 0, listeners, progressed: false }
    this.#running.set(key, shared)
    // everybody may have left by the time it fails
    promise.catch(() => {}).then(() => this.#forget(key, shared))
    return shared
  }

  // Whoever comes from now on starts anew.
  #end(key: string, shared: Shared<T>): void {
    this.#forget(key, shared)
    shared.controller.abort()
  }

  #forget(key: string, shared: Shared<T>): void {
    if (this.#running.get(key) === shared) this.#running.delete(key)
  }
}
