import { abortable } from '../../concurrency/abort'
import { HTTPClientError } from '../../errors'

/** Cuts a list into consecutive pieces of at most `size`. */
export const chunksOf = <T>(items: readonly T[], size: number): T[][] => {
  const chunks: T[][] = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}

/**
 * Works on the pieces of a list, so many at the same time, and keeps the order of the results. The first failure
 * ends the others. `first` is the number of a piece's first item, from 1.
 */
export const workInParallel = async <T, R>(
  chunks: readonly T[][],
  atOnce: number,
  work: (chunk: T[], first: number, signal: AbortSignal) => Promise<R[]>,
  outer?: AbortSignal,
): Promise<R[]> => {
  const results: R[][] = []
  const { signal, abort, clear } = abortable(outer)
  let next = 0
  let first = 1
  const worker = async () => {
    for (let index = next++; index < chunks.length; index = next++) {
      signal.throwIfAborted()
      const chunk = chunks[index] ?? []
      const start = first
      first += chunk.length
      results[index] = await work(chunk, start, signal)
    }
  }
  const endOthers = (error: unknown) => {
    abort(error)
    throw error
  }
  try {
    await Promise.all(
      Array.from({ length: Math.min(atOnce, chunks.length) }, () => worker().catch(endOthers)),
    )
  } finally {
    clear()
  }
  return results.flat()
}

/**
 * For catch: lets an error say which images of a list it was about, unless it already does, or the caller ended the
 * call by it.
 */
export const saysWhich =
  (first: number, last: number, total: number, signal?: AbortSignal) =>
  (error: unknown): never => {
    const asked = signal?.aborted === true
    if (error instanceof HTTPClientError && !asked && !/^Images? \d/.test(error.message)) {
      const which = first === last ? `Image ${first}` : `Images ${first} to ${last}`
      error.message = `${which} of ${total}: ${error.message}`
    }
    throw error
  }

/** Does something with each image of a list, in order; an error says which image it was. */
export const forEachImage = async <T, R>(
  images: readonly T[],
  work: (image: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> => {
  const results: R[] = []
  for (const [index, image] of images.entries()) {
    const number = index + 1
    results.push(await work(image, index).catch(saysWhich(number, number, images.length, signal)))
  }
  return results
}
