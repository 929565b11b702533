import { type InferenceConfiguration, settingOf } from '../../configuration/configuration'
import { InvalidResponseError } from '../../errors'
import { EncodedImage } from '../../http/body'
import { type PreparedImage, prepareImage, swapped } from '../../images/downsizing'
import { type LoadOptions, loadImage } from '../../images/load-image'
import type { ImageReference } from '../../images/references'
import type { Size } from '../../images/size'
import { decodeAnomalyMap } from '../../predictions/anomaly-map'
import { filterClasses } from '../../predictions/filter-classes'
import { isTurned, scaleAnswer } from '../../predictions/scale'
import { decodeVisualisation } from '../../predictions/visualisation'
import { answerPerImage, type Images, overImages } from './over-images'

/** How API v0 or v1 is asked about images. */
export interface ImagesCall {
  configuration: InferenceConfiguration
  signal: AbortSignal | undefined
  loading: LoadOptions
  /** The largest size that is of use to the model. */
  limit: Size
  /** How many images one request takes. */
  batchSize: number
  /** Sends one request and returns an answer for each of its images, in order. */
  post(images: EncodedImage[], signal: AbortSignal | undefined): Promise<unknown[]>
}

/** Loads, shrinks and sends images, and makes the answers fit the images as they came. */
export const inferImages = (call: ImagesCall, images: Images): Promise<unknown> =>
  overImages<PreparedImage, unknown>(images, {
    batchSize: call.batchSize,
    atOnce: settingOf(call.configuration, 'maxConcurrentRequests'),
    signal: call.signal,
    load: (image, signal) => prepare(call, image, signal),
    ask: (prepared, signal) => ask(call, prepared, signal),
  })

/** Loads an image, and shrinks it to what is of use to the model. */
export const prepare = async (
  { configuration, loading, limit }: ImagesCall,
  image: ImageReference,
  signal: AbortSignal | undefined,
): Promise<PreparedImage> => {
  const within = settingOf(configuration, 'clientDownsizingDisabled') ? undefined : limit
  return prepareImage(
    await loadImage(image, { ...loading, signal }),
    within,
    !configuration.disablePreprocAutoOrientation,
  )
}

/** Sends one request; the answers, in order, fit the images before they were shrunk. */
export const ask = async (
  { configuration, post }: ImagesCall,
  images: PreparedImage[],
  signal: AbortSignal | undefined,
): Promise<unknown[]> => {
  const sent = images.map(({ bytes }) => new EncodedImage(bytes))
  const answers = answerPerImage(images, await post(sent, signal))
  return Promise.all(answers.map((answer, index) => finish(answer, images[index], configuration)))
}

const finish = async (
  answer: unknown,
  image: PreparedImage | undefined,
  configuration: InferenceConfiguration,
): Promise<unknown> => {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new InvalidResponseError("The server's answer has no predictions.")
  }
  const finished = filterClasses(answer, configuration.classFilter) as Record<string, unknown>
  if (!['predictions', 'visualization', 'is_stub'].some((name) => name in finished)) {
    throw new InvalidResponseError("The server's answer has no predictions.")
  }
  const drawn = finished.visualization
  if (typeof drawn === 'string' || Buffer.isBuffer(drawn)) {
    const bytes = Buffer.isBuffer(drawn) ? drawn : Buffer.from(drawn, 'base64')
    const format = settingOf(configuration, 'outputVisualisationFormat')
    finished.visualization = await decodeVisualisation(bytes, format)
  }
  if (finished.anomaly_map) finished.anomaly_map = decodeAnomalyMap(finished.anomaly_map)
  const { shrunkFrom, sentSize, liesOnSide } = image ?? {}
  if (!shrunkFrom || !sentSize) return finished
  if (liesOnSide && isTurned(finished, sentSize))
    scaleAnswer(finished, swapped(sentSize), swapped(shrunkFrom))
  else scaleAnswer(finished, sentSize, shrunkFrom)
  return finished
}
