import { EncodingError } from '../http/errors'
import { LoadedImage, maxPixels } from './loaded-image'
import type { RawPixels } from './references'

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

const checked = ({
  data,
  width,
  height,
  channels,
}: RawPixels): { width: number; height: number; channels: 1 | 3 | 4 } => {
  if (![width, height].every((side) => Number.isInteger(side) && side > 0) || width * height > maxPixels) {
    throw new EncodingError(`Raw pixels cannot be ${width} × ${height}.`)
  }
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new EncodingError(`Raw pixels have 1, 3 or 4 channels, not ${channels}.`)
  }
  if (data instanceof Uint8Array || Array.isArray(data)) {
    const expected = width * height * channels
    if (data.length !== expected) {
      throw new EncodingError(
        `Raw pixels of ${width} × ${height} × ${channels} are ${expected} bytes; here are ${data.length}.`,
        'Only 8 bits per channel are understood.',
      )
    }
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
