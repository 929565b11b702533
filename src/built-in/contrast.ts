import { adaptivelyEqualized } from './adaptive-equalization'
import { type RgbImage, rgbImage } from './rgb-image'

/** As a model's PREPROCESSING names them. */
export const contrastTypes = [
  'Contrast Stretching',
  'Histogram Equalization',
  'Adaptive Equalization',
] as const

export type ContrastType = (typeof contrastTypes)[number]

/** A copy with another contrast, by the arithmetic of scikit-image, which the inference server takes for it. */
export const withContrast = (image: RgbImage, type: ContrastType): RgbImage => {
  if (type === 'Adaptive Equalization') return adaptivelyEqualized(image)
  const counts = histogramOf(image.data)
  const table = type === 'Contrast Stretching' ? stretching(counts) : equalizing(counts)
  const result = rgbImage(image.width, image.height)
  for (let at = 0; at < image.data.length; at++) result.data[at] = table[image.data[at] as number] as number
  return result
}

/** How often each value occurs, of all channels together. */
const histogramOf = (data: Uint8Array): Float64Array => {
  const counts = new Float64Array(256)
  for (let at = 0; at < data.length; at++) {
    const value = data[at] as number
    counts[value] = (counts[value] as number) + 1
  }
  return counts
}

/** What becomes of each value where those between the 2nd and the 98th percentile are stretched over the whole range. */
const stretching = (counts: Float64Array): Uint8Array => {
  const [low, high] = [percentile(counts, 0.02), percentile(counts, 0.98)]
  return Uint8Array.from({ length: 256 }, (_, value) =>
    low === high ? value : ((Math.min(Math.max(value, low), high) - low) / (high - low)) * 255,
  )
}

const percentile = (counts: Float64Array, share: number): number => {
  const last = counts.reduce((sum, count) => sum + count, 0) - 1
  const position = share * last
  const below = valueAt(counts, Math.floor(position))
  const above = valueAt(counts, Math.min(Math.floor(position) + 1, last))
  return below + (above - below) * (position % 1)
}

/** The value at a place of all values in order. */
const valueAt = (counts: Float64Array, place: number): number => {
  let seen = 0
  return counts.findIndex((count) => {
    seen += count
    return seen > place
  })
}

const bins = 256

/** What becomes of each value where all are made as frequent as the others. */
const equalizing = (counts: Float64Array): Uint8Array => {
  const values = Float32Array.from({ length: 256 }, (_, value) => value / 255)
  const present = [...values.keys()].filter((value) => (counts[value] as number) > 0)
  let least = values[present[0] as number] as number
  let most = values[present.at(-1) as number] as number
  if (least === most) [least, most] = [least - 0.5, most + 0.5]
  const step = Math.fround(Math.fround(most - least) / bins)
  const edges = Float32Array.from({ length: bins + 1 }, (_, index) => Math.fround(index * step) + least)
  edges[bins] = most
  const shares = cumulated(edges, values, counts)
  const centers = Float32Array.from({ length: bins }, (_, bin) =>
    Math.fround(Math.fround((edges[bin] as number) + (edges[bin + 1] as number)) / 2),
  )
  return Uint8Array.from(values, (value) =>
    Math.fround(Math.fround(interpolated(value, centers, shares)) * 255),
  )
}

/** Which share of all values is in each bin or below. */
const cumulated = (edges: Float32Array, values: Float32Array, counts: Float64Array): Float64Array => {
  const shares = new Float64Array(bins)
  for (const [index, value] of values.entries()) {
    let bin = 0
    while (bin < bins - 1 && value >= (edges[bin + 1] as number)) bin++
    shares[bin] = (shares[bin] as number) + (counts[index] as number)
  }
  for (let bin = 1; bin < bins; bin++) shares[bin] = (shares[bin] as number) + (shares[bin - 1] as number)
  const all = shares[bins - 1] as number
  return shares.map((sum) => sum / all)
}

const interpolated = (value: number, xs: Float32Array, ys: Float64Array): number => {
  if (value <= (xs[0] as number)) return ys[0] as number
  const next = xs.findIndex((x) => x > value)
  if (next < 0) return ys[ys.length - 1] as number
  const [x, y] = [xs[next - 1] as number, ys[next - 1] as number]
  return y + (((ys[next] as number) - y) * (value - x)) / ((xs[next] as number) - x)
}
