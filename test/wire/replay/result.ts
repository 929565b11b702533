import { imageSize } from 'image-size'
import sharp from 'sharp'
import type { InferenceStream } from '../../../src/index'
import { sha256Of } from './images'

/** What our client returns → the form in which results are recorded. */
export const recordedForm = async (value: unknown): Promise<unknown> => {
  if (Buffer.isBuffer(value)) return { $pil: await imageOf(value) }
  if (Array.isArray(value)) return Promise.all(value.map(recordedForm))
  if (typeof value !== 'object' || value === null) return value
  if (isPixels(value)) return { $ndarray: pixelsOf(value) }
  if (isMap(value)) return { $ndarray: numbersOf(value) }
  const entries = Object.entries(value).map(async ([name, item]) => [name, await recordedForm(item)])
  return Object.fromEntries(await Promise.all(entries))
}

export const isStream = (value: unknown): value is InferenceStream<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** Reference, shape of the frame as OpenCV sees it, prediction; for a bad file the name of its error. */
export const streamForm = async (stream: InferenceStream<unknown>): Promise<unknown[]> => {
  const items: unknown[] = []
  for await (const { reference, frame, prediction, error } of stream)
    items.push(error ? [reference, { error: error.name }] : [reference, shapeOf(frame), prediction])
  return items
}

const shapeOf = (frame: Buffer): number[] => {
  const { width, height, orientation = 1 } = imageSize(frame)
  return orientation > 4 ? [width, height, 3] : [height, width, 3]
}

const modes: Record<number, string> = { 1: 'L', 2: 'LA', 3: 'RGB', 4: 'RGBA' }

const imageOf = async (bytes: Buffer) => {
  const { width, height, channels, format, isPalette } = await sharp(bytes).metadata()
  const mode = isPalette ? 'P' : modes[channels ?? 0]
  return { size: [width, height], mode, format: format?.toUpperCase() }
}

interface Pixels {
  data: Uint8Array
  width: number
  height: number
  channels: number
}

const isPixels = (value: object): value is Pixels => 'channels' in value && 'data' in value

// OpenCV's order is BGR.
const pixelsOf = ({ data, width, height, channels }: Pixels) => {
  const swapped = Uint8Array.from(data)
  for (let at = 0; channels > 2 && at < data.length; at += channels) {
    swapped[at] = data[at + 2] ?? 0
    swapped[at + 2] = data[at] ?? 0
  }
  const shape = channels === 1 ? [height, width] : [height, width, channels]
  return { dtype: 'uint8', shape, sha256: sha256Of(swapped) }
}

interface NumberMap {
  shape: [height: number, width: number]
  dtype: string
  data: Float32Array
}

const isMap = (value: object): value is NumberMap => 'data' in value && value.data instanceof Float32Array

const numbersOf = ({ shape, dtype, data }: NumberMap) => {
  const [height, width] = shape
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const rows = Array.from({ length: height }, (_, row) => [...data.subarray(row * width, (row + 1) * width)])
  return { dtype, shape, sha256: sha256Of(bytes), values: rows }
}
