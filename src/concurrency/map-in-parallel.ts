import { abortable } from './abort'
import { Limiter } from './limiter'

/**
 * Works on a list, so many at the same time; the results are in the order of the list. The first failure ends
 * everything that was given the signal.
 */
export const mapInParallel = async <T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  outer?: AbortSignal,
): Promise<R[]> => {
  const { signal, abort, clear } = abortable(outer)
  const results: R[] = []
  try {
    await new Promise<void>((resolve, reject) => {
      const limiter = new Limiter({ atOnce: Math.max(1, atOnce), keepOrder: false, onChange: fill })
      let next = 0
      const one = async (index: number) => {
        try {
          results[index] = await work(items[index] as T, index, signal)
        } catch (error) {
          abort(error)
          reject(error)
        }
        return () => {}
      }
      function fill(): void {
        while (limiter.hasRoom && next < items.length && !signal.aborted) {
          const index = next++
          limiter.start(() => one(index))
        }
        if (limiter.running > 0) return
        if (next < items.length) reject(signal.reason)
        else resolve()
      }
      fill()
    })
  } finally {
    clear()
  }
  return results
}
