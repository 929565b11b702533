import type { Size } from '../../images/size'
import type { Detection } from '../nms'

/** A tensor that came out of a model. */
export interface Output {
  name: string
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
  /** How many classes the outputs of one image tell apart; undefined where they do not say, null where they are others. */
  classesIn(outputs: readonly Output[]): number | undefined | null
  /** What was found in the first image of a batch, the most confident first; `frame` is what the coordinates are of. */
  detect(outputs: readonly Output[], thresholds: Thresholds, frame: Size): Detection[]
}
