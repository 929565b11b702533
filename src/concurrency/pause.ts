import { setTimeout as sleep } from 'node:timers/promises'
import { abortable, onAbort } from './abort'

/** Waits; throws the signal's reason when that aborts, and resolves early when `ended` does. */
export const pauseUnlessAborted = async (
  milliseconds: number,
  signal: AbortSignal | undefined,
  ended: AbortSignal,
): Promise<void> => {
  const pause = abortable(signal)
  const end = () => pause.abort(undefined)
  if (ended.aborted) end()
  onAbort(ended, end)
  await sleep(milliseconds, undefined, { signal: pause.signal }).catch(() => {})
  ended.removeEventListener('abort', end)
  pause.clear()
  signal?.throwIfAborted()
}
