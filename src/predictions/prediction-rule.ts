import { count, fraction, type Kind, length } from '../configuration/check-options'
import { oneOf, types } from '../configuration/value-types'
import { sentence } from '../sentence'

/** What a prediction has to be like; what is left out does not matter. */
export interface PredictionRule {
  /** Names of classes; all where there are none. */
  classes?: readonly string[] | undefined
  /** 0 to 1 */
  minConfidence?: number | undefined
  /** 0 to 1 */
  maxConfidence?: number | undefined
  /** What of its box has a least and a greatest size (`area`). */
  sizeOf?: 'area' | 'width' | 'height' | undefined
  minSize?: number | undefined
  maxSize?: number | undefined
  /** Left, top, right and bottom of a rectangle; or corners of a polygon, x and y in turn: six numbers or more. */
  region?: readonly number[] | undefined
  /** What has to lie in the region: the box's `centre` (the default), or the whole `box`. */
  regionOf?: 'centre' | 'box' | undefined
  /** What sizes and region are in: `pixels` (the default), or a `fraction` of the image's width, height or area. */
  unit?: 'pixels' | 'fraction' | undefined
  /** How many are taken at most in each image, of those that are like this. */
  top?: number | undefined
  /** Which ones those are: of the highest `confidence` (the default), or of the largest `size`. */
  topBy?: 'confidence' | 'size' | undefined
}

export const ruleKinds: Record<keyof PredictionRule, Kind> = {
  classes: types.list,
  minConfidence: fraction,
  maxConfidence: fraction,
  sizeOf: oneOf(['area', 'width', 'height']),
  minSize: length,
  maxSize: length,
  region: {
    fits: (value) =>
      Array.isArray(value) && value.length >= 4 && value.length % 2 === 0 && value.every(types.number.fits),
    expected: sentence`left, top, right and bottom, or x and y of three corners or more`,
  },
  regionOf: oneOf(['centre', 'box']),
  unit: oneOf(['pixels', 'fraction']),
  top: count,
  topBy: oneOf(['confidence', 'size']),
}
