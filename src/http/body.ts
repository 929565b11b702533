import { randomBytes } from 'node:crypto'

/** The bytes of an image inside a request's JSON; they become base64 only when they are sent. */
export class EncodedImage {
  constructor(readonly bytes: Uint8Array) {}
}

export type RequestBody =
  /** A value for JSON in which `EncodedImage` may stand anywhere. */
  | { json: unknown }
  /** An image alone, sent as bare base64 text. */
  | { base64: EncodedImage }

// Cannot occur in what a user sends, and needs no escaping in JSON.
const placeholder = `image-${randomBytes(16).toString('hex')}`

/**
 * Serialises a body. An image never passes through JSON.stringify: the text is cut where it belongs.
 * `allocate` may give more bytes than it is asked for.
 */
export const serialiseBody = (
  body: RequestBody,
  allocate: (size: number) => Buffer = Buffer.allocUnsafe,
): Buffer => {
  const images: EncodedImage[] = 'base64' in body ? [body.base64] : []
  const texts = 'base64' in body ? ['', ''] : textsAround(body.json, images)
  let size = 0
  for (const text of texts) size += Buffer.byteLength(text)
  for (const image of images) size += base64Length(image)
  const buffer = allocate(size)
  let at = 0
  for (const [index, text] of texts.entries()) {
    at += buffer.write(text, at)
    const image = images[index]
    if (image) at = writeBase64(image, buffer, at)
  }
  return buffer.subarray(0, size)
}

/** The JSON in pieces, between which the images belong that are added to `images`. */
const textsAround = (json: unknown, images: EncodedImage[]): string[] => {
  const text = JSON.stringify(json, (_key, value) => {
    if (!(value instanceof EncodedImage)) return value
    images.push(value)
    return placeholder
  })
  return text.split(placeholder)
}

const base64Length = ({ bytes }: EncodedImage): number => Math.ceil(bytes.length / 3) * 4

// A multiple of 3. One text of all of a large image is dear: memory is fetched from the system and given back.
const pieceLength = 24 * 1024

const writeBase64 = ({ bytes }: EncodedImage, buffer: Buffer, start: number): number => {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = start
  for (let from = 0; from < source.length; from += pieceLength) {
    at += buffer.write(source.toString('base64', from, from + pieceLength), at, 'latin1')
  }
  return at
}
