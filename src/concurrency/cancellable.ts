import { abortable } from './abort'

/**
 * An async generator that ends at once when it is left, or with a signal. By itself it would first wait for what it
 * waits for just then, such as the next frame of a camera. Nothing happens before the first value is asked for.
 */
export const cancellable = <T>(
  start: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
  outer?: AbortSignal,
): AsyncGenerator<T, void, undefined> => {
  let leave = () => {}
  async function* values(): AsyncGenerator<T, void, undefined> {
    const { signal, abort, clear } = abortable(outer)
    let isLeft = false
    leave = () => {
      isLeft = true
      abort(new DOMException('This is not needed any more.', 'AbortError'))
    }
    try {
      signal.throwIfAborted()
      yield* start(signal)
    } catch (error) {
      if (!isLeft) throw error
    } finally {
      clear()
    }
  }
  const generator = values()
  const end = generator.return.bind(generator)
  generator.return = (value) => {
    leave()
    return end(value)
  }
  return generator
}
