import { LoadedImage, thumbnail } from '../../src/index'
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

/** Pixels of its longest side: twice as many as it is shown with, for screens that have them. */
const longestSide = 320
const shortestPause = 500

/**
 * The newest image of a node that shows a preview in the editor. It is kept as it came; nothing is made of it before an
 * editor asks, and not more than twice a second however many do.
 */
export class Preview {
  #newest: Buffer | undefined
  #number = 0
  #made: Promise<Thumbnail | undefined> = Promise.resolve(undefined)
  #madeNumber = 0
  #madeAt = 0

  /** An image, or several, of which the first is shown; anything else is none. */
  show(given: unknown): void {
    const [image] = [given].flat()
    if (!Buffer.isBuffer(image)) return
    this.#newest = image
    this.#number++
  }

  /** The newest image, small; undefined where there is none that is newer than the one with this number. */
  async newerThan(known: number): Promise<Thumbnail | undefined> {
    const isDue = Date.now() - this.#madeAt >= shortestPause
    if (this.#newest && this.#madeNumber < this.#number && isDue) {
      this.#madeNumber = this.#number
      this.#madeAt = Date.now()
      this.#made = make(this.#newest, this.#number).catch(() => undefined)
    }
    const made = await this.#made
    return made && made.number > known ? made : undefined
  }
}

const make = async (bytes: Buffer, number: number): Promise<Thumbnail> => {
  const { size, bytes: jpeg } = LoadedImage.from(await thumbnail(LoadedImage.from(bytes), longestSide))
  return {
    number,
    ...(size as { width: number; height: number }),
    image: `data:image/jpeg;base64,${jpeg.toString('base64')}`,
  }
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
