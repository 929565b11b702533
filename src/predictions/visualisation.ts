import type { FieldTypes } from '../configuration/fields'
import { EncodingError } from '../errors'
import { LoadedImage } from '../images/loaded-image'
import { decodePixels } from '../images/pixels'
import type { RawPixels } from '../images/references'
import { sentence } from '../sentence'

/** An image that the server drew: base64, the encoded image (`pillow`) or raw pixels (`numpy`). */
export type Visualisation = string | Buffer | RawPixels

/** Throws `EncodingError` when the bytes are no image, unless they are only passed on as base64. */
export const decodeVisualisation = async (
  bytes: Buffer,
  format: FieldTypes['visualisation'],
): Promise<Visualisation> => {
  if (format === 'base64') return bytes.toString('base64')
  const image = readImage(bytes)
  return format === 'pillow' ? image.bytes : decodePixels(image)
}

const readImage = (bytes: Buffer): LoadedImage => {
  try {
    return LoadedImage.from(bytes)
  } catch {
    throw new EncodingError(sentence`The visualisation that the server returned is no image.`)
  }
}
