import { checkOptions } from '../configuration/check-options'
import { InvalidParameterError } from '../errors'
import { sentence } from '../sentence'
import type { GazeAnswer, InferenceAnswer, OcrAnswer } from './answers'
import { type Box, type Finding, findingsOf, imageSizeOf, withFindings } from './findings'
import { type PredictionRule, ruleKinds } from './prediction-rule'
import { holdsBox, holdsPoint, type Point, polygonOf } from './region'

type AnyAnswer = InferenceAnswer | GazeAnswer | OcrAnswer

/**
 * A copy of an answer, or of each of a batch, with the predictions that a rule takes; of several rules, one at least.
 * An answer of a single label keeps its `top` where a rule takes that, else it is empty. What has no box is in no
 * region and of no size. Throws `InvalidParameterError` for a rule that is none.
 */
export const filterPredictions = <Answers extends AnyAnswer | readonly AnyAnswer[]>(
  answers: Answers,
  rules: PredictionRule | readonly PredictionRule[],
): Answers => ofEach(answers, listOf(rules), (taken) => taken)

/** The same with the predictions that no rule takes. */
export const rejectPredictions = <Answers extends AnyAnswer | readonly AnyAnswer[]>(
  answers: Answers,
  rules: PredictionRule | readonly PredictionRule[],
): Answers =>
  ofEach(answers, listOf(rules), (taken, all) => {
    const gone = new Set(taken)
    return all.filter((finding) => !gone.has(finding))
  })

const listOf = (rules: PredictionRule | readonly PredictionRule[]): readonly PredictionRule[] =>
  Array.isArray(rules) ? rules : [rules as PredictionRule]

const ofEach = <Answers>(
  answers: Answers,
  rules: readonly PredictionRule[],
  choose: (taken: Finding[], all: Finding[]) => Finding[],
): Answers => {
  for (const rule of rules) checkOptions(rule, ruleKinds)
  const one = (answer: object): object => {
    const all = findingsOf(answer as Record<string, unknown>)
    const taken = new Set(rules.flatMap((rule) => takenBy(rule, all, imageSizeOf({ ...answer }))))
    return withFindings(
      answer,
      choose(
        all.filter((finding) => taken.has(finding)),
        all,
      ),
    )
  }
  return (Array.isArray(answers) ? answers.map(one) : one(answers as object)) as Answers
}

/** The findings of one image that a rule takes. */
export const takenBy = (
  rule: PredictionRule,
  findings: readonly Finding[],
  image?: { width: number; height: number },
): Finding[] => {
  const { classes = [], minConfidence, maxConfidence, top, topBy } = rule
  const names = new Set(classes)
  const fits = boxTest(rule, image)
  const like = findings.filter(
    ({ class: name, confidence, box }) =>
      (names.size === 0 || names.has(name)) &&
      isBetween(confidence, minConfidence, maxConfidence) &&
      fits(box),
  )
  return top === undefined ? like : best(like, top, topBy)
}

/** The best of some findings, in their order; the first of equals. */
export const best = (
  findings: readonly Finding[],
  count: number,
  by: 'confidence' | 'size' = 'confidence',
): Finding[] => {
  const value = ({ confidence, box }: Finding) => (by === 'size' ? (box ? areaOf(box) : 0) : confidence || 0)
  const chosen = new Set([...findings].sort((a, b) => value(b) - value(a)).slice(0, count))
  return findings.filter((finding) => chosen.has(finding))
}

// what is no number is not between two
const isBetween = (value: number, least?: number, most?: number): boolean =>
  (least === undefined || value >= least) && (most === undefined || value <= most)

const widthOf = ({ left, right }: Box): number => right - left
const heightOf = ({ top, bottom }: Box): number => bottom - top
const areaOf = (box: Box): number => widthOf(box) * heightOf(box)

/** The test that a box has to pass; one that is not there passes where nothing is asked of it. */
const boxTest = (
  rule: PredictionRule,
  image: { width: number; height: number } | undefined,
): ((box: Box | undefined) => boolean) => {
  const { sizeOf = 'area', minSize, maxSize, region, regionOf } = rule
  const hasSize = minSize !== undefined || maxSize !== undefined
  if (!hasSize && !region) return () => true
  const unit = unitOf(rule, image)
  const measure = {
    area: (box: Box) => areaOf(box) / (unit.x * unit.y),
    width: (box: Box) => widthOf(box) / unit.x,
    height: (box: Box) => heightOf(box) / unit.y,
  }[sizeOf]
  const polygon = region && polygonOf(region, unit)
  return (box) => {
    if (!box || (hasSize && !isBetween(measure(box), minSize, maxSize))) return false
    if (!polygon) return true
    return regionOf === 'box' ? holdsBox(polygon, box) : holdsPoint(polygon, centreOf(box))
  }
}

const centreOf = ({ left, top, right, bottom }: Box): Point => ({
  x: (left + right) / 2,
  y: (top + bottom) / 2,
})

/** How many pixels 1 is. */
const unitOf = ({ unit }: PredictionRule, image: { width: number; height: number } | undefined): Point => {
  if (unit !== 'fraction') return { x: 1, y: 1 }
  if (image) return { x: image.width, y: image.height }
  throw new InvalidParameterError(
    sentence`The answer does not tell how large its image is.`,
    sentence`Give sizes and regions in pixels.`,
  )
}
