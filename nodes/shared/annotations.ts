import type { InferenceAnswer, ObjectDetectionPrediction } from '../../src/index'

/** A rectangle as node-red-node-annotate-image draws it; `bbox` is left, top, width, height in pixels. */
export interface Annotation {
  type: 'rect'
  bbox: [number, number, number, number]
  label: string
}

/** One rectangle for each object that has a place in the image; labels of a classification have none. */
export const annotationsOf = (answers: InferenceAnswer | InferenceAnswer[]): Annotation[] | Annotation[][] =>
  Array.isArray(answers) ? answers.map(rectanglesIn) : rectanglesIn(answers)

const rectanglesIn = ({ predictions }: InferenceAnswer): Annotation[] =>
  Array.isArray(predictions) ? (predictions as object[]).filter(hasPlace).map(annotationOf) : []

const hasPlace = (prediction: object): prediction is ObjectDetectionPrediction => 'x' in prediction

const annotationOf = ({
  x,
  y,
  width,
  height,
  class: name,
  confidence,
}: ObjectDetectionPrediction): Annotation => ({
  type: 'rect',
  bbox: [x - width / 2, y - height / 2, width, height],
  label: `${name} ${Math.round(confidence * 100)}%`,
})
