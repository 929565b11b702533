import { segmentsOf, startOfScan } from './jpeg-segments'

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'heic' | 'bmp' | 'jp2' | 'pnm'

/** The formats that are ever decoded here; the others are sent untouched, for the server to read. */
export const decodableFormats: ReadonlySet<ImageFormat> = new Set([
  'jpeg',
  'png',
  'webp',
  'gif',
  'tiff',
  'avif',
])

const signatures: [ImageFormat, RegExp][] = [
  ['jpeg', /^\xff\xd8\xff/],
  ['png', /^\x89PNG\r\n\x1a\n/],
  ['gif', /^GIF8[79]a/],
  ['webp', /^RIFF[\s\S]{4}WEBP/],
  ['tiff', /^(II\*\0|MM\0\*|II\+\0|MM\0\+)/],
  ['avif', /^[\s\S]{4}ftyp(avif|avis)/],
  ['heic', /^[\s\S]{4}ftyp(heic|heix|hevc|hevx|heim|heis|mif1|msf1)/],
  ['bmp', /^BM[\s\S]{12}[\x0c\x28\x34\x38\x6c\x7c]\0\0\0/],
  ['jp2', /^(\0\0\0\x0cjP {2}\r\n\x87\n|\xff\x4f\xff\x51)/],
  ['pnm', /^P[1-6][ \t\r\n#]/],
]

/** How many bytes `formatOf` looks at. */
export const signatureLength = 32

/** The image format that these bytes begin as (the name of a file is never asked). */
export const formatOf = (bytes: Uint8Array): ImageFormat | undefined => {
  const head = Buffer.from(bytes.subarray(0, signatureLength)).toString('latin1')
  return signatures.find(([, signature]) => signature.test(head))?.[0]
}

/** An image that ends too early: some decoders would fill the rest with grey, and a model would look at that. */
export const isTruncated = (bytes: Uint8Array, format: ImageFormat): boolean => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // the thumbnail in a JPEG's header has an end marker of its own: one must come after the pixels have begun
  if (format === 'jpeg') return buffer.lastIndexOf('\xff\xd9', undefined, 'latin1') < startOfPixels(buffer)
  if (format === 'png') return buffer.lastIndexOf('IEND', undefined, 'latin1') < 0
  if (format === 'webp') return buffer.readUInt32LE(4) + 8 > buffer.length
  return false
}

const startOfPixels = (jpeg: Buffer): number => {
  for (const { marker, start } of segmentsOf(jpeg)) if (marker === startOfScan) return start
  return jpeg.length
}
