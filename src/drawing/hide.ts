import { InvalidParameterError } from '../errors'
import type { Size } from '../images/size'
import { sentence } from '../sentence'
import type { Box, Figure } from './figures'
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
    const grid = await meansOf(canvas, { left, top, right, bottom }, turn)
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = (y * canvas.width + x) * 3
        for (let channel = 0; channel < 3; channel++) {
          canvas.data[at + channel] = way === 'blur' ? grid.between(x, y, channel) : grid.at(x, y, channel)
        }
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

const meansOf = async ({ data, width }: Canvas, box: Box, turn: Turn): Promise<Grid> => {
  const grid = new Grid(box)
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) grid.add(x, y, data, (y * width + x) * 3)
    await turn()
  }
  return grid
}

/** The mean colours of a box's cells. */
class Grid {
  readonly #side: number
  readonly #columns: number
  readonly #rows: number
  readonly #sums: Float64Array
  readonly #counts: Float64Array

  constructor(readonly box: Box) {
    const [width, height] = [box.right - box.left, box.bottom - box.top]
    this.#side = Math.ceil(Math.max(width, height) / cells)
    this.#columns = Math.ceil(width / this.#side)
    this.#rows = Math.ceil(height / this.#side)
    this.#sums = new Float64Array(this.#columns * this.#rows * 3)
    this.#counts = new Float64Array(this.#columns * this.#rows)
  }

  add(x: number, y: number, data: Buffer, at: number): void {
    const cell = this.#cell(this.#place(x, this.box.left), this.#place(y, this.box.top))
    this.#counts[cell] = (this.#counts[cell] ?? 0) + 1
    for (let channel = 0; channel < 3; channel++) {
      const sum = cell * 3 + channel
      this.#sums[sum] = (this.#sums[sum] ?? 0) + (data[at + channel] ?? 0)
    }
  }

  at(x: number, y: number, channel: number): number {
    return this.#mean(this.#place(x, this.box.left), this.#place(y, this.box.top), channel)
  }

  /** Between the middles of the four cells around. */
  between(x: number, y: number, channel: number): number {
    const column = (x - this.box.left + 0.5) / this.#side - 0.5
    const row = (y - this.box.top + 0.5) / this.#side - 0.5
    const [left, top] = [Math.floor(column), Math.floor(row)]
    const [beside, below] = [column - left, row - top]
    const upper = this.#mean(left, top, channel) * (1 - beside) + this.#mean(left + 1, top, channel) * beside
    const lower =
      this.#mean(left, top + 1, channel) * (1 - beside) + this.#mean(left + 1, top + 1, channel) * beside
    return Math.round(upper * (1 - below) + lower * below)
  }

  #place(at: number, from: number): number {
    return Math.floor((at - from) / this.#side)
  }

  #cell(column: number, row: number): number {
    const inside = (at: number, count: number) => Math.max(0, Math.min(count - 1, at))
    return inside(row, this.#rows) * this.#columns + inside(column, this.#columns)
  }

  #mean(column: number, row: number, channel: number): number {
    const cell = this.#cell(column, row)
    return (this.#sums[cell * 3 + channel] ?? 0) / (this.#counts[cell] || 1)
  }
}
