import { HTTPClientError } from '../../errors'
import { sentence } from '../../sentence'

/** Which images of a list something is about: numbers from 1, and how many there are in all. */
export interface Place {
  first: number
  last: number
  total: number
}

/**
 * For catch: lets an error say which images of a list it was about, unless it already does, or the caller ended the
 * call by it.
 */
export const saysWhich =
  ({ first, last, total }: Place, signal?: AbortSignal) =>
  (error: unknown): never => {
    const asked = signal?.aborted === true
    if (error instanceof HTTPClientError && !asked && !/^Images? \d/.test(String(error.sentences[0]))) {
      error.sayWhere(
        first === last
          ? sentence`Image ${first} of ${total}:`
          : sentence`Images ${first} to ${last} of ${total}:`,
      )
    }
    throw error
  }

/**
 * Does something with each image of a list, one after the other; an error says which image it was. `place` is that of
 * a piece of a longer list.
 */
export const forEachImage = async <T, R>(
  images: readonly T[],
  work: (image: T) => Promise<R>,
  signal?: AbortSignal,
  place: Place = { first: 1, last: images.length, total: images.length },
): Promise<R[]> => {
  const results: R[] = []
  for (const [index, image] of images.entries()) {
    const number = place.first + index
    const which = { first: number, last: number, total: place.total }
    results.push(await work(image).catch(saysWhich(which, signal)))
  }
  return results
}
