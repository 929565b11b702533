import assert from 'node:assert/strict'
import * as library from '../../../src/index'
import { detection } from '../../support/stub-server'

const image = { width: 64, height: 48 }
const box = detection.predictions[0] ?? assert.fail()

const answers: Record<string, unknown> = {
  isObjectDetection: detection,
  isInstanceSegmentation: { image, predictions: [{ ...box, points: [{ x: 1, y: 1 }] }] },
  isKeypointDetection: { image, predictions: [{ ...box, keypoints: [] }] },
  isClassification: {
    image,
    predictions: [{ class: 'dog', class_id: 0, confidence: 0.9 }],
    top: 'dog',
    confidence: 0.9,
  },
  isMultiLabelClassification: {
    image,
    predictions: { dog: { confidence: 0.9, class_id: 0 } },
    predicted_classes: ['dog'],
  },
  isVisualisationOnly: { visualization: Buffer.from('') },
}

/** Which guards say yes. */
const kindsOf = (answer: unknown): string[] =>
  Object.keys(answers).filter((name) =>
    (library as unknown as Record<string, (answer: unknown) => boolean>)[name]?.(answer),
  )

describe('the kind of an answer', () => {
  it('is told by what it has', () => {
    for (const [kind, answer] of Object.entries(answers)) {
      const hasBoxes = ['isInstanceSegmentation', 'isKeypointDetection'].includes(kind)
      assert.deepEqual(kindsOf(answer), hasBoxes ? ['isObjectDetection', kind] : [kind])
    }
  })

  it('is any with boxes where nothing was found', () => {
    assert.deepEqual(kindsOf({ image, predictions: [] }), [
      'isObjectDetection',
      'isInstanceSegmentation',
      'isKeypointDetection',
    ])
  })
})
