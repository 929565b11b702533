import { InvalidResponseError } from '../errors'
import { sentence } from '../sentence'

/** How odd each place of an image is: `shape` is [height, width], `data` its values row by row. */
export interface AnomalyMap {
  shape: [number, number]
  dtype: 'float32'
  data: Float32Array
}

/** The server's form, with its numbers as base64 (little endian) → numbers. Throws `InvalidResponseError`. */
export const decodeAnomalyMap = (map: unknown): unknown => {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return map
  const { shape, dtype, data } = map as Record<string, unknown>
  const [height, width] = (Array.isArray(shape) ? shape : []) as number[]
  const isShape =
    Array.isArray(shape) && shape.length === 2 && shape.every((side) => Number.isInteger(side) && side >= 0)
  if (dtype !== 'float32' || !isShape || typeof data !== 'string') {
    throw new InvalidResponseError(
      sentence`The anomaly map of the answer is not one of float32 numbers in base64.`,
    )
  }
  const bytes = Buffer.from(data, 'base64')
  const expected = Number(height) * Number(width)
  if (bytes.length !== expected * 4) {
    throw new InvalidResponseError(
      sentence`The anomaly map of the answer holds ${bytes.length} bytes instead of ${expected * 4}.`,
    )
  }
  return { ...map, data: Float32Array.from({ length: expected }, (_, index) => bytes.readFloatLE(index * 4)) }
}
