import { gridOf, type Image, type Look, type Size } from '../replay/images'
import { type Call, type Case, configurationOf, type ImageFacts, modeOf } from '../replay/recorded'

type Kind =
  | 'path'
  | 'url'
  | 'base64'
  | 'dataUri'
  | 'ndarray'
  | 'pil'
  | 'bytes'
  | 'pathlib'
  | 'dir'
  | 'text'
  /** A list where one image is wanted. */
  | 'list'
  /** No text where one is wanted, or an empty list. */
  | 'nothing'
  | 'other'

/** One image, or what should be one, that a call submits. */
export interface Input {
  kind: Kind
  /** The text, where it is nothing but one. */
  text?: string
  file?: string
  /** The path of a URL, where it is not that of the file itself. */
  via?: string | undefined
  image?: Image | undefined
  /** A parameter of a workflow takes its place: it is loaded, and not sent. */
  isReplaced?: boolean
  /** It is decoded in shades of grey. */
  isGrey?: boolean
}

/** What a call submits as images, lists taken apart. */
export const inputsOf = (recorded: Case, { method, args }: Call = recorded.call): Input[] => {
  if (method === 'clip_compare') return comparedIn(recorded, args)
  if (isWorkflow(method)) return workflowInputs(recorded, args)
  if (method === 'prompt_cogvlm') return oneOf(recorded, args.visual_prompt)
  return 'inference_input' in args ? takeApart(recorded, args.inference_input) : []
}

export const isWorkflow = (method: string): boolean => /^(run_workflow|infer_from_workflow)$/.test(method)

const takeApart = (recorded: Case, value: unknown): Input[] => {
  const list = listIn(value)
  if (list) return list.flatMap((item) => takeApart(recorded, item))
  if (typeof value === 'string') return [{ kind: 'text', text: value }]
  const [[name = '', content] = []] = Object.entries(value ?? {})
  const { file, via, read, convert } =
    typeof content === 'string' ? { file: content } : ((content ?? {}) as Partial<Record<string, string>>)
  if (!name.startsWith('$') || file === undefined) return [{ kind: 'other' }]
  const isGrey = read === 'gray' || convert === 'L'
  return [{ kind: name.slice(1) as Kind, file, via, isGrey, image: recorded.images.get(file) }]
}

/** The items of a list or a tuple. */
export const listIn = (value: unknown): unknown[] | undefined => {
  if (Array.isArray(value)) return value
  return typeof value === 'object' && value !== null && '$tuple' in value
    ? (value.$tuple as unknown[])
    : undefined
}

const oneOf = (recorded: Case, value: unknown): Input[] =>
  listIn(value) ? [{ kind: 'list' }] : takeApart(recorded, value)

/** Images on either side; texts where they are none. */
const comparedIn = (recorded: Case, args: Call['args']): Input[] => {
  const { subject, prompt, subject_type: subjectType = 'image', prompt_type: promptType = 'text' } = args
  if (![subjectType, promptType].every((type) => type === 'image' || type === 'text')) return []
  const prompts = (listIn(prompt) ?? [prompt]).flatMap((item) => oneOf(recorded, item))
  return [
    ...(subjectType === 'image' ? oneOf(recorded, subject) : textIn(subject)),
    ...(promptType === 'image' ? (prompts.length > 0 ? prompts : [nothing]) : textsIn(prompt)),
  ]
}

const nothing: Input = { kind: 'nothing' }

export const textIn = (value: unknown): Input[] => (typeof value === 'string' ? [] : [nothing])

/** One text, a list or names of texts. */
const textsIn = (value: unknown): Input[] => {
  const texts = listIn(value) ?? (typeof value === 'object' ? Object.values(value ?? {}) : [value])
  return texts.length > 0 && texts.every((text) => typeof text === 'string') ? [] : [nothing]
}

const workflowInputs = (recorded: Case, { images, parameters }: Call['args']): Input[] =>
  Object.entries(images ?? {}).flatMap(([name, value]) =>
    takeApart(recorded, value).map((input) => ({
      ...input,
      isReplaced: Object.hasOwn(parameters ?? {}, name),
    })),
  )

/** The result has an item for each image. */
export const isList = ({ call }: Case): boolean => listIn(call.args.inference_input) !== undefined

/** A tuple takes the place of a list somewhere among the images. */
export const holdsTuple = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('$tuple' in value || Object.values(value).some(holdsTuple))

/** Methods that ask a model of an object's kind, by its id: their images are shrunk, and their answers scaled. */
export const infersByModel = (method: string): boolean => /^infer(_from_api_v[01]|_on_stream)?$/.test(method)

/** How many images one request of our client carries. */
export const batchSizeOf = (recorded: Case, { method }: Call = recorded.call): number => {
  const configured = Math.max(1, Number(configurationOf(recorded).max_batch_size ?? 1))
  if (infersByModel(method)) return modeOf(recorded) === 'v0' ? 1 : configured
  if (method === 'get_clip_image_embeddings') return configured
  if (method === 'ocr_image') return 1
  return method === 'detect_gazes' ? 8 : Number.POSITIVE_INFINITY
}

export const isConcurrent = (recorded: Case): boolean =>
  Number(configurationOf(recorded).max_concurrent_requests ?? 1) > 1

export const isShrinking = (recorded: Case): boolean =>
  infersByModel(recorded.call.method) && configurationOf(recorded).client_downsizing_disabled === false

/** Whether the server may turn images by their EXIF orientation. */
const isTurned = (recorded: Case): boolean =>
  configurationOf(recorded).disable_preproc_auto_orientation !== true

/** Files in any form: their bytes can be sent as they are. Others are pixels, which have to be encoded. */
export const isEncoded = ({ kind }: Input): boolean =>
  ['path', 'url', 'base64', 'dataUri', 'bytes', 'pathlib'].includes(kind)

/** The EXIF orientation that an image is sent with. */
export const orientationOf = (recorded: Case, input: Input): number =>
  isEncoded(input) && isTurned(recorded) ? (input.image?.orientation ?? 1) : 1

/** A file's bytes, sent untouched. */
export const untouched = ({ file, image }: Input): ImageFacts => ({
  width: image?.stored.width ?? null,
  height: image?.stored.height ?? null,
  format: image?.format ?? null,
  sha256: image?.sha256,
  sameBytesAs: file,
})

/** An image that was encoded as JPEG at this size. */
export const encoded = (recorded: Case, input: Input, { width, height }: Size): ImageFacts => {
  const look = input.image && (input.isGrey ? greyOf(input.image.stored) : input.image.stored)
  return {
    width,
    height,
    format: 'JPEG',
    orientation: orientationOf(recorded, input),
    meanRgbGrid: look && gridOf(look, { width, height }),
    isComputed: true,
  }
}

const greyOf = ({ rgb, ...size }: Look): Look => {
  if (!rgb) return size
  const grey = Buffer.alloc(rgb.length)
  for (let at = 0; at < rgb.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = rgb.subarray(at, at + 3)
    grey.fill(Math.round(0.299 * red + 0.587 * green + 0.114 * blue), at, at + 3)
  }
  return { ...size, rgb: grey }
}
