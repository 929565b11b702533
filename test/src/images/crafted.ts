import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import type { LoadedImage } from '../../../src/images/loaded-image'

/** A PNG's first bytes, which claim a size; nothing of it is there. */
export const pngHeader = (width: number, height: number): Buffer => {
  const chunk = Buffer.alloc(25)
  chunk.writeUInt32BE(13, 0)
  chunk.write('IHDR', 4, 'latin1')
  chunk.writeUInt32BE(width, 8)
  chunk.writeUInt32BE(height, 12)
  chunk.set([8, 2, 0, 0, 0], 16)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 21)), 21)
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk])
}

export const pngEnd = Buffer.from('\0\0\0\0IEND\xaeB`\x82', 'latin1')

/** A JPEG with a small one (the thumbnail) in its Exif header, as cameras write it. */
export const withThumbnail = (jpeg: Buffer, thumbnail: Buffer): Buffer => {
  const exif = Buffer.concat([Buffer.from('Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0', 'latin1'), thumbnail])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(exif.length + 2)
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, exif, jpeg.subarray(2)])
}

/** Where a JPEG's pixels begin. */
export const startOfScan = (jpeg: Buffer): number => jpeg.lastIndexOf(Buffer.from([0xff, 0xda]))

/** Some bytes with a lot of different values, for WebP, PNG … to have something to compress. */
export const noisy = (width: number, height: number) => {
  const pixels = Buffer.from(Array.from({ length: width * height * 3 }, (_, index) => (index * 7919) % 251))
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

/** The colour of one pixel as red, green, blue. */
export const colorAt = async ({ bytes }: LoadedImage, x: number, y: number): Promise<number[]> => {
  const { data, info } = await sharp(bytes).toColorspace('srgb').raw().toBuffer({ resolveWithObject: true })
  const at = (y * info.width + x) * info.channels
  const [red = 0, green = red, blue = red] = data.subarray(at, at + info.channels)
  return [red, green, blue]
}

/** Equal but for what a JPEG blurs. */
export const similar = (a: readonly number[], b: readonly number[], tolerance = 12): boolean =>
  a.length === b.length && a.every((value, index) => Math.abs(value - (b[index] ?? NaN)) <= tolerance)
