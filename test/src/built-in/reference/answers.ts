import fs from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import type { ObjectDetectionPrediction } from '../../../../src/index'
import { paintPixels, type Rectangle } from '../../../support/images'

const root = path.join(__dirname, '../../../..')

type Picture =
  | { file: string; frame?: number }
  /** Left, top, right, bottom and colour of each. */
  | { width: number; height: number; rectangles: [number, number, number, number, Rectangle['color']][] }

/** Class, left, top, right, bottom, confidence. */
type Row = readonly [number, number, number, number, number, number]

/** What the inference server's default engine finds in whole pictures: see record_answers.py. */
export interface Answers {
  /** Of the confidence, and of the overlap. */
  thresholds: [number, number][]
  recorded: {
    models: string
    id: string
    /** `found`: for each pair of thresholds. */
    answers: { picture: Picture; found: Row[][] }[]
  }[]
}

/** Those that are kept here, or others of the same kind that `ANSWERS` names. */
export const answers: Answers = JSON.parse(
  fs.readFileSync(process.env.ANSWERS ?? path.join(__dirname, 'answers.json'), 'utf8'),
)

/** A path that record_answers.py wrote. */
export const placeOf = (written: string): string => path.resolve(root, written)

/** A picture's bytes. */
export const bytesOf = async (picture: Picture): Promise<Buffer> => {
  if ('file' in picture) {
    const bytes = fs.readFileSync(placeOf(picture.file))
    return picture.frame === undefined ? bytes : frameOf(bytes, picture.frame)
  }
  const { width, height } = picture
  const rectangles = picture.rectangles.map(([left, top, right, bottom, color]) => ({
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    width: right - left,
    height: bottom - top,
    color,
  }))
  return sharp(paintPixels(width, height, rectangles), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

/** Of JPEGs one after the other. */
const frameOf = (video: Buffer, index: number): Buffer => {
  const frame = video.toString('latin1').match(/\xff\xd8\xff.*?\xff\xd9/gs)?.[index]
  if (!frame) throw new Error(`The video has no frame ${index}.`)
  return Buffer.from(frame, 'latin1')
}

const rowOf = ({ x, y, width, height, confidence, class_id }: ObjectDetectionPrediction): Row => [
  class_id,
  x - width / 2,
  y - height / 2,
  x + width / 2,
  y + height / 2,
  confidence,
]

const area = ([, left, top, right, bottom]: Row): number =>
  Math.max(right - left, 0) * Math.max(bottom - top, 0)

const overlap = (a: Row, b: Row): number => {
  const shared = area([
    0,
    Math.max(a[1], b[1]),
    Math.max(a[2], b[2]),
    Math.min(a[3], b[3]),
    Math.min(a[4], b[4]),
    0,
  ])
  return shared / (area(a) + area(b) - shared)
}

/** The same object: same class, IoU of at least 0.98 or every edge within a pixel, confidence within 0.01. */
const isSame = (a: Row, b: Row): boolean =>
  a[0] === b[0] &&
  Math.abs(a[5] - b[5]) <= 0.01 &&
  (overlap(a, b) >= 0.98 || ([1, 2, 3, 4] as const).every((edge) => Math.abs(a[edge] - b[edge]) <= 1))

export interface Comparison {
  /** Predictions that both gave. */
  same: number
  /** Those that only one gave, though not within 0.02 of the threshold. */
  missing: Row[]
  extra: Row[]
}

/** Our predictions beside the engine's, whatever their order. */
export const compared = (
  predictions: readonly ObjectDetectionPrediction[],
  expected: readonly Row[],
  threshold: number,
): Comparison => {
  const extra = predictions.map(rowOf)
  const missing = expected.filter((row) => {
    const at = extra.findIndex((candidate) => isSame(candidate, row))
    if (at >= 0) extra.splice(at, 1)
    return at < 0
  })
  const isClear = (row: Row) => Math.abs(row[5] - threshold) >= 0.02
  return {
    same: expected.length - missing.length,
    missing: missing.filter(isClear),
    extra: extra.filter(isClear),
  }
}
