import type { Box } from './findings'

export interface Point {
  x: number
  y: number
}

/** Corners of an area; its edges belong to it. */
export type Polygon = readonly Point[]

/** Four numbers are a rectangle's left, top, right and bottom; six and more are corners, x and y in turn. */
export const polygonOf = (numbers: readonly number[], unit: Point): Polygon => {
  const [left = 0, top = 0, right = 0, bottom = 0] = numbers
  const flat = numbers.length === 4 ? [left, top, right, top, right, bottom, left, bottom] : numbers
  return Array.from({ length: flat.length / 2 }, (_, index) => ({
    x: (flat[index * 2] ?? 0) * unit.x,
    y: (flat[index * 2 + 1] ?? 0) * unit.y,
  }))
}

// fractions of a pixel that sums of numbers are wrong by
const tolerance = 1e-6

export const holdsPoint = (polygon: Polygon, { x, y }: Point): boolean => {
  let isInside = false
  for (const [a, b] of edgesOf(polygon)) {
    if (isOn(a, b, { x, y })) return true
    if (a.y > y !== b.y > y && x < a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y)) isInside = !isInside
  }
  return isInside
}

/** Whether a whole box lies in it: its corners do, and no edge runs through it. */
export const holdsBox = (polygon: Polygon, { left, top, right, bottom }: Box): boolean => {
  const corners = [left, right].flatMap((x) => [top, bottom].map((y) => ({ x, y })))
  return (
    corners.every((corner) => holdsPoint(polygon, corner)) &&
    !edgesOf(polygon).some(([a, b]) => runsThrough(a, b, { left, top, right, bottom }))
  )
}

type Edge = readonly [Point, Point]

const edgesOf = (polygon: Polygon): Edge[] =>
  polygon.map((corner, index) => [corner, polygon[(index + 1) % polygon.length] ?? corner] as const)

/** Whether the point is on the line between two others: the way by it is no longer. */
const isOn = (a: Point, b: Point, point: Point): boolean =>
  distance(a, point) + distance(point, b) - distance(a, b) < tolerance

const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y)

/** Whether some of the line lies inside the box, and not on its edge (Liang and Barsky's clipping). */
const runsThrough = (a: Point, b: Point, { left, top, right, bottom }: Box): boolean => {
  let [from, to] = [0, 1]
  for (const [start, step, low, high] of [
    [a.x, b.x - a.x, left + tolerance, right - tolerance],
    [a.y, b.y - a.y, top + tolerance, bottom - tolerance],
  ] as const) {
    if (step === 0) {
      if (start <= low || start >= high) return false
      continue
    }
    const ends = [(low - start) / step, (high - start) / step]
    from = Math.max(from, Math.min(...ends))
    to = Math.min(to, Math.max(...ends))
  }
  return from < to
}
