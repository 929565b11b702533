import { EncodingError } from '../errors'
import { sentence } from '../sentence'

const signature = 8
/** Length and type before the data of a chunk, its check sum behind (PNG, 5.3). */
const frame = 12
const most = 100_000
const largestExif = 2 ** 16

/** Compressed texts and profiles grow by a thousand times when they are read, and say nothing about pixels. */
const isLeftOut = (type: string, length: number): boolean =>
  ['zTXt', 'iTXt', 'tEXt', 'iCCP'].includes(type) || (type === 'eXIf' && length > largestExif)

/**
 * A PNG without its texts, its colour profile and an oversize Exif block, for decoding; the same bytes where it has
 * none. Throws `EncodingError` for one in more pieces than any has.
 */
export const withoutTexts = (png: Buffer): Buffer => {
  const kept: Buffer[] = []
  let from = 0
  let count = 0
  for (let at = signature; at + frame <= png.length; ) {
    if (++count > most) throw new EncodingError(sentence`The PNG is in more than ${most} pieces.`)
    const length = png.readUInt32BE(at)
    const end = at + frame + length
    if (isLeftOut(png.toString('latin1', at + 4, at + 8), length)) {
      kept.push(png.subarray(from, at))
      from = end
    }
    at = end
  }
  if (kept.length === 0) return png
  kept.push(png.subarray(Math.min(from, png.length)))
  return Buffer.concat(kept)
}
