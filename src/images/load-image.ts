import { abortedAfter, unlessAborted } from '../concurrency/abort'
import { EncodingError, HTTPClientError, InvalidInputFormatError, InvalidURLImageInput } from '../errors'
import { displayUrl } from '../http/urls'
import { type Sentence, sentence } from '../sentence'
import { type FetchOptions, fetchImage } from './fetch-image'
import { defaultMaxBytes, defaultTimeout } from './limits'
import { LoadedImage } from './loaded-image'
import { encodePixels } from './pixels'
import { whileReachable } from './reachable-files'
import { readRegularFile } from './read-file'
import { type ImageReference, type Reference, resolveReference } from './references'

export interface LoadOptions extends FetchOptions {
  /** Whoever named the image is not trusted: errors tell nothing of what was found there (false). */
  isDiscreet?: boolean | undefined
}

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
      return discreetly(options, noImageThere, async () =>
        loadedFrom(displayUrl(reference.url), await fetchImage(reference.url, options)),
      )
    case 'path':
      return discreetly(options, noSuchFile, async () =>
        loadedFrom(shown(reference.path), await readImage(reference.path, options)),
      )
  }
}

const noImageThere = () => new InvalidURLImageInput(sentence`The URL does not lead to an image.`)
const noSuchFile = () => new InvalidInputFormatError(sentence`The path does not lead to an image.`)

/** The error instead of any other, which might quote a page or a file, or tell whether there is one. */
const discreetly = async <T>(
  { isDiscreet, signal }: LoadOptions,
  instead: () => HTTPClientError,
  work: () => Promise<T>,
): Promise<T> => {
  if (!isDiscreet) return work()
  try {
    return await work()
  } catch {
    signal?.throwIfAborted()
    throw instead()
  }
}

const readImage = async (
  path: string,
  { signal, timeout = defaultTimeout, maxBytes = defaultMaxBytes }: LoadOptions,
): Promise<Buffer> => {
  signal?.throwIfAborted()
  const limit = abortedAfter(timeout, signal)
  const read = () =>
    readRegularFile(path, (size) => {
      if (size <= maxBytes) return
      throw new EncodingError(sentence`${shown(path)} has ${mebibytes(size)} MiB: too large for an image.`)
    })
  try {
    return await unlessAborted(whileReachable(path, read, limit.signal), limit.signal)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof HTTPClientError) throw error
    if (limit.expired) {
      throw new InvalidInputFormatError(
        sentence`${shown(path)} could not be read within ${timeout / 1000} s.`,
        sentence`Is it on a drive that is not there any more?`,
      )
    }
    throw new InvalidInputFormatError(...unreadable(path, (error as NodeJS.ErrnoException).code))
  } finally {
    limit.clear()
  }
}

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20)

/** A path for people: short, and nothing in it that cannot be printed. */
const shown = (path: string): string =>
  JSON.stringify((path.length > 80 ? `${path.slice(0, 80)}…` : path).replace(/[\p{C}\uFFFD]/gu, '?'))

/** A list may come from many files: an error about what is in one names it. */
const loadedFrom = (name: string, bytes: Buffer): LoadedImage => {
  try {
    return LoadedImage.from(bytes)
  } catch (error) {
    if (error instanceof HTTPClientError) error.sayWhere(`${name}:`)
    throw error
  }
}

const unreadable = (path: string, code: string | undefined): [what: Sentence, hint: Sentence] => {
  const name = shown(path)
  if (code === 'EMFILE' || code === 'ENFILE')
    return [
      sentence`${name} cannot be opened: too many files are open.`,
      sentence`Which program of this machine opens so many?`,
    ]
  if (code === 'ENOTREG') return [sentence`${name} is no file.`, sentence`Name an image file.`]
  if (code === 'EISDIR')
    return [sentence`${name} is a folder, not an image.`, sentence`Name one of its files.`]
  if (code === 'EACCES' || code === 'EPERM')
    return [sentence`${name} may not be read.`, sentence`Check the file's permissions.`]
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return [
      sentence`There is no file ${name}.`,
      sentence`A text is a path, an http(s) URL, a data URI or an image in base64.`,
    ]
  }
  return [
    sentence`${name} is no path, URL, data URI or image in base64 (${code}).`,
    sentence`Check what the text should be.`,
  ]
}
