import { type RgbImage, rgbImage } from './rgb-image'

// Pillow's weights are whole numbers of so many bits.
const precision = 22

/**
 * Bilinear resizing by the arithmetic of Pillow's `BILINEAR`, which takes all pixels into account where an image
 * shrinks: RF-DETR is trained on such images.
 */
export const resizeAntialiased = (image: RgbImage, width: number, height: number): RgbImage => {
  const isAsWide = image.width === width
  const wide = isAsWide ? image : resizedRows(image, width)
  return image.height === height ? wide : resizedColumns(wide, height)
}

/** For each new pixel of a side: where the pixels begin that become it, how many they are, and their weights. */
interface Windows {
  starts: Int32Array
  counts: Int32Array
  weights: Int32Array
  /** Room for the weights of each. */
  size: number
}

const windows = (from: number, to: number): Windows => {
  const scale = from / to
  const support = Math.max(scale, 1)
  const size = Math.ceil(support) * 2 + 1
  const [starts, counts] = [new Int32Array(to), new Int32Array(to)]
  const weights = new Int32Array(to * size)
  for (let index = 0; index < to; index++) {
    const center = (index + 0.5) * scale
    const start = Math.max(Math.trunc(center - support + 0.5), 0)
    const count = Math.min(Math.trunc(center + support + 0.5), from) - start
    const shares = Array.from({ length: count }, (_, at) =>
      Math.max(1 - Math.abs((at + start - center + 0.5) / support), 0),
    )
    const sum = shares.reduce((total, share) => total + share, 0)
    starts[index] = start
    counts[index] = count
    for (const [at, share] of shares.entries())
      weights[index * size + at] = Math.trunc((share / (sum || 1)) * 2 ** precision + 0.5)
  }
  return { starts, counts, weights, size }
}

const half = 1 << (precision - 1)

const byte = (sum: number): number => Math.min(Math.max(sum >> precision, 0), 255)

const resizedRows = ({ data, width: from, height }: RgbImage, width: number): RgbImage => {
  const { starts, counts, weights, size } = windows(from, width)
  const result = rgbImage(width, height)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      let red = half
      let green = half
      let blue = half
      let at = (y * from + (starts[x] as number)) * 3
      const end = x * size + (counts[x] as number)
      for (let index = x * size; index < end; index++, at += 3) {
        const weight = weights[index] as number
        red += (data[at] as number) * weight
        green += (data[at + 1] as number) * weight
        blue += (data[at + 2] as number) * weight
      }
      result.data[to] = byte(red)
      result.data[to + 1] = byte(green)
      result.data[to + 2] = byte(blue)
    }
  }
  return result
}

const resizedColumns = ({ data, width, height: from }: RgbImage, height: number): RgbImage => {
  const { starts, counts, weights, size } = windows(from, height)
  const result = rgbImage(width, height)
  const length = width * 3
  const sums = new Int32Array(length)
  for (let y = 0; y < height; y++) {
    sums.fill(half)
    for (let row = 0; row < (counts[y] as number); row++) {
      const weight = weights[y * size + row] as number
      const start = ((starts[y] as number) + row) * length
      for (let x = 0; x < length; x++) sums[x] = (sums[x] as number) + (data[start + x] as number) * weight
    }
    for (let x = 0; x < length; x++) result.data[y * length + x] = byte(sums[x] as number)
  }
  return result
}
