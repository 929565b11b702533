import { roundHalfToEven } from '../images/downsizing'
import type { RgbImage } from './rgb-image'

const levels = 2 ** 14
const bins = 256
const clipLimit = 0.03
const binSize = 1 + Math.floor(levels / bins)

/**
 * Contrast limited adaptive histogram equalization of the brightness (HSV's value), as `equalize_adapthist` of
 * scikit-image does it: the image is seen as eight by eight regions, each with a mapping of its own; a pixel takes
 * those of the four regions around it, the nearer the more.
 */
export const adaptivelyEqualized = (image: RgbImage): RgbImage => {
  const { width, height } = image
  const values = brightness(image)
  const equalized = equalize(spread(values), width, height)
  return withBrightness(image, values, equalized)
}

/** The largest channel of each pixel. */
const brightness = ({ data }: RgbImage): Uint8Array =>
  Uint8Array.from({ length: data.length / 3 }, (_, index) =>
    Math.max(data[index * 3] as number, data[index * 3 + 1] as number, data[index * 3 + 2] as number),
  )

const extremes = (values: ArrayLike<number>): [least: number, most: number] => {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

/** Values spread over all levels, and those cut into bins. */
const spread = (values: Uint8Array): Uint8Array => {
  const [least, most] = extremes(values)
  const [darkest, brightest] = [least * 257, most * 257]
  const level = (value: number) =>
    least === most
      ? Math.min(darkest, levels - 1)
      : roundHalfToEven(((value * 257 - darkest) / (brightest - darkest)) * (levels - 1))
  const table = Array.from({ length: 256 }, (_, value) => Math.floor(level(value) / binSize))
  return values.map((value) => table[value] as number)
}

/** A side as it is cut into regions, padded so that half a region stands before the first and after the last. */
interface Side {
  /** Of the image. */
  length: number
  /** Of a region. */
  region: number
  /** How many regions there are. */
  regions: number
  before: number
}

const sideOf = (length: number): Side => {
  const region = Math.max(Math.floor(length / 8), 1)
  return { length, region, regions: Math.ceil(length / region), before: Math.floor(region / 2) }
}

/** Beyond its ends an image goes on as in a mirror. */
const mirrored = (index: number, length: number): number => {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const within = ((index % period) + period) % period
  return Math.min(within, period - within)
}

const equalize = (binned: Uint8Array, width: number, height: number): Float32Array => {
  const [across, down] = [sideOf(width), sideOf(height)]
  const mappings = mappingsOf(binned, across, down)
  const near = (region: number, side: Side) => Math.min(Math.max(region, 0), side.regions - 1)
  const result = new Float32Array(binned.length)
  for (let y = 0; y < height; y++) {
    const [row, lower] = placeOf(y, down)
    const [top, bottom] = [near(row - 1, down), near(row, down)]
    for (let x = 0; x < width; x++) {
      const [column, right] = placeOf(x, across)
      const [first, second] = [near(column - 1, across), near(column, across)]
      const bin = binned[y * width + x] as number
      const mapped = (r: number, c: number) => mappings[(r * across.regions + c) * bins + bin] as number
      let sum = Math.fround(mapped(top, first) * ((1 - lower) * (1 - right)))
      sum = Math.fround(sum + Math.fround(mapped(top, second) * ((1 - lower) * right)))
      sum = Math.fround(sum + Math.fround(mapped(bottom, first) * (lower * (1 - right))))
      sum = Math.fround(sum + Math.fround(mapped(bottom, second) * (lower * right)))
      result[y * width + x] = Math.trunc(sum)
    }
  }
  return result
}

/** Between the middles of which regions a pixel lies (the second one's number), and how near to the second. */
const placeOf = (index: number, { region, before }: Side): [second: number, share: number] => {
  const padded = index + before
  return [Math.floor(padded / region), (padded % region) / region]
}

/** The new level of each bin, for each region in turn. */
const mappingsOf = (binned: Uint8Array, across: Side, down: Side): Int32Array => {
  const pixels = across.region * down.region
  const limit = Math.max(Math.floor(clipLimit * pixels), 1)
  const mappings = new Int32Array(across.regions * down.regions * bins)
  for (let row = 0; row < down.regions; row++) {
    for (let column = 0; column < across.regions; column++) {
      const counts = new Int32Array(bins)
      for (let y = row * down.region; y < (row + 1) * down.region; y++) {
        const line = mirrored(y, down.length) * across.length
        for (let x = column * across.region; x < (column + 1) * across.region; x++) {
          const bin = binned[line + mirrored(x, across.length)] as number
          counts[bin] = (counts[bin] as number) + 1
        }
      }
      clip(counts, limit)
      let sum = 0
      const start = (row * across.regions + column) * bins
      for (let bin = 0; bin < bins; bin++) {
        sum += counts[bin] as number
        mappings[start + bin] = Math.min(Math.trunc(sum * ((levels - 1) / pixels)), levels - 1)
      }
    }
  }
  return mappings
}

/** Cuts off what is above the limit, and hands it out to the other bins. */
const clip = (counts: Int32Array, limit: number): void => {
  let excess = 0
  for (const count of counts) if (count > limit) excess += count - limit
  const share = Math.floor(excess / bins)
  for (const [bin, count] of counts.entries()) {
    const filled = Math.min(count + share, limit)
    if (count < limit) excess -= filled - count
    counts[bin] = filled
  }
  while (excess > 0) {
    const before = excess
    for (let first = 0; first < bins && excess > 0; first++) {
      const room = counts.reduce((sum, count) => sum + (count < limit ? 1 : 0), 0)
      const step = Math.max(1, Math.floor(room / excess))
      for (let bin = first; bin < bins; bin += step) {
        if ((counts[bin] as number) >= limit) continue
        counts[bin] = (counts[bin] as number) + 1
        excess--
      }
    }
    if (excess === before) return
  }
}

/** The same colours in another brightness, spread over the whole range. */
const withBrightness = (image: RgbImage, values: Uint8Array, equalized: Float32Array): RgbImage => {
  const [least, most] = extremes(equalized)
  const data = new Uint8Array(image.data.length)
  for (const [index, value] of values.entries()) {
    const level = equalized[index] as number
    const share = least === most ? Math.min(level, 1) : (level - least) / (most - least)
    for (let at = index * 3; at < index * 3 + 3; at++)
      data[at] = share * (value === 0 ? 255 : ((image.data[at] as number) * 255) / value)
  }
  return { ...image, data }
}
