import { checkOptions, count, type Kind, length } from '../configuration/check-options'
import { oneOf, types } from '../configuration/value-types'
import { type CutOptions, cutOut, type Rectangle } from '../images/crop'
import { loadImage } from '../images/load-image'
import type { ImageReference } from '../images/references'
import type { Size } from '../images/size'
import { sentence } from '../sentence'
import type { GazeAnswer, InferenceAnswer, OcrAnswer } from './answers'
import { best, takenBy } from './filter-predictions'
import { type Box, type Finding, findingsOf, imageSizeOf } from './findings'

export interface CropOptions extends CutOptions {
  /** Names of classes; all where there are none. */
  classes?: readonly string[] | undefined
  /** What is cut out on each side of a box besides, in pixels, or as a `fraction` of its width and height (0). */
  padding?: number | undefined
  paddingUnit?: 'pixels' | 'fraction' | undefined
  /** Pixels that the shorter side of a box must have at least (1). */
  minSize?: number | undefined
  /** How many are cut out at most: those of the highest confidence. */
  maxCount?: number | undefined
}

const kinds: Record<keyof CropOptions, Kind> = {
  classes: types.list,
  padding: length,
  paddingUnit: oneOf(['pixels', 'fraction']),
  minSize: length,
  maxCount: count,
  format: oneOf(['jpeg', 'png']),
  maxSide: count,
  signal: { fits: (value) => value instanceof AbortSignal, expected: sentence`an AbortSignal` },
}

type AnyAnswer = InferenceAnswer | GazeAnswer | OcrAnswer

/** A part of an image, encoded, and what is on it. */
export interface CutOut<Answer = AnyAnswer> {
  image: Buffer
  prediction: Answer extends { predictions?: (infer Prediction)[] | null } ? Prediction : never
}

/**
 * Cuts each prediction that has a box out of the image that it belongs to, in the answer's order. Boxes end at the
 * image's edge; what lies beyond it, or has no size, is left out. Where the image is of another size than the one that
 * was predicted on, boxes are scaled. Throws `EncodingError` for an image that cannot be decoded, and
 * `InvalidParameterError` for an impossible option.
 */
export const cropPredictions = async <Answer extends AnyAnswer>(
  reference: ImageReference,
  answer: Answer,
  options: CropOptions = {},
): Promise<CutOut<Answer>[]> => {
  checkOptions(options, kinds)
  const { classes, format, maxSide, signal } = options
  const findings = takenBy({ classes }, findingsOf({ ...answer })).filter(({ box }) => box)
  // nothing is decoded in vain
  if (findings.length === 0) return []
  let cut: Place[] = []
  const places = (size: Size) => {
    cut = placesOf(findings, scaleTo(size, imageSizeOf({ ...answer })), size, options)
    return cut.map(({ place }) => place)
  }
  const images = await cutOut(await loadImage(reference), places, { format, maxSide, signal })
  return images.map((image, index) => ({
    image,
    prediction: cut[index]?.finding.prediction as CutOut<Answer>['prediction'],
  }))
}

interface Place {
  finding: Finding
  place: Rectangle
}

const scaleTo = (size: Size, predictedOn: Size = size): { x: number; y: number } => ({
  x: size.width / predictedOn.width,
  y: size.height / predictedOn.height,
})

// fractions of a pixel that sums of numbers are wrong by
const tolerance = 1e-6

const placesOf = (
  findings: readonly Finding[],
  scale: { x: number; y: number },
  size: Size,
  { padding = 0, paddingUnit, minSize = 1, maxCount = Number.POSITIVE_INFINITY }: CropOptions,
): Place[] => {
  const places = new Map<Finding, Rectangle>()
  for (const finding of findings) {
    const box = clipped(scaled(finding.box as Box, scale), size)
    if (Math.min(box.right - box.left, box.bottom - box.top) < Math.max(1, minSize) - tolerance) continue
    places.set(finding, wholePixels(clipped(padded(box, padding, paddingUnit === 'fraction'), size)))
  }
  return best([...places.keys()], maxCount).map((finding) => ({
    finding,
    place: places.get(finding) as Rectangle,
  }))
}

const scaled = ({ left, top, right, bottom }: Box, { x, y }: { x: number; y: number }): Box => ({
  left: left * x,
  top: top * y,
  right: right * x,
  bottom: bottom * y,
})

const clipped = ({ left, top, right, bottom }: Box, { width, height }: Size): Box => ({
  left: Math.max(0, left),
  top: Math.max(0, top),
  right: Math.min(width, right),
  bottom: Math.min(height, bottom),
})

const padded = ({ left, top, right, bottom }: Box, padding: number, isFraction: boolean): Box => {
  const x = isFraction ? padding * (right - left) : padding
  const y = isFraction ? padding * (bottom - top) : padding
  return { left: left - x, top: top - y, right: right + x, bottom: bottom + y }
}

/** The pixels that lie in a box by more than half, of a box that is a pixel wide and high at least. */
const wholePixels = ({ left, top, right, bottom }: Box): Rectangle => {
  const [x, y] = [Math.round(left), Math.round(top)]
  return {
    left: x,
    top: y,
    width: Math.max(1, Math.round(right) - x),
    height: Math.max(1, Math.round(bottom) - y),
  }
}
