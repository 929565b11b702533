import { readFile } from 'node:fs/promises'
import { HTTPClientError, InvalidInputFormatError } from '../http/errors'
import { type FetchOptions, fetchImage } from './fetch-image'
import { LoadedImage } from './loaded-image'
import { encodePixels } from './pixels'
import { type ImageReference, type Reference, resolveReference } from './references'

export type LoadOptions = FetchOptions

/**
 * Any reference → the encoded picture in memory, its bytes untouched (raw pixels become JPEG).
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
      return LoadedImage.from(await readPicture(reference.path, options.signal))
  }
}

/** Does something with each picture of a list, in order; an error says which picture it was. */
export const forEachImage = async <T, R>(
  images: readonly T[],
  work: (image: T, index: number) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = []
  for (const [index, image] of images.entries()) {
    try {
      results.push(await work(image, index))
    } catch (error) {
      if (error instanceof HTTPClientError)
        error.message = `Picture ${index + 1} of ${images.length}: ${error.message}`
      throw error
    }
  }
  return results
}

const readPicture = async (path: string, signal: AbortSignal | undefined): Promise<Buffer> => {
  try {
    return await readFile(path, { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw new InvalidInputFormatError(...unreadable(path, (error as NodeJS.ErrnoException).code))
  }
}

const unreadable = (path: string, code: string | undefined): [what: string, hint: string] => {
  const shown = JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path)
  if (code === 'EISDIR') return [`${shown} is a folder, not a picture.`, 'Name one of its files.']
  if (code === 'EACCES' || code === 'EPERM')
    return [`${shown} may not be read.`, "Check the file's permissions."]
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return [
      `There is no file ${shown}.`,
      'A text is a path, an http(s) URL, a data URI or a picture in base64.',
    ]
  }
  return [
    `${shown} is no path, URL, data URI or picture in base64 (${code}).`,
    'Check what the text should be.',
  ]
}
