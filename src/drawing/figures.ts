import type { Size } from '../images/size'
import type { Box } from '../predictions/findings'
import type { Point } from '../predictions/region'
import { isRleMask } from '../predictions/rle'
import { outlineOfRle } from './mask-outline'

/** One thing that an answer says about an image, whatever kind of answer it is. */
export interface Figure {
  /** Its class, or its text; empty for what needs no label. */
  name: string
  classId?: number | undefined
  confidence?: number | undefined
  trackerId?: string | undefined
  /** Undefined for what is said of the whole image. */
  box?: Box | undefined
  /** Whether it has a place at all; one whose box is not made of numbers has none that is known. */
  isPlaced: boolean
  outline?: Point[][]
  keypoints?: (Point & { name: string })[]
  /** Where it looks, in radians. */
  gaze?: { yaw: number; pitch: number }
}

type Fields = Record<string, unknown>

/** Any of our answers → what is to be drawn, in pixels of an image of this size. */
export const figuresOf = (answer: object, size: Size): Figure[] => {
  const { predictions, predicted_classes: classes, result, top } = answer as Fields
  const ratio = ratioOf(answer as Fields, size)
  if (typeof top === 'string') return topOf(answer as Fields)
  if (Array.isArray(classes)) return classes.map((name) => labelOf(name, predictions))
  const list = Array.isArray(predictions) ? predictions.filter(isObject) : []
  if (typeof result === 'string') return list.length > 0 ? textsOf(list, result, ratio, size) : [tag(result)]
  return list.map((prediction) =>
    isObject(prediction.face) ? faceOf(prediction, ratio, size) : figureOf(prediction, ratio, size),
  )
}

interface Ratio {
  x: number
  y: number
}

/** An answer in other pixels, those of an image that was resized since or of masks, is drawn where it belongs. */
const ratioOf = ({ image }: Fields, size: Size): Ratio => {
  const { width, height } = (isObject(image) ? image : {}) as Partial<Size>
  const ratio = (length: number, of: unknown) => (isNumber(of) && of > 0 ? length / of : 1)
  return { x: ratio(size.width, width), y: ratio(size.height, height) }
}

/** What has one of these has a place, whether it makes sense or not. */
const places = ['x', 'y', 'width', 'height', 'points', 'keypoints', 'rle', 'rle_mask']

const figureOf = (prediction: Fields, ratio: Ratio, size: Size): Figure => {
  const { class: name, class_id: id, confidence, tracker_id: tracker, points, keypoints } = prediction
  const box = boxOf(prediction, ratio)
  const outline = maskOf(prediction, size) ?? (Array.isArray(points) ? [pointsOf(points, ratio)] : [])
  return {
    name: text(name),
    classId: isNumber(id) ? id : undefined,
    confidence: isNumber(confidence) ? confidence : undefined,
    trackerId: isNumber(tracker) || typeof tracker === 'string' ? String(tracker) : undefined,
    box,
    isPlaced: places.some((field) => field in prediction),
    outline: outline.filter((ring) => ring.length > 2),
    keypoints: Array.isArray(keypoints) ? pointsOf(keypoints, ratio) : [],
  }
}

/** The best class of an image. */
const topOf = ({ top, predictions, confidence }: Fields): Figure[] => {
  if (top === '') return []
  const list = Array.isArray(predictions) ? predictions.filter(isObject) : []
  const best = list.find((prediction) => prediction.class === top)
  return [tag(text(top), { confidence, ...best })]
}

const labelOf = (name: unknown, predictions: unknown): Figure => {
  const known = isObject(predictions) && Object.hasOwn(predictions, text(name))
  const label = known ? predictions[text(name)] : undefined
  return tag(text(name), isObject(label) ? label : {})
}

const tag = (name: string, { confidence, class_id: id }: Fields = {}): Figure => ({
  name,
  classId: isNumber(id) ? id : undefined,
  confidence: isNumber(confidence) ? confidence : undefined,
  isPlaced: false,
})

/**
 * The boxes of a text. Most engines say what stands in a box; newer ones of DocTR say whether it is a word, a line or
 * a block, and the text has the words in the order of their boxes.
 */
const textsOf = (list: Fields[], result: string, ratio: Ratio, size: Size): Figure[] => {
  const figures = list.map((prediction) => figureOf(prediction, ratio, size))
  if (!figures.every(({ name }) => ['word', 'line', 'block'].includes(name))) return figures
  const words = result.split(/\s+/).filter(Boolean)
  const isComplete = figures.filter(({ name }) => name === 'word').length === words.length
  return figures.map((figure) => ({
    ...figure,
    name: figure.name === 'word' && isComplete ? (words.shift() ?? '') : '',
    confidence: undefined,
  }))
}

const faceOf = ({ face, yaw, pitch }: Fields, ratio: Ratio, size: Size): Figure => {
  const { landmarks, ...rest } = face as Fields
  const figure = figureOf({ ...rest, keypoints: landmarks }, ratio, size)
  return isNumber(yaw) && isNumber(pitch) ? { ...figure, gaze: { yaw, pitch } } : figure
}

/** Undefined where it is not made of numbers. */
const boxOf = ({ x, y, width, height }: Fields, ratio: Ratio): Box | undefined => {
  if (!isNumber(x) || !isNumber(y) || !isNumber(width) || !isNumber(height)) return undefined
  const [w, h] = [Math.abs(width), Math.abs(height)]
  return {
    left: (x - w / 2) * ratio.x,
    top: (y - h / 2) * ratio.y,
    right: (x + w / 2) * ratio.x,
    bottom: (y + h / 2) * ratio.y,
  }
}

const pointsOf = (list: unknown[], ratio: Ratio): (Point & { name: string })[] =>
  list.flatMap((point) => {
    const { x, y, class: name } = isObject(point) ? point : ({} as Fields)
    return isNumber(x) && isNumber(y) ? [{ x: x * ratio.x, y: y * ratio.y, name: text(name) }] : []
  })

/** A mask is of the whole image, whatever its own resolution. */
const maskOf = ({ rle, rle_mask: other }: Fields, size: Size): Point[][] | undefined => {
  const mask = [rle, other].find(isRleMask)
  if (!mask) return undefined
  const [height, width] = mask.size
  const [x, y] = [size.width / width, size.height / height]
  return outlineOfRle(mask).map((ring) => ring.map((point) => ({ x: point.x * x, y: point.y * y })))
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''
