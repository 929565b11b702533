import { setImmediate } from 'node:timers/promises'

/** Lets others have their turn, where a piece of work has taken its share. */
export type Turn = () => Promise<void> | undefined

const share = 4

/** For a long piece of work: to be asked again and again, and waited for. */
export const takeTurns = (signal?: AbortSignal): Turn => {
  let began = performance.now()
  return () => {
    if (performance.now() - began < share) return undefined
    signal?.throwIfAborted()
    return setImmediate().then(() => {
      began = performance.now()
    })
  }
}
