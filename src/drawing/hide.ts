import { InvalidParameterError } from '../errors'
import type { Size } from '../images/size'
import type { Box } from '../predictions/findings'
import { sentence } from '../sentence'
import type { Figure } from './figures'
import type { Style } from './options'
import type { Canvas } from './paint'
import type { Turn } from './turn'

/** The longer side of what is hidden is divided into so many: no face or plate can be told by them. */
const cells = 8

/**
 * The boxes to hide. Throws `InvalidParameterError` where one of them is not known: an image that shows what is to be
 * hidden must not go on.
 */
export const boxesToHide = (figures: readonly Figure[], { isHidden }: Style): Box[] =>
  figures
    .filter(({ name, isPlaced }) => isPlaced && isHidden(name))
    .map(({ name, box }) => {
      if (box) return box
      throw new InvalidParameterError(
        sentence`A ${name} is to be hidden, but its box is not made of numbers.`,
      )
    })

/** Replaces what is in the boxes by few mean colours, as squares or flowing into each other: in the pixels themselves. */
export const hide = async (
  canvas: Canvas,
  boxes: readonly Box[],
  way: 'blur' | 'pixelate',
  turn: Turn,
): Promise<void> => {
  for (const box of boxes) {
    const { left, top, right, bottom } = wholePixels(box, canvas)
    if (right <= left || bottom <= top) continue
    const grid = new Grid({ left, top, right, bottom })
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) grid.add(x, y, canvas.data, (y * canvas.width + x) * 3)
      await turn()
    }
    grid.divide()
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = (y * canvas.width + x) * 3
        if (way === 'blur') grid.blend(x, y, canvas.data, at)
        else grid.copy(x, y, canvas.data, at)
      }
      await turn()
    }
  }
}

/** Everything that a box touches. */
const wholePixels = ({ left, top, right, bottom }: Box, { width, height }: Size): Box => ({
  left: Math.max(0, Math.floor(left)),
  top: Math.max(0, Math.floor(top)),
  right: Math.min(width, Math.ceil(right)),
  bottom: Math.min(height, Math.ceil(bottom)),
})

/** The mean colours of a box's cells. What is called for every pixel makes no objects. */
class Grid {
  readonly #left: number
  readonly #top: number
  readonly #side: number
  readonly #columns: number
  readonly #rows: number
  /** Sums at first, then means: red, green and blue of each cell. */
  readonly #colours: Float64Array
  readonly #counts: Float64Array

  constructor({ left, top, right, bottom }: Box) {
    this.#left = left
    this.#top = top
    this.#side = Math.ceil(Math.max(right - left, bottom - top) / cells)
    this.#columns = Math.ceil((right - left) / this.#side)
    this.#rows = Math.ceil((bottom - top) / this.#side)
    this.#counts = new Float64Array(this.#columns * this.#rows)
    this.#colours = new Float64Array(this.#counts.length * 3)
  }

  add(x: number, y: number, data: Buffer, at: number): void {
    const cell = this.#cellOf(x, y)
    this.#counts[cell] = (this.#counts[cell] as number) + 1
    for (let channel = 0; channel < 3; channel++) {
      const sum = cell * 3 + channel
      this.#colours[sum] = (this.#colours[sum] as number) + (data[at + channel] as number)
    }
  }

  divide(): void {
    for (const [at, sum] of this.#colours.entries())
      this.#colours[at] = sum / (this.#counts[Math.floor(at / 3)] as number)
  }

  copy(x: number, y: number, data: Buffer, at: number): void {
    const cell = this.#cellOf(x, y) * 3
    for (let channel = 0; channel < 3; channel++) data[at + channel] = this.#colours[cell + channel] as number
  }

  /** Between the middles of the four cells around. */
  blend(x: number, y: number, data: Buffer, at: number): void {
    const column = within((x - this.#left + 0.5) / this.#side - 0.5, this.#columns)
    const row = within((y - this.#top + 0.5) / this.#side - 0.5, this.#rows)
    const left = Math.floor(column)
    const top = Math.floor(row)
    const right = left + 1 < this.#columns ? 3 : 0
    const below = top + 1 < this.#rows ? this.#columns * 3 : 0
    const first = (top * this.#columns + left) * 3
    for (let channel = 0; channel < 3; channel++) {
      const colour = first + channel
      const upper = this.#between(colour, colour + right, column - left)
      const lower = this.#between(colour + below, colour + below + right, column - left)
      data[at + channel] = upper + (lower - upper) * (row - top)
    }
  }

  #between(one: number, other: number, part: number): number {
    const from = this.#colours[one] as number
    return from + ((this.#colours[other] as number) - from) * part
  }

  #cellOf(x: number, y: number): number {
    const column = Math.floor((x - this.#left) / this.#side)
    return Math.floor((y - this.#top) / this.#side) * this.#columns + column
  }
}

const within = (at: number, count: number): number => Math.max(0, Math.min(count - 1, at))
