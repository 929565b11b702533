import type { Sharp } from 'sharp'
import { EncodingError } from '../http/errors'
import { decodableFormats, type ImageFormat } from './formats'
import { type LoadedImage, maxPixels } from './loaded-image'

export interface Size {
  width: number
  height: number
}

/** A picture as it is sent; `shrunkFrom` is the size that predictions have to be scaled back to. */
export interface PreparedImage {
  bytes: Buffer
  shrunkFrom?: Size
  sentSize?: Size
}

/** The size that fits into the limit with the same aspect ratio; undefined when the picture already fits. */
export const downsizedSize = ({ width, height }: Size, limit: Size): Size | undefined => {
  const factor = Math.min(limit.height / height, limit.width / width)
  if (factor >= 1) return undefined
  const side = (length: number) => Math.max(1, roundHalfToEven(length * factor))
  return { width: side(width), height: side(height) }
}

/** As Python rounds: 510.5 → 510, 511.5 → 512. */
export const roundHalfToEven = (value: number): number => {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

/**
 * Shrinks a picture that is larger than the limit: decoded, turned upright (if `upright`), encoded once as JPEG of
 * quality 95, colours at full resolution: the model looks at each pixel that is left. One that fits, or cannot be decoded here, is passed on untouched. Throws `EncodingError`.
 */
export const prepareImage = async (
  image: LoadedImage,
  limit: Size | undefined,
  upright: boolean,
): Promise<PreparedImage> => {
  if (!limit || !decodableFormats.has(image.format)) return { bytes: image.bytes }
  const turned = isTurned(image.format, upright)
  try {
    const size = await sizeAsSeen(image, turned, limit)
    const sentSize = size && downsizedSize(size, limit)
    if (!size || !sentSize) return { bytes: image.bytes }
    return { bytes: await shrink(image, sentSize, turned), shrunkFrom: size, sentSize }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new EncodingError(`The ${image.format.toUpperCase()} is damaged and cannot be decoded (${reason}).`)
  }
}

/**
 * Whether the server, which decodes with OpenCV 4.12, would turn the untouched picture by its EXIF orientation: JPEG
 * and PNG unless told not to, TIFF always, other formats never.
 */
const isTurned = (format: ImageFormat, upright: boolean): boolean =>
  format === 'tiff' || (upright && (format === 'jpeg' || format === 'png'))

/** The size that the server would see; undefined for what it would decode in another way than it is done here. */
const sizeAsSeen = async (image: LoadedImage, turned: boolean, limit: Size): Promise<Size | undefined> => {
  const stored = image.size
  if (!stored || Math.max(stored.width, stored.height) <= Math.min(limit.width, limit.height)) return stored
  if (image.format === 'avif') return turnsItself(image.bytes) ? undefined : stored
  const { default: sharp } = await import('sharp')
  const { orientation = 1, space } = await sharp(image.bytes, { limitInputPixels: maxPixels }).metadata()
  // colours for print become others here than there
  if (space === 'cmyk') return undefined
  return turned && orientation > 4 ? { width: stored.height, height: stored.width } : stored
}

/** The decoder here turns and mirrors AVIF as its header says, the server's does not: such a picture is left alone. */
const turnsItself = (avif: Buffer): boolean => {
  const header = avif.subarray(0, 4096)
  return header.includes('irot') || header.includes('imir')
}

const shrink = async (image: LoadedImage, { width, height }: Size, turned: boolean): Promise<Buffer> => {
  const picture = await opaquePicture(image, turned)
  return picture
    .resize(width, height, { fit: 'fill' })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4', optimiseCoding: false })
    .toBuffer()
}

/** As the server decodes: embedded colour profiles play no part, and transparent pixels have colours, too. */
const opaquePicture = async ({ bytes, format }: LoadedImage, turned: boolean): Promise<Sharp> => {
  const { default: sharp } = await import('sharp')
  const stored = sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels, ignoreIcc: true })
  const picture = turned ? stored.autoOrient() : stored
  if (format === 'jpeg' || !(await picture.metadata()).hasAlpha) return picture
  // resizing together with alpha would dim them
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
}
