import type { ObjectDetectionAnswer } from '../../src'

/** A rectangle as node-red-node-annotate-image draws it; `bbox` is left, top, width, height in pixels. */
export interface Annotation {
  type: 'rect'
  bbox: [number, number, number, number]
  label: string
}

export const annotationsOf = ({ predictions }: ObjectDetectionAnswer): Annotation[] =>
  predictions.map(({ x, y, width, height, class: name, confidence }) => ({
    type: 'rect',
    bbox: [x - width / 2, y - height / 2, width, height],
    label: `${name} ${Math.round(confidence * 100)}%`,
  }))
