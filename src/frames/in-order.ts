import { abortable } from '../http/abort'

/**
 * Works on what comes, so many at the same time, and yields the results in order. The next is taken only when there
 * is a place for it. Whatever ends this ends everything that was given the signal; a source that fails does so after
 * the results of what it gave.
 */
export async function* inOrder<T, R>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  atOnce: number,
  work: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  outer?: AbortSignal,
): AsyncGenerator<R, void, undefined> {
  const { signal, abort, clear } = abortable(outer)
  const items = open(signal)[Symbol.asyncIterator]()
  const running: Promise<R>[] = []
  let reading: Promise<void> | undefined
  let ended = false
  let failure: { error: unknown } | undefined
  let count = 0

  const read = async (): Promise<void> => {
    try {
      const { done, value } = await items.next()
      if (done) ended = true
      else running.push(heardLater(work(value, count++, signal)))
    } catch (error) {
      ended = true
      failure = { error }
    }
    reading = undefined
  }

  try {
    for (;;) {
      signal.throwIfAborted()
      if (!ended && !reading && running.length < Math.max(1, atOnce)) reading = read()
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
