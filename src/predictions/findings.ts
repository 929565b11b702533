type Json = Record<string, unknown>

/** Edges of a rectangle in pixels; `right` and `bottom` are behind the last pixel. */
export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** One thing that an answer says: an object, a face, a text, or a label, which has no place. */
export interface Finding {
  /** As it stands in the answer. */
  prediction: Json
  class: string
  /** 0 to 1; NaN where the answer tells none. */
  confidence: number
  /** In pixels of the whole image; undefined for a label, and where the numbers make no box. */
  box: Box | undefined
}

/** The findings of any answer, in its order; what is none among its predictions is left out. */
export const findingsOf = (answer: Json): Finding[] => {
  const { predictions } = answer
  if (Array.isArray(predictions)) {
    const ratio = ratioOf(answer)
    return predictions.filter(isObject).map((prediction) => findingOf(prediction, ratio))
  }
  return Object.entries(isObject(predictions) ? predictions : {})
    .filter((entry): entry is [string, Json] => isObject(entry[1]))
    .map(([name, label]) => ({
      prediction: label,
      class: name,
      confidence: Number(label.confidence ?? Number.NaN),
      box: undefined,
    }))
}

/** The same answer, as a copy, with these of its findings alone. A label that is not among them is not the top. */
export const withFindings = <Answer extends object>(answer: Answer, kept: readonly Finding[]): Answer => {
  const { predictions, predicted_classes: classes, top } = answer as Json
  const names = new Set(kept.map((finding) => finding.class))
  if (Array.isArray(classes))
    return {
      ...answer,
      predictions: Object.fromEntries(kept.map(({ class: name, prediction }) => [name, prediction])),
      predicted_classes: classes.filter((name) => names.has(String(name))),
    }
  if (typeof top === 'string' && !names.has(top))
    return { ...answer, predictions: [], top: '', confidence: 0 }
  // an answer may hold a text alone
  if (!Array.isArray(predictions)) return { ...answer }
  return { ...answer, predictions: kept.map(({ prediction }) => prediction) }
}

/** The size of the image that an answer is about, in pixels; undefined where it does not tell. */
export const imageSizeOf = ({ image, original_image: original }: Json): Size | undefined =>
  [original, image].find(isSize)

interface Size {
  width: number
  height: number
}

/** Boxes may be in pixels of the model's own masks (`allow_reduced_mask_resolution`), for which `image` stands then. */
const ratioOf = (answer: Json): { x: number; y: number } => {
  const [grid, whole] = [answer.image, imageSizeOf(answer)]
  if (!isSize(grid) || !whole) return { x: 1, y: 1 }
  return { x: whole.width / grid.width, y: whole.height / grid.height }
}

const findingOf = (prediction: Json, ratio: { x: number; y: number }): Finding => {
  // a gaze is that of a face
  const found = isObject(prediction.face) ? prediction.face : prediction
  return {
    prediction,
    class: String(found.class),
    confidence: typeof found.confidence === 'number' ? found.confidence : Number.NaN,
    box: boxOf(found, ratio),
  }
}

const boxOf = (found: Json, ratio: { x: number; y: number }): Box | undefined => {
  const { x, y, width, height } = found as Record<'x' | 'y' | 'width' | 'height', number>
  if (![x, y, width, height].every(Number.isFinite) || width <= 0 || height <= 0) return undefined
  return {
    left: (x - width / 2) * ratio.x,
    top: (y - height / 2) * ratio.y,
    right: (x + width / 2) * ratio.x,
    bottom: (y + height / 2) * ratio.y,
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSize = (value: unknown): value is Size =>
  isObject(value) && [value.width, value.height].every((side) => Number.isFinite(side) && Number(side) > 0)
