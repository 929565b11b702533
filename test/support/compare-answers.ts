import assert from 'node:assert/strict'
import type { InferenceAnswer } from '../../src/index'
import { assertSameOutline, type Point, type Size } from './compare-outlines'

interface Found extends Point {
  width: number
  height: number
  class: string
  confidence: number
  points?: Point[]
  keypoints?: (Point & { class: string; confidence: number })[]
}

/**
 * Two answers of one model to the same image, sent in two ways: the same things at the same places. `blur` is what
 * a place may differ by in pixels, beside the 1/320 of a side that the tiny models see.
 */
export const assertSameAnswer = (
  one: InferenceAnswer,
  other: InferenceAnswer,
  size: Size,
  blur = 1,
): void => {
  if (!isFound(one.predictions) || !isFound(other.predictions)) {
    assertSameLabels(one, other)
    return
  }
  const [found, expected] = [byPlace(one.predictions), byPlace(other.predictions)]
  assert.deepEqual(found.map(nameOf), expected.map(nameOf), JSON.stringify({ found, expected }))
  for (const [index, prediction] of found.entries())
    assertSame(prediction, expected[index] ?? assert.fail(), size, blur)
}

const assertSame = (one: Found, other: Found, size: Size, blur: number): void => {
  const told = JSON.stringify({ one, other })
  const assertSamePlace = (a: Point, b: Point) => {
    assert.ok(Math.abs(a.x - b.x) <= size.width / 320 + blur, `${a.x} is not ${b.x}: ${told}`)
    assert.ok(Math.abs(a.y - b.y) <= size.height / 320 + blur, `${a.y} is not ${b.y}: ${told}`)
  }
  // the confidence is the part of a box that is filled: blurred edges count
  assert.ok(Math.abs(one.confidence - other.confidence) <= 0.1, told)
  assertSamePlace(cornerOf(one, -1), cornerOf(other, -1))
  assertSamePlace(cornerOf(one, 1), cornerOf(other, 1))
  assert.deepEqual(one.keypoints?.map(nameOf), other.keypoints?.map(nameOf), told)
  for (const [index, point] of one.keypoints?.entries() ?? [])
    assertSamePlace(point, other.keypoints?.[index] ?? assert.fail())
  assert.equal(one.points === undefined, other.points === undefined, told)
  if (one.points && other.points) assertSameOutline(one.points, other.points, size, blur)
}

// A label just above the server's threshold of 0.4 may be just below it when asked another time.
const assertSameLabels = (one: InferenceAnswer, other: InferenceAnswer): void => {
  const [labels, expected] = [labelsOf(one), labelsOf(other)]
  for (const name of new Set([...labels.keys(), ...expected.keys()])) {
    const [a = 0.4, b = 0.4] = [labels.get(name), expected.get(name)]
    assert.ok(Math.abs(a - b) <= 0.1, `${name}: ${a} is not ${b}`)
  }
}

const labelsOf = ({ predictions }: InferenceAnswer): Map<string, number> => {
  const list = Array.isArray(predictions)
    ? (predictions as Found[]).map((label): [string, number] => [label.class, label.confidence])
    : Object.entries(predictions).map(([name, { confidence }]): [string, number] => [name, confidence])
  return new Map(list)
}

const isFound = (predictions: unknown): predictions is Found[] =>
  Array.isArray(predictions) && predictions.every((prediction) => 'x' in prediction)

const cornerOf = ({ x, y, width, height }: Found, side: 1 | -1): Point => ({
  x: x + (side * width) / 2,
  y: y + (side * height) / 2,
})

const byPlace = (list: Found[]): Found[] => [...list].sort((a, b) => a.x - b.x)
const nameOf = ({ class: name }: { class: string }): string => name
