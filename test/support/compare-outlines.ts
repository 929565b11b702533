import assert from 'node:assert/strict'
import type { Rectangle } from './images'

export interface Point {
  x: number
  y: number
}

export interface Size {
  width: number
  height: number
}

/**
 * An outline runs along a painted rectangle and encloses as much. The tiny model draws masks on a grid of 80 × 80:
 * an outline is exact to one of its cells, and rounds corners.
 */
export const assertOutlined = (points: Point[], rectangle: Rectangle, size: Size, blur = 1): void =>
  assertSameOutline(points, cornersOf(rectangle), size, blur)

/** Two outlines of the same thing: none is anywhere further away from the other than a cell of the mask's grid. */
export const assertSameOutline = (one: Point[], other: Point[], size: Size, blur = 1): void => {
  const told = JSON.stringify({ one, other })
  assert.ok(one.length >= 4, `an outline has four corners: ${told}`)
  const onGrid = ({ x, y }: Point) => ({ x: (x * 80) / size.width, y: (y * 80) / size.height })
  const [a, b] = [one.map(onGrid), other.map(onGrid)]
  const allowed = 1 + (blur * 80) / Math.min(size.width, size.height)
  for (const [points, outline] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const [index, point] of points.entries()) {
      const away = distance(point, outline)
      assert.ok(away <= allowed, `point ${index} is ${away} cells away (${allowed} allowed): ${told}`)
    }
  }
  const difference = Math.abs(areaOf(a) - areaOf(b)) / lengthOf(b)
  assert.ok(difference <= allowed / 2, `the areas differ by ${difference} cells of each edge: ${told}`)
}

export const cornersOf = ({ x, y, width, height }: Rectangle): Point[] => [
  { x: x - width / 2, y: y - height / 2 },
  { x: x + width / 2, y: y - height / 2 },
  { x: x + width / 2, y: y + height / 2 },
  { x: x - width / 2, y: y + height / 2 },
]

const edgesOf = (outline: readonly Point[]): [Point, Point][] =>
  outline.map((point, index) => [point, outline[(index + 1) % outline.length] ?? point])

const distance = (point: Point, outline: readonly Point[]): number =>
  Math.min(...edgesOf(outline).map(([from, to]) => distanceToEdge(point, from, to)))

const distanceToEdge = (point: Point, from: Point, to: Point): number => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const along = ((point.x - from.x) * dx + (point.y - from.y) * dy) / (dx * dx + dy * dy || 1)
  const nearest = Math.max(0, Math.min(1, along))
  return Math.hypot(point.x - from.x - nearest * dx, point.y - from.y - nearest * dy)
}

const areaOf = (outline: readonly Point[]): number =>
  Math.abs(edgesOf(outline).reduce((sum, [a, b]) => sum + a.x * b.y - b.x * a.y, 0)) / 2

const lengthOf = (outline: readonly Point[]): number =>
  edgesOf(outline).reduce((sum, [a, b]) => sum + Math.hypot(b.x - a.x, b.y - a.y), 0)
