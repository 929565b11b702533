import { abortable } from './abort'

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
  const running: Promise<R>[] = []
  const ahead: T[] = []
  let reading: Promise<void> | undefined
  let ended = false
  let failure: { error: unknown } | undefined
  let count = 0

  const read = async (): Promise<void> => {
    try {
      const { done, value } = await items.next()
      if (done) ended = true
      else ahead.push(value)
    } catch (error) {
      ended = true
      failure = { error }
    }
    reading = undefined
  }

  try {
    for (;;) {
      signal.throwIfAborted()
      if (running.length < most) {
        for (const item of ahead.splice(0)) running.push(heardLater(work(item, count++, signal)))
      }
      if (!ended && !reading && ahead.length === 0) reading = read()
      const [first] = running
      if (!first && !reading) break
      // a frame that is long in coming must not hold back the result of the one before it
      const isReady = await Promise.race([
        ...(first ? [first.then(() => true)] : []),
        ...(reading ? [reading.then(() => false)] : []),
      ])
      if (!first || !isReady) continue
      running.shift()
      yield await first
    }
    if (failure) throw failure.error
  } finally {
    abort(new DOMException('This is not needed any more.', 'AbortError'))
    clear()
    await items.return?.().catch(() => {})
  }
}

/** A failure is heard when its turn comes, and until then it is none that nobody handles. */
const heardLater = <R>(result: Promise<R>): Promise<R> => {
  result.catch(() => {})
  return result
}
