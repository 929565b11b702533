import type { LoadedImage } from '../images/loaded-image'
import { orientationOnServer, withoutOrientation } from '../images/orientation'
import { isTurned } from './scale'

/**
 * The bytes that predictions fit: the image as it came. Where predictions are for the image as stored, because turning
 * it upright was switched off or the model's server does not do it, a copy that viewers do not turn either.
 */
export const imageAsPredicted = (
  { bytes, format, size }: LoadedImage,
  answer: object,
  { upright = true }: { upright?: boolean } = {},
): Buffer => {
  const isShownUpright =
    !size || orientationOnServer(bytes) <= 4 || isTurned(answer as Record<string, unknown>, size)
  return format === 'jpeg' && !(upright && isShownUpright) ? withoutOrientation(bytes) : bytes
}
