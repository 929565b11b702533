import assert from 'node:assert/strict'
import type { ObjectDetectionPrediction } from '../../src/index'
import type { Rectangle } from './images'

/**
 * Each painted rectangle was found, and nothing else. The tiny models see 320 × 320 pixels: an edge is exact
 * to one of these, plus a pixel of JPEG's blur; two pixels where colours are stored at half the resolution (4:2:0).
 */
export const assertFound = (
  predictions: ObjectDetectionPrediction[],
  painted: Rectangle[],
  { width, height }: { width: number; height: number },
  blur = 1,
): void => {
  const byPlace = (a: { x: number }, b: { x: number }) => a.x - b.x
  const found = [...predictions].sort(byPlace)
  const expected = [...painted].sort(byPlace)
  const told = JSON.stringify({ found, expected })
  assert.equal(found.length, expected.length, told)
  for (const [index, rectangle] of expected.entries()) {
    const prediction = found[index]
    assert.ok(prediction)
    assert.equal(prediction.class, rectangle.color, told)
    const edges = [edgesOf(prediction), edgesOf(rectangle)] as const
    for (const [name, side] of [
      ['left', width],
      ['right', width],
      ['top', height],
      ['bottom', height],
    ] as const) {
      const difference = Math.abs(edges[0][name] - edges[1][name])
      assert.ok(difference <= side / 320 + blur, `${name} differs by ${difference}: ${told}`)
    }
  }
}

const edgesOf = ({ x, y, width, height }: Pick<Rectangle, 'x' | 'y' | 'width' | 'height'>) => ({
  left: x - width / 2,
  right: x + width / 2,
  top: y - height / 2,
  bottom: y + height / 2,
})
