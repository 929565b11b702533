import { promisify } from 'node:util'
import { brotliDecompress, constants, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { InvalidResponseError } from '../errors'
import { sentence } from '../sentence'

export const defaultMaxAnswerBytes = 64 * 2 ** 20
// What an error says stands at its beginning.
const maxErrorBytes = 2 ** 20

/**
 * The whole body of an answer, unpacked. Throws `InvalidResponseError` where it is larger than `most` bytes, packed or
 * not, or not packed as it says. Of an error it brings the beginning; its connection ends with the rest.
 */
export const readBody = async (
  answer: Dispatcher.ResponseData,
  most = defaultMaxAnswerBytes,
): Promise<Buffer> => {
  const packings = packingsOf(String(answer.headers['content-encoding'] ?? ''))
  if (answer.statusCode < 300) return unpack(await readAll(answer, most), packings, most)
  const start = await readStart(answer, Math.min(most, maxErrorBytes))
  // an error with a page that nobody can read is still that error
  return unpack(start, packings, maxErrorBytes, cutOff).catch(() => Buffer.alloc(0))
}

const readAll = async ({ headers, body }: Dispatcher.ResponseData, most: number): Promise<Buffer> => {
  const size = Number(headers['content-length'])
  // undici sees to it that as much comes as was said
  if (size <= most) return bufferOver(await body.bytes())
  const pieces: Buffer[] = []
  let read = 0
  for await (const piece of body) {
    read += piece.length
    if (read > most || size > most) throw tooLarge(most, size)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

const bufferOver = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

const readStart = async ({ body }: Dispatcher.ResponseData, most: number): Promise<Buffer> => {
  const pieces: Buffer[] = []
  let read = 0
  for await (const piece of body) {
    pieces.push(piece)
    read += piece.length
    if (read >= most) break
  }
  return Buffer.concat(pieces).subarray(0, most)
}

/** The names in `Content-Encoding`, the one that was applied last first. */
const packingsOf = (header: string): string[] =>
  header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim().replace(/^x-/, ''))
    .filter((name) => name !== '' && name !== 'identity')
    .reverse()

const unpackers: Record<string, (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  // some servers leave out the header that deflate has in HTTP
  deflate: (bytes, options) =>
    promisify<Buffer, ZlibOptions, Buffer>(((bytes[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw)(
      bytes,
      options,
    ),
  br: (bytes, { maxOutputLength }) =>
    promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress)(bytes, { maxOutputLength }),
}

const cutOff: ZlibOptions = { finishFlush: constants.Z_SYNC_FLUSH }

const unpack = async (
  packed: Buffer,
  packings: string[],
  most: number,
  options: ZlibOptions = {},
): Promise<Buffer> => {
  let bytes = packed
  for (const packing of packings) {
    const unpacker = Object.hasOwn(unpackers, packing) ? unpackers[packing] : undefined
    if (!unpacker) throw notUnpacked(packing)
    bytes = await unpacker(bytes, { ...options, maxOutputLength: most }).catch((error) => {
      throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(most) : notUnpacked(packing)
    })
  }
  return bytes
}

const notUnpacked = (packing: string): InvalidResponseError =>
  new InvalidResponseError(
    sentence`The answer cannot be unpacked: it says that it is packed with ${packing.slice(0, 20)}.`,
    sentence`Is there a proxy before the server that packs answers? Let it leave them as they are.`,
  )

const tooLarge = (most: number, size = Number.NaN): InvalidResponseError => {
  return new InvalidResponseError(
    size > most
      ? sentence`The answer has ${shown(size)}, more than the ${shown(most)} that are taken.`
      : sentence`The answer is larger than the ${shown(most)} that are taken.`,
    sentence`Ask for less at once, such as fewer images or no drawn ones, or raise maxAnswerBytes.`,
  )
}

const shown = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${Math.ceil(bytes / 1024)} KiB`
