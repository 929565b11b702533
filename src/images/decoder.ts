import type { CreateRaw, Sharp, SharpOptions } from 'sharp'
import { Budget } from '../concurrency/budget'
import { EncodingError, HTTPClientError } from '../errors'
import { sentence } from '../sentence'
import { decodableFormats } from './formats'
import { maxPixels } from './limits'
import type { LoadedImage } from './loaded-image'
import { withoutTexts } from './png-chunks'

type MakeSharp = typeof import('sharp')

let loading: Promise<MakeSharp> | undefined

/** sharp, loaded when it is first needed. It would keep what it has decoded, bombs included. */
export const loadSharp = (): Promise<MakeSharp> => {
  loading ??= import('sharp').then(({ default: sharp }): MakeSharp => {
    sharp.cache(false)
    return sharp
  })
  return loading
}

/** Pixels that are being decoded or encoded at the same time, in the whole process: about 256 MiB of memory. */
const budget = new Budget(2 ** 26)

/** An image that is being decoded. */
export interface Decoder {
  /** From its bytes, anew. */
  open(options?: Omit<SharpOptions, 'limitInputPixels'>): Sharp
  /** From pixels that were taken out of it. */
  fromPixels(pixels: Uint8Array, raw: CreateRaw): Sharp
}

/**
 * Decodes an image, and does something with its pixels. Many large images at once wait for each other. Throws
 * `EncodingError` for what cannot be decoded.
 */
export const decode = async <T>(
  { bytes, format, size }: LoadedImage,
  work: (decoder: Decoder) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> => {
  if (!decodableFormats.has(format)) {
    throw new EncodingError(
      sentence`A ${format.toUpperCase()} cannot be decoded here: only a server reads it.`,
      sentence`Send a JPEG, PNG, WebP, GIF, TIFF or AVIF.`,
    )
  }
  const sharp = await loadSharp()
  const { width = 0, height = 0 } = size ?? {}
  const decodable = format === 'png' ? withoutTexts(bytes) : bytes
  const decoder: Decoder = {
    open: (options) => sharp(decodable, { limitInputPixels: maxPixels, ...options }),
    fromPixels: (pixels, raw) => sharp(pixels, { raw }),
  }
  const decoding = async () => {
    try {
      return await work(decoder)
    } catch (error) {
      if (error instanceof HTTPClientError) throw error
      // an abort is no fault of the image
      signal?.throwIfAborted()
      throw new EncodingError(
        sentence`The ${format.toUpperCase()} is damaged and cannot be decoded (${firstLineOf(error)}).`,
      )
    }
  }
  return budget.use(width * height, decoding, signal)
}

/** Encodes raw pixels, 8 bits per channel. Throws `EncodingError`. */
export const encode = async (
  data: Uint8Array,
  raw: CreateRaw,
  work: (image: Sharp) => Promise<Buffer>,
): Promise<Buffer> => {
  const sharp = await loadSharp()
  return budget.use(raw.width * raw.height, async () => {
    try {
      return await work(sharp(data, { raw }))
    } catch (error) {
      throw new EncodingError(
        sentence`Raw pixels of ${raw.width} × ${raw.height} cannot be encoded (${firstLineOf(error)}).`,
      )
    }
  })
}

const firstLineOf = (error: unknown): string =>
  (error instanceof Error ? error.message.split('\n')[0] : String(error)) ?? ''
