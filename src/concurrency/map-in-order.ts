import { abortable } from './abort'
import { Limiter } from './limiter'

/**
 * Works on what comes, so many at the same time, and yields the results in order. One more is read ahead, so that a
 * source has its turn while others wait, but no work begins before its result is asked for. Whatever ends this ends
 * everything that was given the signal; a source that fails does so after the results of what it gave.
 */
export async function* mapInOrder<T, R>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  atOnce: number,
  work: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  outer?: AbortSignal,
): AsyncGenerator<R, void, undefined> {
  const { signal, abort, clear } = abortable(outer)
  const items = open(signal)[Symbol.asyncIterator]()
  const most = Math.max(1, atOnce)
  const ahead: T[] = []
  /** What has its turn to be yielded, or to fail. */
  const results: (() => R)[] = []
  let wake = () => {}
  const limiter = new Limiter({ atOnce: most, onChange: () => wake() })
  let isReading = false
  let ended = false
  let failure: { error: unknown } | undefined
  let count = 0

  const read = async (): Promise<void> => {
    isReading = true
    try {
      const { done, value } = await items.next()
      if (done) ended = true
      else ahead.push(value)
    } catch (error) {
      ended = true
      failure = { error }
    }
    isReading = false
    wake()
  }

  const start = (item: T): void => {
    const index = count++
    limiter.start(async () => {
      try {
        const result = await work(item, index, signal)
        return () => results.push(() => result)
      } catch (error) {
        return () =>
          results.push(() => {
            throw error
          })
      }
    })
  }

  try {
    for (;;) {
      signal.throwIfAborted()
      // what waits to be yielded takes room as well
      if (limiter.pending + results.length < most) for (const item of ahead.splice(0)) start(item)
      if (!ended && !isReading && ahead.length === 0) void read()
      const next = results.shift()
      if (next) {
        yield next()
        continue
      }
      if (limiter.pending === 0 && !isReading) break
      // a frame that is long in coming must not hold back the result of the one before it
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if (failure) throw failure.error
  } finally {
    abort(new DOMException('This is not needed any more.', 'AbortError'))
    clear()
    await items.return?.().catch(() => {})
  }
}
