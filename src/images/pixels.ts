import { EncodingError } from '../errors'
import { sentence } from '../sentence'
import { decode, encode } from './decoder'
import { maxPixels } from './limits'
import { LoadedImage } from './loaded-image'
import type { RawPixels } from './references'

/** What the encoder takes; a JPEG's header has 16 bits for each side. */
const longestJpegSide = 65_500

/** Raw pixels → JPEG of quality 95 with 4:2:0 chroma, as the Python SDK encodes arrays; alpha is dropped. */
export const encodePixels = async (pixels: RawPixels): Promise<LoadedImage> => {
  const raw = checked(pixels)
  const encoded = await encode(inRgbOrder(pixels), raw, (image) =>
    image.removeAlpha().jpeg({ quality: 95, chromaSubsampling: '4:2:0' }).toBuffer(),
  )
  return LoadedImage.from(encoded)
}

/** An encoded image → its pixels, RGB(A) or grey, as stored (no EXIF orientation is applied). */
export const decodePixels = (image: LoadedImage): Promise<RawPixels> =>
  decode(image, async ({ open }) => {
    const stored = open()
    const { space } = await stored.metadata()
    // grey would become three equal channels
    const inItsSpace = space === 'b-w' ? stored.toColourspace('b-w') : stored
    const { data, info } = await inItsSpace.raw().toBuffer({ resolveWithObject: true })
    return { data, width: info.width, height: info.height, channels: info.channels }
  })

const checked = ({
  data,
  width,
  height,
  channels,
}: RawPixels): { width: number; height: number; channels: 1 | 3 | 4 } => {
  const fits = (side: number) => Number.isInteger(side) && side > 0 && side <= longestJpegSide
  if (!fits(width) || !fits(height) || width * height > maxPixels) {
    throw new EncodingError(sentence`Raw pixels cannot be ${width} × ${height}.`)
  }
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new EncodingError(sentence`Raw pixels have 1, 3 or 4 channels, not ${channels}.`)
  }
  const expected = width * height * channels
  if (data.length !== expected) {
    throw new EncodingError(
      sentence`Raw pixels of ${width} × ${height} × ${channels} are ${expected} bytes; here are ${data.length}.`,
      sentence`Only 8 bits per channel are understood.`,
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
