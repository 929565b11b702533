import { fileURLToPath } from 'node:url'
import { isUint8Array } from 'node:util/types'
import { EncodingError, HTTPClientError, InvalidInputFormatError, InvalidURLImageInput } from '../errors'
import { isUrl } from '../http/urls'
import { sentence, type Words } from '../sentence'
import { formatOf, signatureLength } from './formats'
import { defaultMaxBytes } from './limits'
import { LoadedImage } from './loaded-image'

/** Uncompressed pixels, 8 bits per channel, row by row from the top left; RGB(A), or grey with one channel. */
export interface RawPixels {
  data: Uint8Array | number[]
  width: number
  height: number
  channels: number
  /** `BGR` and `BGRA` are honoured; anything else is taken as RGB(A) or grey. */
  colorSpace?: string
}

/** An image in any form a user may have it. A string is a path, an http(s) URL, a data URI or base64. */
export type ImageReference =
  | string
  | URL
  | Uint8Array
  | { type: 'Buffer'; data: number[] }
  | RawPixels
  | { bitmap: { data: Uint8Array; width: number; height: number } }
  | { buffer: Uint8Array; mimetype: string }
  | LoadedImage

/** What a reference turned out to be. */
export type Reference =
  | { kind: 'loaded'; image: LoadedImage }
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'pixels'; pixels: RawPixels }
  | { kind: 'path'; path: string }
  | { kind: 'url'; url: URL }

/** Tells what a value is, without reading anything; throws `InvalidInputFormatError` when it is nothing. */
export const resolveReference = (value: unknown): Reference => {
  try {
    return resolve(value)
  } catch (error) {
    if (error instanceof HTTPClientError) throw error
    // getters may throw, proxies be revoked, memory be given away
    throw new InvalidInputFormatError(sentence`There is no image here: what is here cannot be read.`)
  }
}

const resolve = (value: unknown): Reference => {
  if (value instanceof LoadedImage) return { kind: 'loaded', image: value }
  // function nodes run in a realm of their own: instanceof would not know their arrays
  if (isUint8Array(value)) return { kind: 'bytes', bytes: value }
  if (typeof value === 'string') return resolveString(value)
  if (value instanceof URL) return resolveUrl(value.href)
  if (typeof value === 'object' && value !== null) return resolveObject(value as Record<string, unknown>)
  throw new InvalidInputFormatError(sentence`There is no image here: it is ${describe(value)}.`)
}

const resolveObject = (value: Record<string, unknown>): Reference => {
  const { type, data, buffer, mimetype, bitmap } = value
  if (type === 'Buffer' && Array.isArray(data)) return { kind: 'bytes', bytes: bytesOf(data) }
  if (isPixels(value)) return { kind: 'pixels', pixels: value }
  // a file as uploads bring it
  if (isUint8Array(buffer) && typeof mimetype === 'string') return { kind: 'bytes', bytes: buffer }
  // Jimp objects come from another copy of the library: instanceof would not know them.
  const pixels = { ...sizedPixels(bitmap), channels: 4 }
  if (isPixels(pixels)) return { kind: 'pixels', pixels }
  if ('predictions' in value || 'inference_id' in value) {
    throw new InvalidInputFormatError(
      sentence`This is an answer, not an image.`,
      sentence`The image travels in msg.image: choose that.`,
    )
  }
  throw new InvalidInputFormatError(sentence`There is no image here: it is ${describe(value)}.`)
}

/** What is to become bytes is measured first: a list may claim any length. */
const bytesOf = (list: number[]): Buffer => {
  if (list.length > largest) throw tooLarge(list.length)
  return Buffer.from(list)
}

const largest = defaultMaxBytes

const tooLarge = (bytes: number): EncodingError =>
  new EncodingError(sentence`${Math.ceil(bytes / 2 ** 20)} MiB are too large for an image.`)

/** Nothing but what pixels need: an object may have anything else, such as a name for each of its bytes. */
const sizedPixels = (bitmap: unknown): object => {
  const { data, width, height } = (bitmap ?? {}) as Partial<RawPixels>
  return { data, width, height }
}

const isPixels = (value: unknown): value is RawPixels => {
  const { data, width, height, channels } = value as Partial<RawPixels>
  const bytes = isUint8Array(data) || Array.isArray(data)
  return bytes && typeof width === 'number' && typeof height === 'number' && typeof channels === 'number'
}

const resolveString = (text: string): Reference => {
  const trimmed = text.trim()
  if (trimmed === '') throw new InvalidInputFormatError(sentence`There is no image here: the text is empty.`)
  if (/^data:/i.test(trimmed)) return { kind: 'bytes', bytes: decodeDataUri(trimmed) }
  if (isUrl(trimmed)) return resolveUrl(trimmed)
  if (isBase64Image(trimmed)) return { kind: 'bytes', bytes: Buffer.from(trimmed, 'base64') }
  refuseMisread(trimmed)
  return { kind: 'path', path: text }
}

const resolveUrl = (text: string): Reference => {
  const url = parseUrl(text)
  const isHttp = /^https?:/i.test(text)
  // "http://a\b.example": what a is, and what b.example, is read differently by everybody
  if (!url || (isHttp && /^[^/]*\/\/[^/?#]*\\/.test(text))) {
    const InvalidUrl = isHttp ? InvalidURLImageInput : InvalidInputFormatError
    throw new InvalidUrl(sentence`This is not a valid URL.`, sentence`Check how it is spelled.`)
  }
  if (url.protocol === 'file:') return { kind: 'path', path: pathOf(url) }
  if (isHttp) return { kind: 'url', url }
  throw new InvalidInputFormatError(
    sentence`An image cannot be read from ${url.protocol}// addresses.`,
    sentence`Use http or https.`,
  )
}

const pathOf = (url: URL): string => {
  try {
    return fileURLToPath(url)
  } catch {
    throw new InvalidInputFormatError(sentence`This file:// URL leads to no file of this machine.`)
  }
}

const parseUrl = (text: string): URL | null => {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

const decodeDataUri = (uri: string): Buffer => {
  const comma = uri.indexOf(',')
  const [head, data] = [uri.slice(0, comma), uri.slice(comma + 1)]
  if (comma < 0)
    throw new InvalidInputFormatError(sentence`This data URI has no data: there is no comma in it.`)
  const isBase64 = /;base64$/i.test(head.slice(0, longestHead).trim())
  // every byte may be written as three characters
  if (data.length > largest * 3) throw tooLarge(data.length)
  const bytes = percentDecoded(data)
  return isBase64 ? Buffer.from(bytes.toString('latin1'), 'base64') : bytes
}

const longestHead = 1_000

/** Each %XX as the byte it stands for. */
const percentDecoded = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'latin1')
  if (!text.includes('%')) return bytes
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] === percent ? Number.parseInt(text.slice(at + 1, at + 3), 16) : Number.NaN
    const isCode = code >= 0 && /[0-9a-f]/i.test(text[at + 2] ?? '')
    bytes[length++] = isCode ? code : (bytes[at] ?? 0)
    if (isCode) at += 2
  }
  return bytes.subarray(0, length)
}

const percent = 0x25

const misread: [format: string, beginning: RegExp][] = [
  ['JPEG', /^\uFFFD{2,}[\s\S]{0,12}(JFIF|Exif|ICC_PROFILE|Adobe)/],
  ['JPEG', /^\uFFFD{4}/],
  ['PNG', /^\uFFFDPNG/],
  ['GIF', /^GIF8[79]a[\s\S]*\uFFFD/],
  ['WebP', /^RIFF[\s\S]{1,12}WEBP/],
]

/** Bytes that were taken for UTF-8 cannot be had back: whoever did that is to leave them alone. */
const refuseMisread = (text: string): void => {
  const head = text.slice(0, 200)
  const [format] = misread.find(([, beginning]) => beginning.test(head)) ?? []
  if (!format) return
  throw new InvalidInputFormatError(
    sentence`This text is a ${format} read as UTF-8.`,
    sentence`Choose "a single Buffer object" in the read file node, or "a binary buffer" in the http request node.`,
  )
}

// A JPEG's base64 begins with "/9j/" and would pass for a path: only what it decodes to tells.
const isBase64Image = (text: string): boolean => {
  const head = Buffer.from(text.slice(0, signatureLength * 2), 'base64')
  return formatOf(head) !== undefined && /^[\w+/\-\s]+={0,2}$/.test(text)
}

const describe = (value: unknown): Words => {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return sentence`a list, where one image is needed`
  if (typeof value !== 'object') return sentence`a ${typeof value}`
  // each of its items would be a name
  if (ArrayBuffer.isView(value)) return sentence`a ${value.constructor.name}`
  const keys = Object.keys(value).slice(0, 5).join(', ')
  return keys ? sentence`an object with ${keys}` : sentence`an empty object`
}
