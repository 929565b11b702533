import type { InferenceConfiguration } from '../../configuration/inference-configuration'
import type { EncodedImage } from '../../http/body'
import type { LoadOptions } from '../../images/load-image'
import type { Size } from '../../images/size'

/** How one API version is asked about images for one model. */
export interface InferenceRoute {
  configuration: InferenceConfiguration
  signal: AbortSignal | undefined
  loading: LoadOptions
  /** The largest size that is of use to the model. */
  limit: Size
  /** Images are handed over as they came: nothing is saved by shrinking them. */
  isLocal: boolean
  /** How many images one request takes. */
  batchSize: number
  /** Sends one request and returns an answer for each of its images, in order. */
  post(images: EncodedImage[], signal: AbortSignal | undefined): Promise<unknown[]>
}
