import type { Expected } from '../replay/expected'
import type { Case } from '../replay/recorded'
import { isEncoded, untouched } from './inputs'
import { answerTo, imageFor, type Sent, sentOf, setImage, setResult, shrunkTo } from './sent'

/** What our client sends for the images that this is about. */
const changeImages =
  (isAbout: (sent: Sent, recorded: Case, expected: Expected) => boolean) =>
  (expected: Expected, recorded: Case): Expected => {
    for (const sent of sentOf(recorded, expected)) {
      if (isAbout(sent, recorded, expected)) setImage(sent, imageFor(recorded, expected, sent.input))
    }
    return expected
  }

/** The SDK sends a data URI as it is. */
export const decodeDataUris = changeImages(({ input, image }) => input.kind === 'dataUri' && !image.format)

/** Where downsizing is on, the SDK encodes every image anew. */
export const leaveUntouched = (expected: Expected, recorded: Case): Expected => {
  for (const sent of sentOf(recorded, expected)) {
    const { input, image } = sent
    if (!isEncoded(input) || image.sameBytesAs || shrunkTo(recorded, expected, input)) continue
    const wasShrunk = image.width !== null && image.width < (input.image?.stored.width ?? 0)
    setImage(sent, untouched(input))
    if (wasShrunk && !expected.error) setResult(recorded, expected, sent, answerTo(sent))
  }
  return expected
}

/** The SDK turns what it reads from a path, and nothing else; it takes orientation away from all. */
export const turnAlike = changeImages(
  ({ input }, recorded, expected) =>
    isEncoded(input) &&
    (input.image?.orientation ?? 1) > 1 &&
    shrunkTo(recorded, expected, input) !== undefined,
)

/** The SDK cuts values above 255 off, unless the image comes from a path. */
export const scaleDepth = changeImages(
  ({ input }, recorded, expected) =>
    isEncoded(input) &&
    input.kind !== 'path' &&
    input.image?.isDeep === true &&
    shrunkTo(recorded, expected, input) !== undefined,
)
