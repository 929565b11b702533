import type { InferenceAnswer } from '../../src/index'

/** A rectangle as node-red-node-annotate-image draws it; `bbox` is left, top, width, height in pixels. */
export interface Annotation {
  type: 'rect'
  bbox: [number, number, number, number]
  label: string
}

/** One rectangle for each object that has a place in the picture; labels of a classification have none. */
export const annotationsOf = ({ predictions }: InferenceAnswer): Annotation[] => {
  if (!Array.isArray(predictions)) return []
  return predictions.flatMap((prediction) => {
    if (!('x' in prediction)) return []
    const { x, y, width, height, class: name, confidence } = prediction
    const label = `${name} ${Math.round(confidence * 100)}%`
    return { type: 'rect' as const, bbox: [x - width / 2, y - height / 2, width, height] as const, label }
  }) as Annotation[]
}
