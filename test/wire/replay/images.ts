import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { imageSize } from 'image-size'
import sharp from 'sharp'

export interface Size {
  width: number
  height: number
}

/** How an image looks: its size, and its pixels as RGB where they can be decoded. */
export interface Look extends Size {
  rgb?: Buffer
}

/** What is known of an image in a file. */
export interface Image {
  bytes: Buffer
  sha256: string
  /** JPEG, PNG …; undefined where the bytes are no image. */
  format: string | undefined
  /** As it is stored, and as it is seen once EXIF orientation is applied. */
  stored: Look
  upright: Look
  /** EXIF orientation, 1 to 8. */
  orientation: number
  /** More than 8 bits per channel. */
  isDeep: boolean
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const readImage = async (file: string): Promise<Image> => {
  const bytes = readFileSync(file)
  const { format, orientation, ...size } = headerOf(bytes)
  const isDecodable = format !== undefined && format !== 'BMP'
  return {
    bytes,
    sha256: sha256Of(bytes),
    format,
    stored: isDecodable ? await lookOf(bytes) : size,
    upright: isDecodable ? await lookOf(bytes, true) : size,
    orientation,
    isDeep: format === 'PNG' && (bytes[24] ?? 0) > 8,
  }
}

interface Header extends Size {
  format: string | undefined
  orientation: number
}

/** Format and size as stored, from the first bytes alone. */
export const headerOf = (bytes: Uint8Array): Header => {
  try {
    const { type = '', width, height, orientation = 1 } = imageSize(bytes)
    const format = type === 'jpg' ? 'JPEG' : type.toUpperCase()
    return { format, width, height, orientation }
  } catch {
    return { format: undefined, width: 0, height: 0, orientation: 1 }
  }
}

export const lookOf = async (bytes: Uint8Array, upright = false): Promise<Look> => {
  const image = sharp(bytes, { ignoreIcc: true })
  const { data, info } = await (upright ? image.autoOrient() : image)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  if (channels === 3) return { width, height, rgb: data }
  return { width, height, rgb: Buffer.from(Array.from(data).flatMap((grey) => [grey, grey, grey])) }
}

/** Mean red, green and blue of 4 × 4 areas. */
type Grid = number[][][]

/**
 * The grid of an image as it is once the image has another size: its rows and columns are shared out as
 * numpy.array_split does.
 */
export const gridOf = ({ width, height, rgb }: Look, size: Size): Grid | undefined => {
  if (!rgb) return undefined
  const mean = ([top, bottom]: Range, [left, right]: Range): number[] => {
    let [red, green, blue] = [0, 0, 0]
    for (let y = Math.floor(top); y < bottom; y++) {
      const rows = Math.min(y + 1, bottom) - Math.max(y, top)
      for (let x = Math.floor(left); x < right; x++) {
        const columns = Math.min(x + 1, right) - Math.max(x, left)
        const at = (y * width + x) * 3
        red += (rgb[at] ?? 0) * rows * columns
        green += (rgb[at + 1] ?? 0) * rows * columns
        blue += (rgb[at + 2] ?? 0) * rows * columns
      }
    }
    return [red, green, blue].map((sum) => sum / ((bottom - top) * (right - left)))
  }
  const across = quartersOf(size.width).map((range) => stretched(range, width / size.width))
  const down = quartersOf(size.height).map((range) => stretched(range, height / size.height))
  return down.map((rows) => across.map((columns) => mean(rows, columns)))
}

type Range = [from: number, to: number]

const stretched = ([from, to]: Range, by: number): Range => [from * by, to * by]

const quartersOf = (length: number): Range[] => {
  const size = Math.floor(length / 4)
  const larger = length % 4
  const start = (index: number) => index * size + Math.min(index, larger)
  return [0, 1, 2, 3].map((index) => [start(index), start(index + 1)])
}

/** The size that fits into the limit with the same aspect ratio, rounded half to even; undefined where it fits. */
export const shrunkSize = ({ width, height }: Size, limit: Size): Size | undefined => {
  const factor = Math.min(limit.height / height, limit.width / width)
  if (factor >= 1) return undefined
  return { width: roundedToEven(width * factor) || 1, height: roundedToEven(height * factor) || 1 }
}

/** As Python rounds. */
export const roundedToEven = (value: number): number => {
  const below = Math.floor(value)
  if (value - below !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}
