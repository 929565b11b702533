import type { Sharp } from 'sharp'
import { type Decoder, decode } from './decoder'
import { decodableFormats } from './formats'
import type { LoadedImage } from './loaded-image'
import { orientationOnServer } from './orientation'
import type { Size } from './size'

/** An image as it is sent. */
export interface PreparedImage {
  bytes: Buffer
  /** Of an image that was shrunk: the size that predictions have to be scaled back to, and the one that is sent. */
  shrunkFrom?: Size
  sentSize?: Size
  /** Whether the server swaps the sides where it turns what is sent by its EXIF orientation. */
  liesOnSide?: boolean
}

/** The size that fits into the limit with the same aspect ratio; undefined when the image already fits. */
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

export const swapped = ({ width, height }: Size): Size => ({ width: height, height: width })

/**
 * Shrinks an image that is larger than the limit, encoded once as JPEG of quality 95, colours at full resolution: the
 * model looks at each pixel that is left. The server sees the copy as it would have seen the image: only it knows
 * whether a model wants images turned upright, so pixels stay as stored and the orientation goes along, unless
 * nothing is to be turned (`upright` is false). An image that fits, or is decoded in another way there than here, is
 * passed on untouched. Throws `EncodingError`.
 */
export const prepareImage = async (
  image: LoadedImage,
  limit: Size | undefined,
  upright: boolean,
  signal?: AbortSignal,
): Promise<PreparedImage> => {
  const { bytes, format, size } = image
  if (!limit || !size || !decodableFormats.has(format) || fitsAnyway(size, limit)) return { bytes }
  return decode(
    image,
    async (decoder) => {
      const look = await lookOf(image, size, upright, decoder.open())
      if (!look) return { bytes }
      const liesOnSide = look.orientation > 4
      const sentSize = downsizedSize(look.size, liesOnSide ? alongside(look.size, limit) : limit)
      if (!sentSize) return { bytes }
      return {
        bytes: await shrink(image, sentSize, look, decoder),
        shrunkFrom: look.size,
        sentSize,
        liesOnSide,
      }
    },
    signal,
  )
}

const fitsAnyway = (size: Size, limit: Size): boolean =>
  Math.max(size.width, size.height) <= Math.min(limit.width, limit.height)

/**
 * A limit for an image that may be turned on its side: the way round that leaves more of it. Nobody here knows whether
 * it will be turned, and pixels too many do no harm, but pixels too few are missed.
 */
const alongside = (size: Size, limit: Size): Size =>
  size.width > size.height === limit.width > limit.height ? limit : swapped(limit)

/** An image as it is sent, but for being shrunk. */
interface Look {
  size: Size
  /** The EXIF orientation that goes along. */
  orientation: number
  hasAlpha: boolean
}

/**
 * What the server, which decodes with OpenCV 4.12, makes of an image: it turns JPEG and PNG unless told not to, TIFF
 * always (so does `opaqueImage`), other formats never. Undefined for what it decodes in another way than it is done
 * here.
 */
const lookOf = async (
  image: LoadedImage,
  size: Size,
  upright: boolean,
  opened: Sharp,
): Promise<Look | undefined> => {
  const { bytes, format } = image
  if (format === 'avif' && turnsItself(bytes)) return undefined
  const { orientation = 1, space, hasAlpha } = await opened.metadata()
  const asStored = { size, orientation: 1, hasAlpha }
  // colours for print become others here than there
  if (space === 'cmyk') return undefined
  if (format === 'tiff') {
    // there, alpha dims the colours
    if (hasAlpha) return undefined
    return orientation > 4 ? { ...asStored, size: swapped(size) } : asStored
  }
  if (!upright) return asStored
  if (format === 'jpeg') return { ...asStored, orientation: orientationOnServer(bytes) }
  return format === 'png' ? { ...asStored, orientation } : asStored
}

/** The decoder here turns and mirrors AVIF as its header says, the server's does not: such an image is left alone. */
const turnsItself = (avif: Buffer): boolean => {
  const header = avif.subarray(0, 4096)
  return header.includes('irot') || header.includes('imir')
}

const shrink = async (
  image: LoadedImage,
  { width, height }: Size,
  { orientation, hasAlpha }: Look,
  decoder: Decoder,
): Promise<Buffer> => {
  const opaque = await opaqueImage(image, hasAlpha, decoder)
  const jpeg = opaque
    // as the SDK does; a tenth faster than what looks best to people
    .resize(width, height, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: keepsItsPlaces(image) })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4', optimiseCoding: false })
  if (orientation > 1) jpeg.withExif({ IFD0: { Orientation: String(orientation) } })
  return jpeg.toBuffer()
}

// A JPEG that is shrunk while it is decoded is rounded up to whole pixels: 1021 count as 1024, and things move by up to
// a pixel of the shrunk image. Half of the way is always gone like that; odd sizes have to take more time for the rest.
const keepsItsPlaces = ({ format, width = 0, height = 0 }: LoadedImage): boolean =>
  format !== 'jpeg' || (width % 8 === 0 && height % 8 === 0)

/** As the server decodes: embedded colour profiles play no part, and transparent pixels have colours, too. */
export const opaqueImage = async (
  { format }: LoadedImage,
  hasAlpha: boolean,
  decoder: Decoder,
): Promise<Sharp> => {
  const stored = decoder.open({ failOn: 'error', ignoreIcc: true })
  if (format === 'tiff') return stored.autoOrient()
  if (!hasAlpha) return stored
  // resizing together with alpha would dim them
  const { data, info } = await stored.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return decoder.fromPixels(data, { width: info.width, height: info.height, channels: info.channels })
}
