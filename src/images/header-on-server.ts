import type { Decoder } from './decoder'
import type { LoadedImage } from './loaded-image'
import { orientationOnServer } from './orientation'
import type { Size } from './size'

/**
 * The size of an image as stored, and the EXIF orientation by which the server (OpenCV 4.12) turns it: 1 where it does
 * not, as for all formats but JPEG, PNG and TIFF.
 */
export const headerOnServer = async (
  { bytes, format, size }: LoadedImage,
  decoder: Decoder,
): Promise<{ size: Size; orientation: number }> => {
  if (format === 'jpeg' && size) return { size, orientation: orientationOnServer(bytes) }
  const { width, height, orientation = 1 } = await decoder.open().metadata()
  return { size: { width, height }, orientation: format === 'png' || format === 'tiff' ? orientation : 1 }
}
