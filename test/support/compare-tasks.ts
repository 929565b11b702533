import assert from 'node:assert/strict'
import type {
  ClassificationAnswer,
  InferenceAnswer,
  InstanceSegmentationAnswer,
  KeypointDetectionAnswer,
  MultiLabelClassificationAnswer,
  ObjectDetectionAnswer,
} from '../../src/index'
import { assertFound } from './compare'
import { assertOutlined, cornersOf, type Point, type Size } from './compare-outlines'
import type { Rectangle } from './images'

/** One of the real server's tiny models, and what it has to answer to painted rectangles. */
export interface TinyTask {
  name: string
  modelId: string
  /** Whether it tells where something is. */
  finds: boolean
  assertFits(answer: InferenceAnswer, painted: Rectangle[], size: Size, blur?: number): void
}

/** The server leaves out what is less certain when nothing else is asked for. */
const usualConfidence = 0.4
const colors = ['red', 'green', 'blue'] as const

export const tinyTasks: TinyTask[] = [
  {
    name: 'object detection',
    modelId: 'tiny-boxes/1',
    finds: true,
    assertFits(answer, painted, size, blur) {
      assertFound((answer as ObjectDetectionAnswer).predictions, painted, size, blur)
    },
  },
  {
    name: 'instance segmentation',
    modelId: 'tiny-masks/1',
    finds: true,
    assertFits(answer, painted, size, blur) {
      const { predictions } = answer as InstanceSegmentationAnswer
      assertFound(predictions, painted, size, blur)
      for (const [{ points, mask_format }, rectangle] of pairs(predictions, painted)) {
        assert.equal(mask_format, 'polygon')
        assertOutlined(points ?? [], rectangle, size, blur)
      }
    },
  },
  {
    name: 'keypoint detection',
    modelId: 'tiny-points/1',
    finds: true,
    assertFits(answer, painted, size, blur) {
      const { predictions } = answer as KeypointDetectionAnswer
      assertFound(predictions, painted, size, blur)
      for (const [{ keypoints }, rectangle] of pairs(predictions, painted))
        assertNamedPoints(keypoints, rectangle, size, blur)
    },
  },
  {
    name: 'single-label classification',
    modelId: 'tiny-label/1',
    finds: false,
    assertFits(answer, painted, size) {
      assertBestLabel(answer as ClassificationAnswer, painted, size)
    },
  },
  {
    name: 'multi-label classification',
    modelId: 'tiny-labels/1',
    finds: false,
    assertFits(answer, painted, size) {
      assertLabels(answer as MultiLabelClassificationAnswer, painted, size)
    },
  },
]

/** Each found thing with what was painted there. */
const pairs = <T extends Point>(found: T[], painted: Rectangle[]): [T, Rectangle][] => {
  const byPlace = (a: Point, b: Point) => a.x - b.x
  const rectangles = [...painted].sort(byPlace)
  return [...found].sort(byPlace).flatMap((one, index): [T, Rectangle][] => {
    const rectangle = rectangles[index]
    return rectangle ? [[one, rectangle]] : []
  })
}

/** The centre and the four corners, each under its own name. */
const assertNamedPoints = (
  keypoints: KeypointDetectionAnswer['predictions'][number]['keypoints'],
  rectangle: Rectangle,
  { width, height }: Size,
  blur = 1,
): void => {
  const names = ['center', 'top-left', 'top-right', 'bottom-right', 'bottom-left']
  const places = [{ x: rectangle.x, y: rectangle.y }, ...cornersOf(rectangle)]
  assert.deepEqual(
    keypoints.map((point) => point.class),
    names,
  )
  assert.deepEqual(
    keypoints.map((point) => Math.round(point.confidence * 100)),
    [95, 90, 80, 70, 30],
  )
  for (const [index, { x, y }] of keypoints.entries()) {
    const place = places[index] ?? assert.fail()
    const told = JSON.stringify({ name: names[index], found: { x, y }, place })
    assert.ok(Math.abs(x - place.x) <= width / 320 + blur, told)
    assert.ok(Math.abs(y - place.y) <= height / 320 + blur, told)
  }
}

/** The part of the image that each colour covers. */
const shares = (painted: Rectangle[], { width, height }: Size): [color: string, share: number][] =>
  colors.map((color) => {
    const own = painted.filter((rectangle) => rectangle.color === color)
    return [color, own.reduce((sum, one) => sum + (one.width * one.height) / (width * height), 0)]
  })

// The softmax of 40 × the share of each colour, and of 2 for "none".
const assertBestLabel = (answer: ClassificationAnswer, painted: Rectangle[], size: Size): void => {
  const weights = new Map(shares(painted, size).map(([color, share]) => [color, Math.exp(40 * share)]))
  weights.set('none', Math.exp(2))
  const sum = [...weights.values()].reduce((a, b) => a + b)
  const { predictions, top, confidence } = answer
  for (const [name, weight] of weights) {
    const found = predictions.find((prediction) => prediction.class === name)
    assertNear(found?.confidence, weight / sum, `${name}: ${JSON.stringify({ answer, painted })}`)
  }
  const confidences = predictions.map((prediction) => prediction.confidence)
  assert.deepEqual(
    confidences,
    [...confidences].sort((a, b) => b - a),
    'the best comes first',
  )
  assert.equal(top, predictions[0]?.class ?? '')
  assert.equal(confidence, predictions[0]?.confidence ?? 0)
}

// Each colour for itself: 0.5 at a share of 5 %.
const assertLabels = (answer: MultiLabelClassificationAnswer, painted: Rectangle[], size: Size): void => {
  const { predictions, predicted_classes } = answer
  assert.deepEqual(Object.keys(predictions), [...colors])
  for (const [color, share] of shares(painted, size)) {
    const expected = 1 / (1 + Math.exp(-80 * (share - 0.05)))
    const { confidence = undefined } = predictions[color] ?? {}
    assertNear(confidence, expected, `${color}: ${JSON.stringify({ answer, painted })}`)
    assert.equal(predicted_classes.includes(color), (confidence ?? 0) > usualConfidence)
  }
}

// An edge that is one pixel of 320 off changes a share, and with it a confidence by a few hundredths.
const assertNear = (confidence: number | undefined, expected: number, told: string): void => {
  const leftOut = confidence === undefined
  assert.ok(leftOut ? expected < usualConfidence + 0.1 : Math.abs(confidence - expected) <= 0.1, told)
}
