export interface Limit {
  signal: AbortSignal
  /** The time ran out (and nobody aborted before). */
  readonly expired: boolean
  /** To be called when the work is over: takes timer and listener back. */
  clear(): void
}

/**
 * A signal that aborts after some milliseconds, or with another one. `AbortSignal.any` would do, but keeps what it
 * makes alive for as long as the outer signal lives.
 */
export const abortedAfter = (milliseconds: number, outer?: AbortSignal): Limit => {
  const controller = new AbortController()
  let expired = false
  const passOn = () => controller.abort(outer?.reason)
  const timer = setTimeout(() => {
    expired = true
    controller.abort(new DOMException('The time ran out.', 'TimeoutError'))
  }, milliseconds)
  if (outer?.aborted) passOn()
  else outer?.addEventListener('abort', passOn, { once: true })
  return {
    signal: controller.signal,
    get expired() {
      return expired
    },
    clear() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', passOn)
    },
  }
}
