import type { Size } from '../images/size'
import { isRleMask, resizeRle } from './rle'

type Answer = Record<string, unknown>

/**
 * Turns an answer for a shrunk image into the one for the untouched image: `image`, boxes, points, keypoints and
 * masks, in place. Each side has its own ratio, as sides were rounded to whole pixels when the image was shrunk.
 */
export const scaleAnswer = (answer: Answer, sent: Size, original: Size): void => {
  if (answer.is_stub) return
  if (isOnMaskGrid(answer)) {
    scaleMaskGrid(answer, original)
    return
  }
  if (isObject(answer.image)) Object.assign(answer.image, original)
  if (!Array.isArray(answer.predictions)) return
  const ratio = { x: original.width / sent.width, y: original.height / sent.height }
  for (const prediction of answer.predictions)
    if (isObject(prediction)) scalePrediction(prediction, ratio, original)
}

/**
 * Whether the server turned an image on its side: the answer's own size tells. Where it tells nothing it did, as
 * servers do unless a data set was made without: there is no size, or a square one, or it is an answer of several
 * labels, in which servers with the classic engine (1.8.3) swap the sides by mistake.
 */
export const isTurned = (
  { image, original_image, predictions }: Answer,
  { width, height }: Size,
): boolean => {
  const size = original_image ?? image
  if (!isObject(size) || !Array.isArray(predictions) || width === height) return true
  return size.width !== width || size.height !== height
}

interface Ratio {
  x: number
  y: number
}

const scalePrediction = (prediction: Answer, ratio: Ratio, original: Size): void => {
  scalePoint(prediction, ratio)
  for (const list of [prediction.points, prediction.keypoints]) {
    if (Array.isArray(list)) for (const point of list) if (isObject(point)) scalePoint(point, ratio)
  }
  for (const name of ['rle', 'rle_mask']) {
    const mask = prediction[name]
    if (isRleMask(mask)) prediction[name] = resizeRle(mask, original.width, original.height)
  }
}

const scalePoint = (point: Answer, ratio: Ratio): void => {
  for (const [name, by] of [
    ['x', ratio.x],
    ['y', ratio.y],
    ['width', ratio.x],
    ['height', ratio.y],
  ] as const) {
    const value = point[name]
    if (typeof value === 'number') point[name] = value * by
  }
}

// Masks in the model's own resolution: they stay as they are, and the answer says how to get to the image.
const isOnMaskGrid = ({ mask_metadata: grid, original_image: image }: Answer): boolean =>
  isObject(grid) && grid.coordinate_system === 'mask_grid' && isObject(image)

const scaleMaskGrid = (answer: Answer, original: Size): void => {
  const grid = answer.mask_metadata as Answer & Size
  Object.assign(answer.original_image as Answer, original)
  Object.assign(grid, { scale_x: original.width / grid.width, scale_y: original.height / grid.height })
}

const isObject = (value: unknown): value is Answer => typeof value === 'object' && value !== null
