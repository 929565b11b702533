import { EncodingError, HTTPClientError, InvalidInputFormatError } from '../errors'
import { defaultMaxBytes, type FetchOptions, fetchImage } from './fetch-image'
import { LoadedImage } from './loaded-image'
import { encodePixels } from './pixels'
import { readRegularFile } from './read-file'
import { type ImageReference, type Reference, resolveReference } from './references'

export type LoadOptions = FetchOptions

/**
 * Any reference → the encoded image in memory, its bytes untouched (raw pixels become JPEG).
 * Throws `InvalidInputFormatError`, `EncodingError`, and for URLs what `fetchImage` throws.
 */
export const loadImage = async (reference: ImageReference, options?: LoadOptions): Promise<LoadedImage> =>
  loadReference(resolveReference(reference), options)

export const loadReference = async (
  reference: Reference,
  options: LoadOptions = {},
): Promise<LoadedImage> => {
  switch (reference.kind) {
    case 'loaded':
      return reference.image
    case 'bytes':
      return LoadedImage.from(reference.bytes)
    case 'pixels':
      return encodePixels(reference.pixels)
    case 'url':
      return LoadedImage.from(await fetchImage(reference.url, options))
    case 'path':
      return LoadedImage.from(await readImage(reference.path, options))
  }
}

const readImage = async (
  path: string,
  { signal, maxBytes = defaultMaxBytes }: LoadOptions,
): Promise<Buffer> => {
  signal?.throwIfAborted()
  try {
    const bytes = await readRegularFile(path, (size) => {
      if (size <= maxBytes) return
      throw new EncodingError(`${shown(path)} has ${mebibytes(size)} MiB: too large for an image.`)
    })
    signal?.throwIfAborted()
    return bytes
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof HTTPClientError) throw error
    throw new InvalidInputFormatError(...unreadable(path, (error as NodeJS.ErrnoException).code))
  }
}

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20)

const shown = (path: string): string => JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path)

const unreadable = (path: string, code: string | undefined): [what: string, hint: string] => {
  const name = shown(path)
  if (code === 'ENOTREG') return [`${name} is no file.`, 'Name an image file.']
  if (code === 'EISDIR') return [`${name} is a folder, not an image.`, 'Name one of its files.']
  if (code === 'EACCES' || code === 'EPERM')
    return [`${name} may not be read.`, "Check the file's permissions."]
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return [
      `There is no file ${name}.`,
      'A text is a path, an http(s) URL, a data URI or an image in base64.',
    ]
  }
  return [`${name} is no path, URL, data URI or image in base64 (${code}).`, 'Check what the text should be.']
}
