import { imageSize } from 'image-size'
import { EncodingError } from '../errors'
import { sentence } from '../sentence'
import { decodableFormats, formatOf, type ImageFormat, isTruncated } from './formats'
import { jpegSize } from './jpeg-segments'
import { maxPixels } from './limits'

/** An encoded image in memory, its format and size known from its header alone. */
export class LoadedImage {
  private constructor(
    /** The bytes as they came. */
    readonly bytes: Buffer,
    readonly format: ImageFormat,
    /** Pixels as stored, before any EXIF orientation; undefined where the header could not be read. */
    readonly width: number | undefined,
    readonly height: number | undefined,
  ) {}

  /** Width and height in pixels, as stored; undefined where the header could not be read. */
  get size(): { width: number; height: number } | undefined {
    const { width, height } = this
    return width === undefined || height === undefined ? undefined : { width, height }
  }

  /** Throws `EncodingError` for what is no image, is cut off, or claims too many pixels. */
  static from(bytes: Uint8Array): LoadedImage {
    // memory that was given away is empty, too
    if (bytes.byteLength === 0) throw new EncodingError(sentence`The image is empty (0 bytes).`)
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const format = formatOf(buffer)
    if (!format) {
      const head = buffer.subarray(0, 4).toString('hex')
      throw new EncodingError(
        sentence`These ${buffer.length} bytes are no image (they begin with ${head}).`,
        sentence`JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC, BMP, JPEG 2000 and PNM are known.`,
      )
    }
    const { width, height } = sizeOf(buffer, format)
    if (width !== undefined && height !== undefined && width * height > maxPixels) {
      throw new EncodingError(
        sentence`The image claims to be ${width} × ${height} pixels: too large.`,
        sentence`Send a smaller one.`,
      )
    }
    if (isTruncated(buffer, format)) {
      throw new EncodingError(
        sentence`The ${format.toUpperCase()} is cut off after ${buffer.length} bytes.`,
        sentence`Was it read while it was still being written or sent?`,
      )
    }
    return new LoadedImage(buffer, format, width, height)
  }
}

const sizeOf = (bytes: Buffer, format: ImageFormat): { width?: number; height?: number } => {
  try {
    return (format === 'jpeg' && jpegSize(bytes)) || imageSize(bytes)
  } catch {
    if (!decodableFormats.has(format)) return {}
    throw new EncodingError(sentence`The ${format.toUpperCase()} is damaged: its header cannot be read.`)
  }
}
