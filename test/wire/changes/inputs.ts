import { gridOf, type Picture, type Size } from '../replay/pictures'
import { type Case, configurationOf, type ImageFacts, modeOf } from '../replay/recorded'

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
  | 'other'

/** One picture, or what should be one, that a call submits. */
export interface Input {
  kind: Kind
  /** The text, where it is nothing but one. */
  text?: string
  file?: string
  picture?: Picture | undefined
}

/** What a call submits as pictures, lists taken apart. */
export const inputsOf = (recorded: Case): Input[] => {
  const { args } = recorded.call
  return 'inference_input' in args ? takeApart(recorded, args.inference_input) : []
}

const takeApart = (recorded: Case, value: unknown): Input[] => {
  if (Array.isArray(value)) return value.flatMap((item) => takeApart(recorded, item))
  if (typeof value === 'string') return [{ kind: 'text', text: value }]
  if (typeof value !== 'object' || value === null) return [{ kind: 'other' }]
  const [[name = '', content] = []] = Object.entries(value)
  if (name === '$tuple') return takeApart(recorded, content)
  const file = typeof content === 'string' ? content : (content as { file?: string }).file
  if (file === undefined) return [{ kind: 'other' }]
  return [{ kind: name.slice(1) as Kind, file, picture: recorded.pictures.get(file) }]
}

export const isList = ({ call }: Case): boolean => {
  const value = call.args.inference_input
  return Array.isArray(value) || (typeof value === 'object' && value !== null && '$tuple' in value)
}

/** How many pictures one request carries. */
export const batchSizeOf = (recorded: Case): number =>
  modeOf(recorded) === 'v0' ? 1 : Math.max(1, Number(configurationOf(recorded).max_batch_size ?? 1))

export const isConcurrent = (recorded: Case): boolean =>
  Number(configurationOf(recorded).max_concurrent_requests ?? 1) > 1

export const isShrinking = (recorded: Case): boolean =>
  configurationOf(recorded).client_downsizing_disabled === false

/** Whether the server may turn pictures by their EXIF orientation. */
const isTurned = (recorded: Case): boolean =>
  configurationOf(recorded).disable_preproc_auto_orientation !== true

/** Files in any form: their bytes can be sent as they are. Others are pixels, which have to be encoded. */
export const isEncoded = ({ kind }: Input): boolean =>
  ['path', 'url', 'base64', 'dataUri', 'bytes', 'pathlib'].includes(kind)

/** The EXIF orientation that a picture is sent with. */
export const orientationOf = (recorded: Case, input: Input): number =>
  isEncoded(input) && isTurned(recorded) ? (input.picture?.orientation ?? 1) : 1

/** A file's bytes, sent untouched. */
export const untouched = ({ file, picture }: Input): ImageFacts => ({
  width: picture?.stored.width ?? null,
  height: picture?.stored.height ?? null,
  format: picture?.format ?? null,
  sha256: picture?.sha256,
  sameBytesAs: file,
})

/** A picture that was encoded as JPEG at this size. */
export const encoded = (recorded: Case, input: Input, { width, height }: Size): ImageFacts => {
  const look = input.picture?.stored
  return {
    width,
    height,
    format: 'JPEG',
    orientation: orientationOf(recorded, input),
    meanRgbGrid: look && gridOf(look, { width, height }),
    isComputed: true,
  }
}
