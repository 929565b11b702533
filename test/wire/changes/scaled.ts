import type { Expected } from '../replay/expected'
import { roundedToEven, type Size } from '../replay/images'
import type { Case } from '../replay/recorded'
import { isList, orientationOf } from './inputs'
import { answerTo, resultFor, type Sent, sdkFactor, sentOf, setResult, shrunkTo, swapped } from './sent'

/** An image that was shrunk. */
export interface Shrunk extends Sent {
  full: Size
  /** How much larger it is than what was sent, side by side. */
  x: number
  y: number
  /** What the SDK divides by. */
  factor: number
}

export const shrunkOf = (recorded: Case, expected: Expected): Shrunk[] =>
  sentOf(recorded, expected).flatMap((sent) => {
    const stored = sent.input.image?.stored
    const storedSize = shrunkTo(recorded, expected, sent.input)
    if (!stored || !storedSize) return []
    const isTurned = orientationOf(recorded, sent.input) > 4 && !same(sizeIn(answerTo(sent)), storedSize)
    const [full, size] = isTurned ? [swapped(stored), swapped(storedSize)] : [stored, storedSize]
    const factor = sdkFactor(recorded, expected, sent.input)
    return [{ ...sent, full, x: full.width / size.width, y: full.height / size.height, factor }]
  })

/** The size of the image as the server saw it. */
const sizeIn = (answer: unknown): Partial<Size> => {
  const { image, original_image } = (answer ?? {}) as {
    image?: Partial<Size>
    original_image?: Partial<Size>
  }
  const { width, height } = { ...image, ...original_image }
  return { width, height }
}

type Values = Record<string, unknown>

const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null

/** What the SDK scaled by one factor is scaled by each side's own ratio; `image` is the image's own size. */
export const withOwnRatios = (recorded: Case, expected: Expected): Expected => {
  for (const shrunk of shrunkOf(recorded, expected)) {
    const answer = answerTo(shrunk)
    const result = resultFor(recorded, expected, shrunk)
    setResult(recorded, expected, shrunk, rescaled(answer, result, shrunk))
  }
  return expected
}

const rescaled = (answer: unknown, result: unknown, shrunk: Shrunk): unknown => {
  if (!isObject(answer) || !isObject(result)) return result
  if (Array.isArray(result)) return result.map((item, index) => rescaled(at(answer, index), item, shrunk))
  const { full, x, y, factor } = shrunk
  const ratios: Record<string, number> = { x, width: x, y, height: y }
  const entries = Object.entries(result).map(([name, value]) => {
    const original = answer[name]
    if (name === 'image' || name === 'original_image')
      return [name, same(value, divided(original, factor)) ? withSize(original, full) : value]
    if (name === 'scale_x') return [name, full.width / Number(answer.width)]
    if (name === 'scale_y') return [name, full.height / Number(answer.height)]
    const ratio = ratios[name]
    const isScaled = typeof value === 'number' && value !== original && ratio
    return [name, isScaled ? value * factor * ratio : rescaled(original, value, shrunk)]
  })
  return Object.fromEntries(entries)
}

/** What else is in `image` stays. */
const withSize = (image: unknown, { width, height }: Size): Values => ({
  ...(image as Values),
  width,
  height,
})

/** The size that the SDK comes back to. */
const divided = (size: unknown, factor: number): Size | undefined => {
  const { width, height } = (size ?? {}) as Partial<Size>
  if (width === undefined || height === undefined) return undefined
  return { width: roundedToEven(width / factor), height: roundedToEven(height / factor) }
}

const at = (list: Values, index: number): unknown => (Array.isArray(list) ? list[index] : undefined)

const same = (value: unknown, other: unknown): boolean => JSON.stringify(value) === JSON.stringify(other)

interface Prediction extends Values {
  points?: Values[]
  keypoints?: Values[]
}

const predictionsIn = (answer: unknown): Prediction[] => {
  const { predictions } = (isObject(answer) ? answer : {}) as { predictions?: unknown }
  return Array.isArray(predictions) ? predictions : []
}

/** Predictions of which the SDK leaves something unscaled: it looks at the first one only, and at points first. */
export const isMixed = (answer: unknown): boolean => {
  const predictions = predictionsIn(answer)
  const kinds = new Set(predictions.map(({ points, keypoints }) => `${!!points} ${!!keypoints}`))
  return kinds.size > 1 || predictions.some(({ points, keypoints }) => points && keypoints)
}

/** Scales every prediction by what it has. */
export const withAllScaled = (recorded: Case, expected: Expected): Expected => {
  if (expected.error) succeeding(recorded, expected)
  for (const each of shrunkOf(recorded, expected)) {
    const answer = answerTo(each)
    const result = resultFor(recorded, expected, each)
    if (!isObject(answer) || !isObject(result)) continue
    const before = predictionsIn(answer)
    const predictions = predictionsIn(result).map((prediction, index) =>
      withRestScaled(prediction, before[index] ?? {}, each),
    )
    const image =
      same(result.image, answer.image) && result.image ? withSize(answer.image, each.full) : result.image
    setResult(recorded, expected, each, { ...result, image, predictions })
  }
  return expected
}

/** What is as the server sent it is scaled; the other fields are already. */
const withRestScaled = (prediction: Prediction, sent: Prediction, shrunk: Shrunk): Prediction => {
  const entries = Object.entries(scaled(sent, shrunk)).filter(([name]) => same(prediction[name], sent[name]))
  return { ...prediction, ...Object.fromEntries(entries) }
}

/** The call ends with the server's answers as they are. */
const succeeding = (recorded: Case, expected: Expected): void => {
  const answers = sentOf(recorded, expected).map(answerTo)
  expected.error = undefined
  expected.result = isList(recorded) ? answers : answers[0]
}

const scaled = (prediction: Prediction, shrunk: Shrunk): Prediction => {
  const { x, y } = shrunk
  const changed: Prediction = { ...prediction }
  for (const [name, ratio] of Object.entries({ x, width: x, y, height: y })) {
    if (typeof prediction[name] === 'number') changed[name] = (prediction[name] as number) * ratio
  }
  for (const list of ['points', 'keypoints'] as const) {
    const points = prediction[list]
    if (points) changed[list] = points.map((point) => scaled(point, shrunk))
  }
  return changed
}

/** Masks become as large as the image. */
export const withMasksScaled = (recorded: Case, expected: Expected): Expected => {
  for (const each of shrunkOf(recorded, expected)) {
    const { width, height } = each.full
    const result = resultFor(recorded, expected, each)
    // masks in the model's own resolution stay as they are
    if (isObject(result) && result.mask_metadata) continue
    for (const prediction of predictionsIn(result)) {
      for (const name of ['rle', 'rle_mask']) {
        const mask = prediction[name]
        if (isObject(mask)) prediction[name] = { $mask: { size: [height, width], madeFrom: mask } }
      }
    }
  }
  return expected
}
