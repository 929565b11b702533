import { roundHalfToEven } from '../images/downsizing'
import { type RgbImage, rgbImage } from './rgb-image'

/**
 * Bilinear resizing by the arithmetic of OpenCV's `INTER_LINEAR`: weights of 11 bits, one rounding, no smoothing where
 * an image shrinks. A model that was trained on such images sees the same ones here, bit by bit.
 */
export const resizeBilinear = (image: RgbImage, width: number, height: number): RgbImage => {
  if (image.width === width && image.height === height) return image
  const result = rgbImage(width, height)
  const columns = samples(image.width, width, true)
  const rows = samples(image.height, height, false)
  const stretch = rowStretcher(image, columns, width)
  const { data } = result
  const length = width * 3
  for (let y = 0; y < height; y++) {
    const upper = stretch(rows.first[y] as number)
    const lower = stretch(rows.second[y] as number)
    const upperWeight = rows.firstWeight[y] as number
    const lowerWeight = rows.secondWeight[y] as number
    const start = y * length
    for (let x = 0; x < length; x++) {
      const sum = ((upperWeight * (upper[x] as number)) >> 16) + ((lowerWeight * (lower[x] as number)) >> 16)
      data[start + x] = (sum + 2) >> 2
    }
  }
  return result
}

/** Which two pixels along a side become each of the new ones, and with which weights (of 2048). */
interface Samples {
  first: Int32Array
  second: Int32Array
  firstWeight: Int32Array
  secondWeight: Int32Array
}

const samples = (from: number, to: number, isWidth: boolean): Samples => {
  const scale = 1 / (to / from)
  const [first, second] = [new Int32Array(to), new Int32Array(to)]
  const [firstWeight, secondWeight] = [new Int32Array(to), new Int32Array(to)]
  for (let index = 0; index < to; index++) {
    const position = Math.fround((index + 0.5) * scale - 0.5)
    const start = Math.floor(position)
    const isOutside = start < 0 || start >= from - 1
    const fraction = isWidth && isOutside ? 0 : Math.fround(position - start)
    first[index] = Math.min(Math.max(start, 0), from - 1)
    second[index] = Math.min(Math.max(start + 1, 0), from - 1)
    firstWeight[index] = roundHalfToEven(Math.fround(1 - fraction) * 2048)
    secondWeight[index] = roundHalfToEven(fraction * 2048)
  }
  return { first, second, firstWeight, secondWeight }
}

/** Stretches single rows of an image, the two last ones remembered. */
const rowStretcher = ({ data, width: from }: RgbImage, columns: Samples, to: number) => {
  let newer = { row: -1, values: new Int32Array(to * 3) }
  let older = { row: -1, values: new Int32Array(to * 3) }
  return (row: number): Int32Array => {
    if (newer.row === row) return newer.values
    if (older.row === row) return older.values
    // rows come in their order: the older one is not needed any more
    const free = older
    older = newer
    newer = free
    newer.row = row
    stretchRow(data, row * from * 3, columns, newer.values)
    return newer.values
  }
}

const stretchRow = (data: Uint8Array, start: number, columns: Samples, values: Int32Array): void => {
  const { first, second, firstWeight, secondWeight } = columns
  for (let x = 0, at = 0; x < first.length; x++, at += 3) {
    const left = start + (first[x] as number) * 3
    const right = start + (second[x] as number) * 3
    const leftWeight = firstWeight[x] as number
    const rightWeight = secondWeight[x] as number
    for (let channel = 0; channel < 3; channel++) {
      const sum =
        (data[left + channel] as number) * leftWeight + (data[right + channel] as number) * rightWeight
      values[at + channel] = sum >> 4
    }
  }
}
