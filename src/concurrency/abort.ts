import { setMaxListeners } from 'node:events'

export interface Abortable {
  signal: AbortSignal
  abort(reason: unknown): void
  /** To be called when the work is over: takes the listener on the outer signal back. */
  clear(): void
}

/**
 * A signal that can be aborted here, and aborts with an outer one. `AbortSignal.any` would do, but keeps what it makes
 * alive for as long as the outer signal lives.
 */
export const abortable = (outer?: AbortSignal): Abortable => {
  const controller = new AbortController()
  // undici takes no notice of a reason that is 0 or ''
  const passOn = () => controller.abort(outer?.reason || new DOMException('Aborted.', 'AbortError'))
  if (outer?.aborted) passOn()
  else if (outer) onAbort(outer, passOn)
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    clear: () => outer?.removeEventListener('abort', passOn),
  }
}

/** Calls a listener once, unless it is taken back. As many calls as one likes may share a signal: that is no leak. */
export const onAbort = (signal: AbortSignal, listener: () => void): void => {
  setMaxListeners(0, signal)
  signal.addEventListener('abort', listener, { once: true })
}

/** What a promise brings, for work that heeds a signal late or never: nobody waits for it once the signal aborts. */
export const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  let leave = () => {}
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal?.reason)
    if (signal?.aborted) leave()
    if (signal) onAbort(signal, leave)
  })
  try {
    return await Promise.race([left, work])
  } finally {
    signal?.removeEventListener('abort', leave)
  }
}

export interface Limit {
  signal: AbortSignal
  /** The time ran out (and nobody aborted before). */
  readonly expired: boolean
  /** To be called when the work is over: takes timer and listener back. */
  clear(): void
}

/** A signal that aborts after some milliseconds, or with an outer one. */
export const abortedAfter = (milliseconds: number, outer?: AbortSignal): Limit => {
  const { signal, abort, clear } = abortable(outer)
  let expired = false
  const timer = setTimeout(() => {
    expired = true
    abort(new DOMException('The time ran out.', 'TimeoutError'))
  }, milliseconds)
  return {
    signal,
    get expired() {
      return expired
    },
    clear() {
      clearTimeout(timer)
      clear()
    },
  }
}
