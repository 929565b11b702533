import type { Point } from '../predictions/region'
import { type RleMask, runsOfRle } from '../predictions/rle'

/**
 * The outline of a run-length encoded mask along the edges of its pixels: rings, clockwise around what is inside. In
 * time and memory it takes as much as the mask has runs, however large the image is.
 */
export const outlineOfRle = (mask: RleMask): Point[][] => {
  const [height] = mask.size
  const edges = new Edges(height + 1)
  let column = -1
  let before: Span[] = []
  for (const spans of columnsOf(mask)) {
    column++
    for (const [top, bottom] of spans) {
      edges.add(column, top, column + 1, top)
      edges.add(column + 1, bottom, column, bottom)
    }
    // what is inside on one side only has its edge here
    for (const [top, bottom] of without(spans, before)) edges.add(column, bottom, column, top)
    for (const [top, bottom] of without(before, spans)) edges.add(column, top, column, bottom)
    before = spans
  }
  for (const [top, bottom] of before) edges.add(column + 1, top, column + 1, bottom)
  return edges.rings()
}

/** Rows of one column that are inside: from the first, up to but without the second. */
type Span = [from: number, to: number]

function* columnsOf(mask: RleMask): Generator<Span[]> {
  const [height, width] = mask.size
  let at = 0
  let column = 0
  let spans: Span[] = []
  for (const [index, run] of runsOfRle(mask).entries()) {
    const end = Math.min(at + Math.max(0, run), height * width)
    while (at < end) {
      const part = Math.min(end, (column + 1) * height)
      if (index % 2 === 1) spans.push([at - column * height, part - column * height])
      at = part
      if (at < (column + 1) * height) continue
      yield spans
      spans = []
      column++
    }
  }
  if (spans.length > 0) yield spans
}

/** What is in these spans and in none of the others; both are sorted. */
const without = (spans: Span[], others: Span[]): Span[] => {
  const left: Span[] = []
  let next = 0
  for (const [from, to] of spans) {
    let at = from
    while (next > 0 && (others[next - 1]?.[1] ?? 0) > from) next--
    for (; next < others.length; next++) {
      const [start, end] = others[next] ?? [to, to]
      if (start >= to) break
      if (start > at) left.push([at, start])
      at = Math.max(at, end)
    }
    if (at < to) left.push([at, to])
  }
  return left
}

/** Edges that are joined to rings: each begins where another one ends. */
class Edges {
  /** By where they begin; where two parts touch by a corner, two begin. */
  readonly #ends = new Map<number, number[]>()

  constructor(readonly stride: number) {}

  add(fromX: number, fromY: number, toX: number, toY: number): void {
    const from = fromX * this.stride + fromY
    const ends = this.#ends.get(from)
    const to = toX * this.stride + toY
    if (ends) ends.push(to)
    else this.#ends.set(from, [to])
  }

  rings(): Point[][] {
    const rings: Point[][] = []
    for (const first of this.#ends.keys()) {
      while (this.#ends.get(first)?.length) rings.push(withoutStraight(this.#ring(first)))
    }
    return rings
  }

  #ring(first: number): Point[] {
    const ring: Point[] = []
    let at = first
    do {
      ring.push({ x: Math.floor(at / this.stride), y: at % this.stride })
      at = this.#ends.get(at)?.pop() ?? first
    } while (at !== first)
    return ring
  }
}

/** Without the points that lie on a straight line between their neighbours. */
const withoutStraight = (ring: Point[]): Point[] =>
  ring.filter(({ x, y }, index) => {
    const before = ring.at(index - 1)
    const after = ring[(index + 1) % ring.length]
    return !((before?.x === x && after?.x === x) || (before?.y === y && after?.y === y))
  })
