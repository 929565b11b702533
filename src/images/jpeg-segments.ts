import { EncodingError } from '../errors'
import { sentence } from '../sentence'

/** One piece of a JPEG's header: what it is, and from where to where its content lies. */
export interface Segment {
  marker: number
  start: number
  end: number
}

export const app1 = 0xe1
export const startOfScan = 0xda
export const endOfImage = 0xd9

/** Those of cameras are in some dozens; a hostile one may be in millions. */
const mostSegments = 10_000

/** The segments of a JPEG up to that of its first pixels (ITU T.81, B.1.1: any number of 0xFF may precede a marker). */
export function* segmentsOf(jpeg: Buffer): Generator<Segment> {
  let at = 2
  let count = 0
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg.readUInt8(at + 1)
    if (marker === 0xff) {
      at++
      continue
    }
    if (++count > mostSegments)
      throw new EncodingError(sentence`The JPEG is in more than ${mostSegments} pieces.`)
    const end = at + 2 + jpeg.readUInt16BE(at + 2)
    yield { marker, start: at + 4, end }
    if (marker === startOfScan) return
    at = end
  }
}

/** Width and height in a JPEG's frame header; undefined where there is none. */
export const jpegSize = (jpeg: Buffer): { width: number; height: number } | undefined => {
  for (const { marker, start } of segmentsOf(jpeg)) {
    if (isFrame(marker) && start + 5 <= jpeg.length)
      return { width: jpeg.readUInt16BE(start + 3), height: jpeg.readUInt16BE(start + 1) }
  }
  return undefined
}

// among the kinds of frames are the markers of tables and the like
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
