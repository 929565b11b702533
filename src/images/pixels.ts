import { EncodingError } from '../errors'
import { LoadedImage, maxPixels } from './loaded-image'
import type { RawPixels } from './references'

/** A JPEG's header has 16 bits for each side. */
const longestJpegSide = 65_535

/** Raw pixels → JPEG of quality 95 with 4:2:0 chroma, as the Python SDK encodes arrays; alpha is dropped. */
export const encodePixels = async (pixels: RawPixels): Promise<LoadedImage> => {
  const { width, height, channels } = checked(pixels)
  const data = inRgbOrder(pixels)
  const { default: sharp } = await import('sharp')
  const encoded = await sharp(data, { raw: { width, height, channels } })
    .removeAlpha()
    .jpeg({ quality: 95, chromaSubsampling: '4:2:0' })
    .toBuffer()
  return LoadedImage.from(encoded)
}

/** An encoded image → its pixels, RGB(A) or grey, as stored (no EXIF orientation is applied). */
export const decodePixels = async ({ bytes, format }: LoadedImage): Promise<RawPixels> => {
  const { default: sharp } = await import('sharp')
  try {
    const image = sharp(bytes, { limitInputPixels: maxPixels })
    const { space } = await image.metadata()
    // grey would become three equal channels
    const inItsSpace = space === 'b-w' ? image.toColourspace('b-w') : image
    const { data, info } = await inItsSpace.raw().toBuffer({ resolveWithObject: true })
    return { data, width: info.width, height: info.height, channels: info.channels }
  } catch {
    throw new EncodingError(`The ${format.toUpperCase()} is damaged and cannot be decoded.`)
  }
}

const checked = ({
  data,
  width,
  height,
  channels,
}: RawPixels): { width: number; height: number; channels: 1 | 3 | 4 } => {
  const fits = (side: number) => Number.isInteger(side) && side > 0 && side <= longestJpegSide
  if (!fits(width) || !fits(height) || width * height > maxPixels) {
    throw new EncodingError(`Raw pixels cannot be ${width} × ${height}.`)
  }
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new EncodingError(`Raw pixels have 1, 3 or 4 channels, not ${channels}.`)
  }
  const expected = width * height * channels
  if (data.length !== expected) {
    throw new EncodingError(
      `Raw pixels of ${width} × ${height} × ${channels} are ${expected} bytes; here are ${data.length}.`,
      'Only 8 bits per channel are understood.',
    )
  }
  return { width, height, channels }
}

// A copy: the memory may be shared with other branches of a flow.
const inRgbOrder = ({ data, channels, colorSpace }: RawPixels): Uint8Array => {
  if (!/^bgr/i.test(colorSpace ?? '') || channels < 3) return Uint8Array.from(data)
  const swapped = Uint8Array.from(data)
  for (let at = 0; at < swapped.length; at += channels) {
    swapped[at] = data[at + 2] ?? 0
    swapped[at + 2] = data[at] ?? 0
  }
  return swapped
}
