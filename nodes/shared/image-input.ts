import { isUint8Array } from 'node:util/types'
import { forEachImage } from '../../src/client/shared/batches'
import { loadReference } from '../../src/images/load-image'
import { orientationOnServer, withoutOrientation } from '../../src/images/orientation'
import { resolveReference } from '../../src/images/references'
import type { LoadedImage } from '../../src/index'
import { isTurned } from '../../src/predictions/scale'
import { refuseFromOutside } from './references'
import { evaluateProperty, type Input, isTypedIn, typeOf } from './typed-input'

export type Images = LoadedImage | LoadedImage[]

/** An image, or a list of them (a batch), in any form the client knows; read into memory here. */
export const imageInput = (): Input<Images> => ({
  async read(scope, property) {
    const value = await evaluateProperty(scope, property)
    const outside = !isTypedIn(typeOf(scope.properties, property))
    const load = async (image: unknown) => {
      const reference = resolveReference(image)
      if (outside) refuseFromOutside(reference, scope.msg, scope.references)
      return loadReference(reference, { signal: scope.signal })
    }
    return Array.isArray(value) ? forEachImage(value, load) : load(value)
  },
  weight({ RED, msg, properties }, property) {
    if (typeOf(properties, property) !== 'msg') return 0
    try {
      return bytesOf(RED.util.getMessageProperty(msg, String(properties[property])))
    } catch {
      return 0
    }
  },
})

/**
 * For `msg.image`: the bytes as they came, of one image or of each. Where predictions are for the image as stored,
 * because turning it upright was switched off, or the model's server does not do it, a copy that viewers do not turn
 * either.
 */
export const asBuffers = (images: Images, answers: object, upright: boolean): Buffer | Buffer[] => {
  const toBuffer = (image: LoadedImage, answer: object): Buffer =>
    image.format === 'jpeg' && !(upright && isShownUpright(image, answer))
      ? withoutOrientation(image.bytes)
      : image.bytes
  return Array.isArray(images)
    ? images.map((image, index) => toBuffer(image, (answers as object[])[index] ?? {}))
    : toBuffer(images, answers)
}

const isShownUpright = ({ bytes, size }: LoadedImage, answer: object): boolean =>
  !size || orientationOnServer(bytes) <= 4 || isTurned(answer as Record<string, unknown>, size)

const bytesOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length
  if (isUint8Array(value)) return value.byteLength
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + bytesOf(item), 0)
  const { data, bitmap } = (value ?? {}) as { data?: unknown; bitmap?: { data?: unknown } }
  const bytes = data ?? bitmap?.data
  return Array.isArray(bytes) ? bytes.length : bytesOf(bytes ?? '')
}
