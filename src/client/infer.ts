import { settingOf } from '../configuration/configuration'
import type { InferenceConfiguration } from '../configuration/inference-configuration'
import { InvalidResponseError } from '../errors'
import { EncodedImage } from '../http/body'
import { type PreparedImage, prepareImage, swapped } from '../images/downsizing'
import { loadImage } from '../images/load-image'
import type { ImageReference } from '../images/references'
import { decodeAnomalyMap } from '../predictions/anomaly-map'
import { filterClasses } from '../predictions/filter-classes'
import { isTurned, scaleAnswer } from '../predictions/scale'
import { decodeVisualisation } from '../predictions/visualisation'
import { sentence } from '../sentence'
import { routeOfV0 } from './infer-v0'
import { routeOfV1 } from './infer-v1'
import type { InferOptions } from './options'
import type { ClientContext } from './shared/context'
import { answerPerImage, type Images, inBatches } from './shared/in-batches'
import type { InferenceRoute } from './shared/inference-route'

/** One image → one answer; a list → a list in the same order. */
export const infer = async (
  context: ClientContext,
  images: Images,
  options: InferOptions = {},
): Promise<unknown> => inferBy(await routeOf(context, options), images)

/** `infer` by API v0: `POST /{project}/{version}`. */
export const inferFromApiV0 = async (
  context: ClientContext,
  images: Images,
  options: InferOptions = {},
): Promise<unknown> => inferBy(routeOfV0(context, options), images)

/** `infer` by API v1: `POST /infer/{task}`. */
export const inferFromApiV1 = async (
  context: ClientContext,
  images: Images,
  options: InferOptions = {},
): Promise<unknown> => inferBy(await routeOfV1(context, options), images)

/** The way to the model in the client's mode; the same for any number of images. */
export const routeOf = async (context: ClientContext, options: InferOptions = {}): Promise<InferenceRoute> =>
  context.mode === 'v0' ? routeOfV0(context, options) : routeOfV1(context, options)

/** The trip of images: each is loaded and shrunk, they travel in batches, and the answers fit them as they came. */
const inferBy = (route: InferenceRoute, images: Images): Promise<unknown> =>
  inBatches<PreparedImage, unknown>(images, {
    batchSize: route.batchSize,
    atOnce: settingOf(route.configuration, 'maxConcurrentRequests'),
    signal: route.signal,
    load: (image, signal) => prepare(route, image, signal),
    ask: (prepared, signal) => ask(route, prepared, signal),
  })

/** Loads an image, and shrinks it to what is of use to the model. */
export const prepare = async (
  { configuration, loading, limit, isLocal }: InferenceRoute,
  image: ImageReference,
  signal: AbortSignal | undefined,
): Promise<PreparedImage> => {
  const within = isLocal || settingOf(configuration, 'clientDownsizingDisabled') ? undefined : limit
  const upright = !configuration.disablePreprocAutoOrientation
  return prepareImage(await loadImage(image, { ...loading, signal }), within, upright, signal)
}

/** Sends one request; the answers, in order, fit the images before they were shrunk. */
export const ask = async (
  { configuration, post }: InferenceRoute,
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
  const finished = filterClasses(checkedAnswer(answer), configuration.classFilter) as Record<string, unknown>
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

/** An answer of any task, or a drawing; throws `InvalidResponseError`. */
const checkedAnswer = (answer: unknown): object => {
  const isAnswer =
    isObject(answer) && ['predictions', 'visualization', 'is_stub'].some((name) => name in answer)
  if (!isAnswer) throw new InvalidResponseError(sentence`The server's answer has no predictions.`)
  const { predictions } = answer
  if (Array.isArray(predictions) && !predictions.every(isObject))
    throw new InvalidResponseError(sentence`Something among the predictions of the server's answer is none.`)
  return answer
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
