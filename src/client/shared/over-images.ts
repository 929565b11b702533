import { InvalidResponseError } from '../../errors'
import type { ImageReference } from '../../images/references'
import { chunksOf, saysWhich, workInParallel } from './batches'

/** One image, or a list; lists inside lists are taken apart, in order. */
export type Images = ImageReference | ImageList

type ImageList = readonly (ImageReference | ImageList)[]

export interface OverImages<Loaded, Answer> {
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
export const overImages = async <Loaded, Answer>(
  images: Images,
  { batchSize, atOnce, signal, load, ask }: OverImages<Loaded, Answer>,
): Promise<Answer | Answer[]> => {
  if (!isList(images)) {
    const [answer] = await ask([await load(images, signal)], signal)
    return answer as Answer
  }
  const all = flatten(images)
  const work = async (chunk: ImageReference[], first: number, within: AbortSignal) => {
    const loaded: Loaded[] = []
    for (const [index, image] of chunk.entries()) {
      const number = first + index
      loaded.push(await load(image, within).catch(saysWhich(number, number, all.length, signal)))
    }
    return ask(loaded, within).catch(saysWhich(first, first + chunk.length - 1, all.length, signal))
  }
  return workInParallel(chunksOf(all, Math.max(1, batchSize)), Math.max(1, atOnce), work, signal)
}

/** The answers; throws `InvalidResponseError` unless there are as many as images. */
export const answerPerImage = <Answer>(images: readonly unknown[], answers: Answer[]): Answer[] => {
  if (answers.length === images.length) return answers
  throw new InvalidResponseError(`The server gave ${answers.length} answers to ${images.length} images.`)
}

const flatten = (list: ImageList): ImageReference[] =>
  list.flatMap((item) => (isList(item) ? flatten(item) : [item]))

const isList = (images: Images): images is ImageList => Array.isArray(images)
