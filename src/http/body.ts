import { randomBytes } from 'node:crypto'

/** The bytes of a picture inside a request's JSON; they become base64 only when they are sent. */
export class EncodedImage {
  constructor(readonly bytes: Uint8Array) {}
}

export type RequestBody =
  /** A value for JSON in which `EncodedImage` may stand anywhere. */
  | { json: unknown }
  /** A picture alone, sent as bare base64 text. */
  | { base64: EncodedImage }

// Cannot occur in what a user sends, and needs no escaping in JSON.
const placeholder = `image-${randomBytes(16).toString('hex')}`

/** Serialises a body. A picture never passes through JSON.stringify: the text is cut where it belongs. */
export const serialiseBody = (body: RequestBody): Buffer => {
  if ('base64' in body) return Buffer.from(toBase64(body.base64), 'latin1')
  const images: string[] = []
  const text = JSON.stringify(body.json, (_key, value) => {
    if (!(value instanceof EncodedImage)) return value
    images.push(toBase64(value))
    return placeholder
  })
  if (images.length === 0) return Buffer.from(text)
  const pieces = text.split(placeholder)
  const size = [...pieces, ...images].reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  const buffer = Buffer.allocUnsafe(size)
  let at = 0
  for (const [index, piece] of pieces.entries()) {
    at += buffer.write(piece, at)
    at += buffer.write(images[index] ?? '', at, 'latin1')
  }
  return buffer
}

const toBase64 = ({ bytes }: EncodedImage): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
