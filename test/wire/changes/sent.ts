import { type Attempts, asksModel, attemptsOf, type Expected, finalResponse } from '../replay/expected'
import { type Size, shrunkSize } from '../replay/pictures'
import { type Body, type Case, configurationOf, type ImageFacts, modeOf } from '../replay/recorded'
import {
  batchSizeOf,
  encoded,
  type Input,
  inputsOf,
  isEncoded,
  isList,
  isShrinking,
  orientationOf,
  untouched,
} from './inputs'

/** A picture of the call and the request that carries it. */
export interface Sent {
  input: Input
  /** Its number among the pictures of the call. */
  index: number
  attempts: Attempts
  /** Its number among the pictures of the request. */
  at: number
  image: ImageFacts
}

const unknownImage: ImageFacts = { width: null, height: null, format: null }

/** Finds for each request the pictures of the call that it carries. */
export const sentOf = (recorded: Case, expected: Expected): Sent[] => {
  const left = [...inputsOf(recorded).entries()]
  const slots = askingOf(recorded, expected).flatMap((attempts) =>
    imagesIn(attempts[0].request.body).map((image, at) => ({ attempts, at, image })),
  )
  return slots.flatMap((slot) => {
    const [found] = left.splice(recorded.unordered ? placeOf(slot.image, left) : 0, 1)
    return found ? [{ ...slot, index: found[0], input: found[1] }] : []
  })
}

/** The requests of the call itself that ask the model; those of its set-up come first. */
const askingOf = (recorded: Case, { exchanges }: Expected): Attempts[] => {
  const setUp = (recorded.setup ?? []).filter(({ args }) => 'inference_input' in args).length
  return attemptsOf(exchanges)
    .filter(([exchange]) => asksModel(exchange))
    .slice(setUp)
}

// Requests that were sent at the same time lie in any order: the file tells, or the shape.
const placeOf = (image: ImageFacts, left: [number, Input][]): number => {
  const sameFile = left.findIndex(([, { file }]) => file !== undefined && file === image.sameBytesAs)
  if (sameFile >= 0) return sameFile
  if (!image.format)
    return Math.max(
      0,
      left.findIndex(([, { picture }]) => !picture?.format),
    )
  const shape = Number(image.width) / Number(image.height)
  const distances = left.map(([, { picture }]) =>
    Math.abs(shape - Number(picture?.upright.width) / Number(picture?.upright.height)),
  )
  return Math.max(0, distances.indexOf(Math.min(...distances)))
}

type Field = { value?: unknown }

const imagesIn = (body: Body): ImageFacts[] => {
  if (body.kind === 'pictures') return body.pictures
  if (body.kind === 'base64') return [body.image]
  return body.kind === 'json' ? fieldsOf(body.json).map(imageIn) : [unknownImage]
}

const fieldsOf = (json: unknown): Field[] => {
  const { image } = (json ?? {}) as { image?: Field | Field[] }
  return image === undefined ? [] : [image].flat()
}

const imageIn = ({ value }: Field): ImageFacts =>
  (value as { $image?: ImageFacts } | undefined)?.$image ?? unknownImage

/** Expects another picture in all attempts of a request. */
export const setImage = ({ attempts, at }: Sent, image: ImageFacts): void => {
  for (const { request } of attempts) {
    const field = request.body.kind === 'json' ? fieldsOf(request.body.json)[at] : undefined
    if (field) field.value = { $image: image }
    else if (request.body.kind === 'pictures') request.body.pictures[at] = image
    else request.body = { kind: 'base64', image }
  }
}

/** What the server answered about a picture. */
export const answerTo = ({ attempts, at }: Sent): unknown => {
  const response = finalResponse(attempts)
  if (!('json' in response)) return undefined
  return Array.isArray(response.json) ? response.json[at] : response.json
}

/** The result for a picture of the call. */
export const resultFor = (recorded: Case, { result }: Expected, { index }: Sent): unknown =>
  isList(recorded) ? (result as unknown[] | undefined)?.[index] : result

export const setResult = (recorded: Case, expected: Expected, { index }: Sent, result: unknown): void => {
  if (isList(recorded) && Array.isArray(expected.result)) expected.result[index] = result
  else expected.result = result
}

export const swapped = ({ width, height }: Size): Size => ({ width: height, height: width })

/** The size that our client shrinks a picture to, as stored; undefined: it is not shrunk. */
export const shrunkTo = (recorded: Case, expected: Expected, input: Input): Size | undefined => {
  const size = input.picture?.stored
  const shrinks = isShrinking(recorded) && (!isEncoded(input) || isDecoded(input))
  if (!size || !shrinks) return undefined
  const limit = limitOf(recorded, expected)
  const eitherWay =
    orientationOf(recorded, input) > 4 && size.width > size.height !== limit.width > limit.height
  return shrunkSize(size, eitherWay ? swapped(limit) : limit)
}

/** The factor by which the SDK shrinks a picture; it turns upright only what it reads from a path. */
export const sdkFactor = (recorded: Case, expected: Expected, { kind, picture }: Input): number => {
  const { width = 1, height = 1 } = (kind === 'path' ? picture?.upright : picture?.stored) ?? {}
  const limit = limitOf(recorded, expected)
  return Math.min(limit.height / height, limit.width / width)
}

/** The others are passed on as they are. */
const isDecoded = ({ picture }: Input): boolean =>
  ['JPEG', 'PNG', 'WEBP', 'GIF', 'TIFF', 'AVIF'].includes(picture?.format ?? '')

/** What our client sends for a picture. */
export const imageFor = (recorded: Case, expected: Expected, input: Input): ImageFacts => {
  const size = shrunkTo(recorded, expected, input)
  if (isEncoded(input) && !size) return untouched(input)
  return encoded(recorded, input, size ?? input.picture?.stored ?? { width: 0, height: 0 })
}

interface Description {
  model_id: string
  task_type: string
  input_width?: number | null
  input_height?: number | null
}

/** What the recorded server says of the model (API v1). */
const descriptionOf = (recorded: Case, { exchanges }: Expected): Description | undefined => {
  const models = exchanges.flatMap(({ response }) => {
    const { models: listed } = (('json' in response && response.json) || {}) as { models?: Description[] }
    return Array.isArray(listed) ? listed : []
  })
  const asked = exchanges.filter(asksModel).map(({ request: { body } }) => body)
  const { model_id: id } = ((asked[0]?.kind === 'json' && asked[0].json) || {}) as { model_id?: string }
  return models.find((model) => model.model_id === (id ?? modelOf(recorded)))
}

const modelOf = ({ call, client, setup = [] }: Case): unknown =>
  call.args.model_id ||
  setup.findLast(({ method }) => /_model$/.test(method))?.args.model_id ||
  client.selectedModel

const limitOf = (recorded: Case, expected: Expected): Size => {
  const side = Number(configurationOf(recorded).default_max_input_size ?? 1024)
  const model = modeOf(recorded) === 'v1' ? descriptionOf(recorded, expected) : undefined
  const { input_width: width, input_height: height } = model ?? {}
  return width && height ? { width, height } : { width: side, height: side }
}

const routes: Record<string, string> = {
  'object-detection': '/infer/object_detection',
  'instance-segmentation': '/infer/instance_segmentation',
  'keypoint-detection': '/infer/keypoints_detection',
  classification: '/infer/classification',
}

/** What our client sends for pictures that the SDK does not come to send; each is answered with no predictions. */
export const sendAlso = (recorded: Case, expected: Expected, inputs: Input[]): void => {
  const size = batchSizeOf(recorded)
  const model = modelOf(recorded)
  const id = typeof model === 'string' && model.includes('/') ? `/${model}` : undefined
  const path = modeOf(recorded) === 'v0' ? id : routes[descriptionOf(recorded, expected)?.task_type ?? '']
  for (let start = 0; start < inputs.length; start += size) {
    const pictures = inputs.slice(start, start + size).map((input) => imageFor(recorded, expected, input))
    const answers = pictures.map(() => ({ predictions: [] }))
    expected.exchanges.push({
      request: { method: 'POST', path, body: { kind: 'pictures', pictures } },
      response: { status: 200, headers: json, json: answers.length > 1 ? answers : answers[0] },
    })
  }
}

const json = { 'content-type': 'application/json' }
