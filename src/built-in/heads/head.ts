import type { Size } from '../../images/size'
import type { Detection } from '../nms'

/** What is known of an output before a model runs: a length that is not fixed has a name, or none. */
export interface OutputShape {
  name: string
  dims: readonly (number | string)[]
}

/** A tensor that came out of a model. */
export interface Output extends OutputShape {
  dims: readonly number[]
  data: Float32Array
}

export interface Thresholds {
  confidence: number
  iouThreshold: number
  classAgnostic: boolean
}

/** What reads a kind of model's outputs. */
export interface Head {
  /** For people. */
  name: string
  /** As Roboflow calls models of the kind. */
  modelType: string
  /** How many classes the outputs tell apart; undefined where they do not say, null where they are those of another head. */
  classesIn(outputs: readonly OutputShape[]): number | undefined | null
  /** What was found in the first image of a batch, the most confident first; `frame` is what the coordinates are of. */
  detect(outputs: readonly Output[], thresholds: Thresholds, frame: Size): Detection[]
}
