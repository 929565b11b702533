import type { Glyph } from './font'

/** How much of each pixel a shape covers, 0 to 255, row by row; `left` and `top` from where it stands. */
export interface Coverage {
  left: number
  top: number
  width: number
  height: number
  data: Uint8Array
}

/** A letter in a size, whose pen stands `shift` of a pixel to the right; undefined where nothing is to be seen. */
export const coverageOf = (
  [, x = 0, y = 0, outline]: Glyph,
  scale: number,
  shift: number,
): Coverage | undefined => {
  if (!outline) return undefined
  const lines = linesOf(outline, x, y).map((value, index) => value * scale + (index % 2 === 0 ? shift : 0))
  const xs = lines.filter((_, index) => index % 2 === 0)
  const ys = lines.filter((_, index) => index % 2 === 1)
  const [left, top] = [Math.floor(Math.min(...xs)), Math.floor(Math.min(...ys))]
  const width = Math.ceil(Math.max(...xs)) - left + 1
  const height = Math.ceil(Math.max(...ys)) - top + 1
  const area = new Area(width, height)
  for (let at = 0; at < lines.length; at += 4) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = lines.slice(at, at + 4)
    area.addLine(x0 - left, y0 - top, x1 - left, y1 - top)
  }
  return { left, top, width, height, data: area.covered() }
}

/** Curves become so many lines: more cannot be told apart in a label. */
const linesPerCurve = 6

/** An outline of our font as straight lines: x and y of both ends of each. */
const linesOf = (outline: string, beginX: number, beginY: number): number[] => {
  const lines: number[] = []
  let [startX, startY] = [beginX, beginY]
  let [x, y] = [beginX, beginY]
  const lineTo = (toX: number, toY: number) => {
    lines.push(x, y, toX, toY)
    x = toX
    y = toY
  }
  for (const [, command, numbers = ''] of outline.matchAll(/([a-z])([^a-z]*)/g)) {
    const [a = 0, b = 0, c = 0, d = 0] = (numbers.match(/-?\d+/g) ?? []).map(Number)
    if (command === 'z') lineTo(startX, startY)
    else if (command === 'h') lineTo(x + a, y)
    else if (command === 'v') lineTo(x, y + a)
    else if (command === 'l') lineTo(x + a, y + b)
    else if (command === 'm') {
      x += a
      y += b
      startX = x
      startY = y
    } else if (command === 'q') {
      const [fromX, fromY] = [x, y]
      for (let step = 1; step <= linesPerCurve; step++) {
        const t = step / linesPerCurve
        lineTo(fromX + 2 * t * (1 - t) * a + t * t * c, fromY + 2 * t * (1 - t) * b + t * t * d)
      }
    }
  }
  return lines
}

/**
 * What closed outlines cover, exactly: each line notes, in each row, how much lies to the right of it, and their sum
 * from the left is what is inside (as the rasterizers of font-rs and stb_truetype do it).
 */
class Area {
  readonly #notes: Float32Array

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.#notes = new Float32Array((width + 2) * height)
  }

  addLine(fromX: number, fromY: number, toX: number, toY: number): void {
    if (fromY === toY) return
    const direction = fromY < toY ? 1 : -1
    const [x0, y0, x1, y1] = direction > 0 ? [fromX, fromY, toX, toY] : [toX, toY, fromX, fromY]
    const slope = (x1 - x0) / (y1 - y0)
    for (let row = Math.floor(y0); row < y1; row++) {
      const [top, bottom] = [Math.max(row, y0), Math.min(row + 1, y1)]
      this.#addRow(row, x0 + (top - y0) * slope, x0 + (bottom - y0) * slope, (bottom - top) * direction)
    }
  }

  /** A line within a row, which goes down by `depth`. */
  #addRow(row: number, a: number, b: number, depth: number): void {
    const [left, right] = a < b ? [a, b] : [b, a]
    const first = Math.floor(left)
    const begin = row * (this.width + 2)
    const perPixel = right > left ? depth / (right - left) : 0
    for (let pixel = first; pixel < Math.max(right, first + 1); pixel++) {
      // the part of the line that is within this pixel, and how far to the right its middle is
      const [from, to] = [Math.max(left, pixel), Math.min(right, pixel + 1)]
      const part = right > left ? (to - from) * perPixel : depth
      const beside = (from + to) / 2 - pixel
      this.#note(begin + pixel, part * (1 - beside))
      this.#note(begin + pixel + 1, part * beside)
    }
  }

  #note(at: number, value: number): void {
    this.#notes[at] = (this.#notes[at] ?? 0) + value
  }

  covered(): Uint8Array {
    const data = new Uint8Array(this.width * this.height)
    for (let row = 0; row < this.height; row++) {
      let sum = 0
      for (let column = 0; column < this.width; column++) {
        sum += this.#notes[row * (this.width + 2) + column] ?? 0
        data[row * this.width + column] = Math.min(255, Math.round(Math.abs(sum) * 255))
      }
    }
    return data
  }
}
