import { mapInParallel } from '../../concurrency/map-in-parallel'
import { InvalidResponseError } from '../../errors'
import type { ImageReference } from '../../images/references'
import { sentence } from '../../sentence'
import { forEachImage, saysWhich } from './for-each-image'

/** One image, or a list; lists inside lists are taken apart, in order. */
export type Images = ImageReference | ImageList

type ImageList = readonly (ImageReference | ImageList)[]

export interface Batches<Loaded, Answer> {
  /** How many images one request takes. */
  batchSize: number
  /** How many requests are under way at the same time. */
  atOnce: number
  signal: AbortSignal | undefined
  load(image: ImageReference, signal: AbortSignal | undefined): Promise<Loaded>
  /** Sends one request; an answer for each of its images, in order. */
  ask(images: Loaded[], signal: AbortSignal | undefined): Promise<Answer[]>
}

/** One image → one answer; a list → a list in the same order. Errors say which image of a list they are about. */
export const inBatches = async <Loaded, Answer>(
  images: Images,
  { batchSize, atOnce, signal, load, ask }: Batches<Loaded, Answer>,
): Promise<Answer | Answer[]> => {
  if (!isList(images)) {
    const [answer] = await ask([await load(images, signal)], signal)
    return answer as Answer
  }
  const all = flatten(images)
  const size = Math.max(1, batchSize)
  const work = async (batch: ImageReference[], index: number, within: AbortSignal) => {
    const first = index * size + 1
    const place = { first, last: first + batch.length - 1, total: all.length }
    const loaded = await forEachImage(batch, (image) => load(image, within), signal, place)
    return ask(loaded, within).catch(saysWhich(place, signal))
  }
  return (await mapInParallel(chunksOf(all, size), atOnce, work, signal)).flat()
}

/** The answers; throws `InvalidResponseError` unless there are as many as images. */
export const answerPerImage = <Answer>(images: readonly unknown[], answers: Answer[]): Answer[] => {
  if (answers.length === images.length) return answers
  throw new InvalidResponseError(
    sentence`The server gave ${answers.length} answers to ${images.length} images.`,
  )
}

/** Cuts a list into consecutive pieces of at most `size`. */
export const chunksOf = <T>(items: readonly T[], size: number): T[][] => {
  const chunks: T[][] = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}

const flatten = (list: ImageList): ImageReference[] =>
  list.flatMap((item) => (isList(item) ? flatten(item) : [item]))

const isList = (images: Images): images is ImageList => Array.isArray(images)
