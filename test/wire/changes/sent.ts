import { type Attempts, asksModel, attemptsOf, type Expected, finalResponse } from '../replay/expected'
import { type ImageField, imageFields } from '../replay/image-fields'
import { type Size, sha256Of, shrunkSize } from '../replay/images'
import { type Body, type Call, type Case, configurationOf, type ImageFacts, modeOf } from '../replay/recorded'
import {
  batchSizeOf,
  encoded,
  type Input,
  inputsOf,
  isConcurrent,
  isEncoded,
  isList,
  isShrinking,
  orientationOf,
  untouched,
} from './inputs'
import { answersIn } from './routes'

/** An image of the call and the request that carries it. */
export interface Sent {
  input: Input
  /** Its number among the images of the call. */
  index: number
  attempts: Attempts
  /** Its number among the images of the request. */
  at: number
  image: ImageFacts
}

const unknownImage: ImageFacts = { width: null, height: null, format: null }

/** Finds for each request the images of the call that it carries. */
export const sentOf = (recorded: Case, expected: Expected): Sent[] => {
  const left = [...inputsOf(recorded).entries()].filter(([, { isReplaced }]) => !isReplaced)
  const slots = askingOf(recorded, expected).flatMap((attempts) =>
    imagesIn(attempts[0].request.body).map((image, at) => ({ attempts, at, image })),
  )
  return slots.flatMap((slot) => {
    const [found] = left.splice(recorded.unordered ? displayUrl(slot.image, left) : 0, 1)
    return found ? [{ ...slot, index: found[0], input: found[1] }] : []
  })
}

/** The requests of the call itself that ask the model; those of its set-up come first. */
export const askingOf = (recorded: Case, { exchanges }: Expected): Attempts[] => {
  const before = (recorded.setup ?? []).map((call) => requestsOf(recorded, call))
  return attemptsOf(exchanges)
    .filter(([exchange]) => asksModel(exchange))
    .slice(before.reduce((sum, count) => sum + count, 0))
}

const requestsOf = (recorded: Case, call: Call): number => {
  if (!/^(infer|get_clip|clip|ocr|detect|prompt|run_workflow)/.test(call.method)) return 0
  return Math.ceil(inputsOf(recorded, call).length / batchSizeOf(recorded, call)) || 1
}

// Requests that were sent at the same time lie in any order: the file tells, or the shape.
const displayUrl = (image: ImageFacts, left: [number, Input][]): number => {
  const isSame = ([, input]: [number, Input]) =>
    isEncoded(input) &&
    image.sha256 === input.image?.sha256 &&
    (image.format === null) === (input.kind === 'dataUri')
  const sameFile = image.sha256 ? left.findIndex(isSame) : -1
  if (sameFile >= 0) return sameFile
  if (!image.format)
    return Math.max(
      0,
      left.findIndex(([, { image }]) => !image?.format),
    )
  const shape = Number(image.width) / Number(image.height)
  const distances = left.map(([, { image }]) =>
    Math.abs(shape - Number(image?.upright.width) / Number(image?.upright.height)),
  )
  return Math.max(0, distances.indexOf(Math.min(...distances)))
}

const imagesIn = (body: Body): ImageFacts[] => {
  if (body.kind === 'images') return body.images
  if (body.kind === 'base64') return [body.image]
  return body.kind === 'json' ? imageFields(body.json).map(imageIn) : [unknownImage]
}

const imageIn = ({ value }: ImageField): ImageFacts => {
  const { $image } = (value ?? {}) as { $image?: ImageFacts }
  const [, base64] = /^data:[^,]*,(.*)$/s.exec(String(value)) ?? []
  return (
    $image ?? (base64 ? { ...unknownImage, sha256: sha256Of(Buffer.from(base64, 'base64')) } : unknownImage)
  )
}

/** Expects another image in all attempts of a request. */
export const setImage = ({ attempts, at }: Sent, image: ImageFacts): void => {
  for (const { request } of attempts) {
    const field = request.body.kind === 'json' ? imageFields(request.body.json)[at] : undefined
    if (field) field.value = { $image: image }
    else if (request.body.kind === 'images') request.body.images[at] = image
    else request.body = { kind: 'base64', image }
  }
}

/** What the server answered about an image. */
export const answerTo = ({ attempts, at }: Sent): unknown => {
  const answers = answersIn(attempts[0].request.path, finalResponse(attempts))
  return answers?.length === 1 ? answers[0] : answers?.[at]
}

/** The result for an image of the call. */
export const resultFor = (recorded: Case, { result }: Expected, { index }: Sent): unknown =>
  isList(recorded) ? (result as unknown[] | undefined)?.[index] : result

export const setResult = (recorded: Case, expected: Expected, { index }: Sent, result: unknown): void => {
  if (isList(recorded) && Array.isArray(expected.result)) expected.result[index] = result
  else expected.result = result
}

export const swapped = ({ width, height }: Size): Size => ({ width: height, height: width })

/** The size that our client shrinks an image to, as stored; undefined: it is not shrunk. */
export const shrunkTo = (recorded: Case, expected: Expected, input: Input): Size | undefined => {
  const size = input.image?.stored
  const shrinks = isShrinking(recorded) && (!isEncoded(input) || isDecoded(input))
  if (!size || !shrinks) return undefined
  const limit = limitOf(recorded, expected)
  const eitherWay =
    orientationOf(recorded, input) > 4 && size.width > size.height !== limit.width > limit.height
  return shrunkSize(size, eitherWay ? swapped(limit) : limit)
}

/** The factor by which the SDK shrinks an image; it turns upright only what it reads from a path. */
export const sdkFactor = (recorded: Case, expected: Expected, { kind, image }: Input): number => {
  const { width = 1, height = 1 } = (kind === 'path' ? image?.upright : image?.stored) ?? {}
  const limit = limitOf(recorded, expected)
  return Math.min(limit.height / height, limit.width / width)
}

/** The others are passed on as they are. */
const isDecoded = ({ image }: Input): boolean =>
  ['JPEG', 'PNG', 'WEBP', 'GIF', 'TIFF', 'AVIF'].includes(image?.format ?? '')

/** What our client sends for an image. */
export const imageFor = (recorded: Case, expected: Expected, input: Input): ImageFacts => {
  const size = shrunkTo(recorded, expected, input)
  if (isEncoded(input) && !size) return untouched(input)
  return encoded(recorded, input, size ?? input.image?.stored ?? { width: 0, height: 0 })
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

const ocrRoutes: Record<string, string> = {
  doctr: '/doctr/ocr',
  trocr: '/ocr/trocr',
  easy_ocr: '/easy_ocr/ocr',
  pp_ocr: '/ocr/pp-ocr',
}

/** How our client asks where the SDK asks nothing: the path, where it is known, and an answer that keeps promises. */
const askingFor = (
  recorded: Case,
  expected: Expected,
): { path: string | undefined; answer(images: number): unknown } => {
  const { method, args } = recorded.call
  const each = (one: object) => (images: number) => Array.from({ length: images }, () => one)
  switch (method) {
    case 'get_clip_image_embeddings':
      return { path: '/clip/embed_image', answer: (images) => ({ embeddings: each([0])(images) }) }
    case 'clip_compare':
      return { path: '/clip/compare', answer: () => ({ similarity: [0] }) }
    case 'ocr_image':
      return { path: ocrRoutes[String(args.model ?? 'doctr').toLowerCase()], answer: () => ({ result: '' }) }
    case 'detect_gazes':
      return { path: '/gaze/gaze_detection', answer: each({ predictions: [] }) }
    case 'prompt_cogvlm':
      return { path: '/llm/cogvlm', answer: () => ({ response: '' }) }
    case 'run_workflow':
    case 'infer_from_workflow':
      return { path: workflowPath(recorded.call), answer: () => ({ outputs: [] }) }
  }
  const model = modelOf(recorded)
  const id = typeof model === 'string' && model.includes('/') ? `/${model}` : undefined
  const path = modeOf(recorded) === 'v0' ? id : routes[descriptionOf(recorded, expected)?.task_type ?? '']
  const list = each({ predictions: [] })
  return { path, answer: (images) => (images > 1 ? list(images) : list(1)[0]) }
}

const workflowPath = ({ method, args }: Call): string => {
  const { workspace_name: workspace, workflow_id: id, workflow_name: name, specification } = args
  if (method === 'run_workflow') return specification ? '/workflows/run' : `/${workspace}/workflows/${id}`
  return specification ? '/infer/workflows' : `/infer/workflows/${workspace}/${name}`
}

/** What our client sends for images that the SDK does not come to send. */
export const sendAlso = (recorded: Case, expected: Expected, inputs: Input[]): void => {
  const size = batchSizeOf(recorded)
  const { path, answer } = askingFor(recorded, expected)
  for (const piece of Number.isFinite(size) ? chunksOf(inputs, size) : [inputs]) {
    const shown = piece.filter(({ isReplaced }) => !isReplaced)
    const images = shown.map((input) => imageFor(recorded, expected, input))
    expected.exchanges.push({
      request: {
        method: 'POST',
        path: path && basePath(recorded) + path,
        body: { kind: 'images', images },
      },
      response: { status: 200, headers: json, json: answer(images.length) },
    })
  }
  if (isConcurrent(recorded)) expected.unordered = true
}

/** Cuts a list into consecutive pieces of at most `size`. */
export const chunksOf = <T>(items: T[], size: number): T[][] =>
  items.length === 0 ? [] : [items.slice(0, size), ...chunksOf(items.slice(size), size)]

const basePath = ({ client }: Case): string => client.apiUrl.replace('{{SERVER}}', '').replace(/\/$/, '')

const json = { 'content-type': 'application/json' }
