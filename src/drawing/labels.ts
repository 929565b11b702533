import type { Size } from '../images/size'
import type { Box } from '../predictions/findings'
import { type Colour, contrastTo } from './colours'
import type { Figure } from './figures'
import type { Lettering, Line, Words } from './lettering'
import type { Shape } from './shapes'

/** A line of text that is to be put somewhere; lengths in pixels. */
interface Label {
  line: Line
  size: number
  padding: number
  width: number
  height: number
}

/** What a label says; undefined where it says nothing. */
export const wordsOf = (
  { name, classId, trackerId, confidence }: Figure,
  shown: { labels: boolean; confidence: boolean },
): Words | undefined => {
  const details = [
    ...(shown.labels && trackerId !== undefined ? [`#${trackerId}`] : []),
    ...(shown.confidence && confidence !== undefined ? [`${Math.round(confidence * 100)}%`] : []),
  ].join(' ')
  const said = shown.labels ? name : ''
  if (!said && !details) return undefined
  return {
    name: said,
    instead: classId === undefined ? '?' : String(classId),
    rest: said && details ? ` ${details}` : details,
  }
}

/** Smaller letters cannot be read: rather, the text is cut. */
const smallest = 9

/** Labels of one image: none leaves it, and they keep out of each other's way as far as there is room. */
export class Labels {
  readonly #taken: Box[] = []
  /** Where the next label goes that has no place of its own: they stand one below the other. */
  #tagged = 0

  constructor(
    readonly image: Size,
    readonly size: number,
    readonly lettering: Lettering,
  ) {}

  /** The shapes of a label at a box, or of one of the whole image. */
  async write(words: Words, colour: Colour, box: Box | undefined): Promise<Shape[]> {
    const label = this.#fitted(await this.lettering.write(words))
    if (!label) return []
    const place = box ? this.#placeAt(box, label) : this.#nextTag(label)
    return place ? this.#shapes(label, place, colour) : []
  }

  /** A line in the size that was asked for, or smaller where the image is too small for it; undefined for none. */
  #fitted(line: Line): Label | undefined {
    if (line.pieces.length === 0) return undefined
    const { width, height } = this.image
    const least = Math.min(smallest, this.size)
    const fitting = Math.floor(width / (line.width + 2 * paddingPart))
    const size = Math.min(Math.max(least, Math.min(this.size, fitting)), Math.floor(height / linePart))
    const padding = Math.round(size * paddingPart)
    const cut = size > 0 ? this.lettering.cut(line, (width - 2 * padding) / size) : undefined
    if (!cut) return undefined
    return {
      line: cut,
      size,
      padding,
      width: Math.ceil(cut.width * size) + 2 * padding,
      height: Math.ceil(size * linePart),
    }
  }

  /** Above the box, else inside, below, or beside; where there is no free place, where it covers the least. */
  #placeAt({ left, top, right, bottom }: Box, { width, height }: Label): Box {
    const { image } = this
    const inside = (x: number, y: number): Box => {
      const at = { left: clamp(x, 0, image.width - width), top: clamp(y, 0, image.height - height) }
      return { ...at, right: at.left + width, bottom: at.top + height }
    }
    const places = [
      top >= height ? inside(left, top - height) : inside(left, top),
      inside(left, top),
      inside(right - width, top - height),
      inside(left, bottom),
      inside(left, bottom - height),
      inside(right - width, bottom),
    ]
    const [best = inside(left, top)] = this.#taken.length < mostCompared ? this.#byCover(places) : places
    this.#taken.push(best)
    return best
  }

  #byCover(places: Box[]): Box[] {
    const covers = places.map((place) => ({
      place,
      covered: this.#taken.reduce((sum, other) => sum + overlap(place, other), 0),
    }))
    return covers.sort((a, b) => a.covered - b.covered).map(({ place }) => place)
  }

  #nextTag({ width, height }: Label): Box | undefined {
    const top = this.#tagged
    this.#tagged += height
    return this.#tagged > this.image.height ? undefined : { left: 0, top, right: width, bottom: top + height }
  }

  #shapes({ line, size, padding, height }: Label, box: Box, colour: Colour): Shape[] {
    const { ascent, descent, unitsPerEm } = this.lettering.font
    const baseline = box.top + Math.round((height + ((ascent - descent) * size) / unitsPerEm) / 2)
    let left = box.left + padding
    const texts = line.pieces.map((piece): Shape => {
      const text: Shape = { kind: 'text', piece, left, baseline, size, colour: contrastTo(colour) }
      left += piece.width * size
      return text
    })
    return [{ kind: 'area', box, colour, opacity: 1 }, ...texts]
  }
}

const linePart = 1.25
const paddingPart = 0.3

/** With more labels than these, whoever looks cannot tell them apart anyway. */
const mostCompared = 200

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top))
