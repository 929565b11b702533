import sharp from 'sharp'
import { similar } from './crafted'

export const red = [230, 20, 20]
export const green = [20, 200, 30]
export const blue = [20, 40, 230]
export const yellow = [200, 200, 30]

/** The colours of an image: top left, top right, bottom left, bottom right. */
export type Quadrants = [number[], number[], number[], number[]]

export const colors: Quadrants = [red, green, blue, yellow]

/** An image of four even rectangles; a fourth number per colour is its alpha. */
export const fourColors = (width: number, height: number, quadrants: Quadrants = colors): sharp.Sharp => {
  const pixels = Array.from({ length: width * height }, (_, index) => {
    const right = index % width >= width / 2 ? 1 : 0
    const below = Math.floor(index / width) >= height / 2 ? 2 : 0
    return quadrants[(right + below) as 0 | 1 | 2 | 3]
  })
  const channels = quadrants[0].length as 3 | 4
  return sharp(Buffer.from(pixels.flat()), { raw: { width, height, channels } })
}

/** The mean colour of each quadrant, without the pixels at its edges. */
export const meansOf = async (bytes: Buffer): Promise<Quadrants> => {
  const { data, info } = await sharp(bytes)
    .toColorspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const mean = (left: number, top: number): number[] => {
    const sums = [0, 0, 0]
    let count = 0
    for (let y = Math.ceil((top + 0.1) * info.height); y < Math.floor((top + 0.4) * info.height); y++) {
      for (let x = Math.ceil((left + 0.1) * info.width); x < Math.floor((left + 0.4) * info.width); x++) {
        for (const channel of [0, 1, 2]) {
          sums[channel] = (sums[channel] ?? 0) + (data[(y * info.width + x) * info.channels + channel] ?? 0)
        }
        count++
      }
    }
    return sums.map((sum) => Math.round(sum / count))
  }
  return [mean(0, 0), mean(0.5, 0), mean(0, 0.5), mean(0.5, 0.5)]
}

export const alike = (found: Quadrants, expected: Quadrants, tolerance = 8): boolean =>
  found.every((color, index) => similar(color, expected[index] ?? [], tolerance))
