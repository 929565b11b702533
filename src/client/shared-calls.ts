interface Shared<T> {
  promise: Promise<T>
  controller: AbortController
  waiting: number
}

/**
 * Lets callers that ask for the same thing at the same time share one call. A caller that aborts leaves; the call
 * itself ends when the last one has left.
 */
export class SharedCalls<T> {
  readonly #running = new Map<string, Shared<T>>()

  async join(key: string, start: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    const shared = this.#running.get(key) ?? this.#start(key, start)
    shared.waiting++
    let leave = () => {}
    const left = new Promise<never>((_resolve, reject) => {
      leave = () => reject(signal?.reason)
      signal?.addEventListener('abort', leave, { once: true })
    })
    try {
      return await Promise.race([shared.promise, left])
    } finally {
      signal?.removeEventListener('abort', leave)
      if (--shared.waiting === 0) shared.controller.abort()
    }
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): Shared<T> {
    const controller = new AbortController()
    const promise = start(controller.signal).finally(() => {
      if (this.#running.get(key) === shared) this.#running.delete(key)
    })
    const shared: Shared<T> = { promise, controller, waiting: 0 }
    this.#running.set(key, shared)
    // everybody may have left by the time it fails
    promise.catch(() => {})
    return shared
  }
}
