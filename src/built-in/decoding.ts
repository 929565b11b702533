import type { Sharp } from 'sharp'
import { EncodingError } from '../errors'
import { decode } from '../images/decoder'
import { opaqueImage } from '../images/downsizing'
import { headerOnServer } from '../images/header-on-server'
import { LoadedImage } from '../images/loaded-image'
import { Problem } from './problems'
import type { RgbImage } from './rgb-image'

/**
 * An encoded image → its pixels as the inference server sees them: turned upright unless that is switched off, without
 * alpha, embedded colour profiles ignored. Throws `Problem`.
 */
export const decodeImage = async (
  bytes: Buffer,
  upright: boolean,
  signal: AbortSignal,
): Promise<RgbImage> => {
  try {
    return await pixelsOf(LoadedImage.from(bytes), upright, signal)
  } catch (error) {
    if (error instanceof EncodingError) throw new Problem('badImage', error.sentences[0] ?? error.message)
    throw error
  }
}

const pixelsOf = (image: LoadedImage, upright: boolean, signal: AbortSignal): Promise<RgbImage> =>
  decode(
    image,
    async (decoder) => {
      const { hasAlpha } = await decoder.open().metadata()
      const opaque = await opaqueImage(image, hasAlpha, decoder)
      // a TIFF is turned while it is decoded
      const turns = upright && image.format !== 'tiff'
      const turn = turns ? (await headerOnServer(image, decoder)).orientation : 1
      const { data, info } = await turned(opaque, turn)
        .toColourspace('srgb')
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true })
      const { width, height, channels } = info
      return { data: channels === 3 ? data : tripled(data), width, height }
    },
    signal,
  )

const tripled = (gray: Uint8Array): Uint8Array => {
  const data = new Uint8Array(gray.length * 3)
  for (const [index, value] of gray.entries()) data.fill(value, index * 3, index * 3 + 3)
  return data
}

/** By an EXIF orientation, 1 to 8; sharp mirrors before it turns. */
const turned = (image: Sharp, orientation: number): Sharp => {
  if ([2, 7].includes(orientation)) image.flop()
  if ([4, 5].includes(orientation)) image.flip()
  if (orientation === 3) return image.rotate(180)
  if (orientation === 8) return image.rotate(270)
  return orientation > 4 ? image.rotate(90) : image
}
