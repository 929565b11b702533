import { type DrawableAnswer, drawPredictions, LoadedImage, thumbnail } from '../../src/index'
import type { Life } from './node'

/** An image for the editor. */
export interface Thumbnail {
  /** Counts the images of a node: a higher one is newer. */
  number: number
  width: number
  height: number
  /** A data URI. */
  image: string
}

/** What leaves a node: an image or several, of which the first is shown, and what was found in it. */
export interface Previewed {
  image: unknown
  answer?: unknown
}

/** Pixels of its longest side: more than it is shown with, for screens that have them. */
const longestSide = 320
const shortestPause = 500
/** Higher than any before a deploy or a restart: the editor knows those. */
let lastNumber = Date.now()

/**
 * The newest image of a node that shows a preview in the editor. It is kept as it came; nothing is made of it before an
 * editor asks, and not more than twice a second however many do.
 */
export class Preview {
  #newest: { image: Buffer; answer: unknown } | undefined
  #number = 0
  #made: Thumbnail | undefined
  #making: Promise<void> | undefined
  #madeAt = 0

  show(previewed: Previewed): void {
    const [[image], [answer]] = [[previewed.image].flat(), [previewed.answer].flat()]
    if (!Buffer.isBuffer(image)) return
    this.#newest = { image, answer }
    this.#number = ++lastNumber
  }

  /** The newest image, small; undefined where there is none that is newer than the one with this number. */
  async newerThan(known: number): Promise<Thumbnail | undefined> {
    const isDue = Date.now() - this.#madeAt >= shortestPause
    if (isDue && !this.#making) this.#making = this.#make().finally(() => (this.#making = undefined))
    await this.#making
    return this.#made && this.#made.number > known ? this.#made : undefined
  }

  async #make(): Promise<void> {
    const [newest, number] = [this.#newest, this.#number]
    if (!newest || number === this.#made?.number) return
    this.#madeAt = Date.now()
    // what cannot be read is not shown
    this.#made = await make(newest.image, newest.answer, number).catch(() => this.#made)
  }
}

const make = async (image: Buffer, answer: unknown, number: number): Promise<Thumbnail> => {
  const small = await thumbnail(LoadedImage.from(image), longestSide)
  const drawn = answer ? await drawPredictions(small, answer as DrawableAnswer) : small
  const { width = 0, height = 0 } = LoadedImage.from(drawn)
  return { number, width, height, image: `data:image/jpeg;base64,${drawn.toString('base64')}` }
}

const previews = new Map<string, Preview>()

/** The preview of a node whose dialog asks for one, until it closes. */
export const previewOf = ({ node, properties, onClose }: Life): Preview | undefined => {
  if (properties.preview !== true) return undefined
  const preview = new Preview()
  previews.set(node.id, preview)
  onClose(() => {
    if (previews.get(node.id) === preview) previews.delete(node.id)
  })
  return preview
}

/** Of the nodes with these ids, those images that are newer than the numbers say: by id. */
export const newerPreviews = async (known: Record<string, number>): Promise<Record<string, Thumbnail>> => {
  const found: Record<string, Thumbnail> = {}
  await Promise.all(
    Object.entries(known).map(async ([id, number]) => {
      const newer = await previews.get(id)?.newerThan(number)
      if (newer) found[id] = newer
    }),
  )
  return found
}
