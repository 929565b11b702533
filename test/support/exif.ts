import type { Size } from './compare-outlines'
import type { Rectangle } from './images'

export interface ExifForm {
  bigEndian?: boolean
  /** Where the directory begins: 8 follows the header, cameras leave gaps. */
  offset?: number
  /** How many other entries come before the orientation. */
  entriesBefore?: number
  /** The type of the value, as TIFF counts them: 3, a short, is what the standard says; 1 a byte, 4 a long. */
  type?: 1 | 3 | 4
}

/** The segment of a JPEG that says how a camera was held (EXIF orientation, 1 to 8). */
export const exifSegment = (
  orientation: number,
  { bigEndian = false, offset = 8, entriesBefore = 0, type = 3 }: ExifForm = {},
): Buffer => {
  const tiff = Buffer.alloc(offset + 2 + 12 * (entriesBefore + 1) + 4)
  const short = (value: number, at: number) =>
    bigEndian ? tiff.writeUInt16BE(value, at) : tiff.writeUInt16LE(value, at)
  const long = (value: number, at: number) =>
    bigEndian ? tiff.writeUInt32BE(value, at) : tiff.writeUInt32LE(value, at)
  tiff.write(bigEndian ? 'MM' : 'II', 'latin1')
  short(42, 2)
  long(offset, 4)
  short(entriesBefore + 1, offset)
  for (let entry = 0; entry <= entriesBefore; entry++) {
    const at = offset + 2 + 12 * entry
    const isOrientation = entry === entriesBefore
    // image width and what follows it: any lower tag will do
    short(isOrientation ? 0x112 : 0x100 + entry, at)
    short(isOrientation ? type : 3, at + 2)
    long(1, at + 4)
    if (!isOrientation || type === 3) short(isOrientation ? orientation : 1, at + 8)
    else if (type === 4) long(orientation, at + 8)
    else tiff.writeUInt8(orientation, at + 8)
  }
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]))
}

/** A segment of a JPEG's header: marker, length, content. */
export const segment = (marker: number, content: Buffer = Buffer.alloc(0)): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

/** Metadata of Adobe's, which share the marker of EXIF's segment. */
export const xmpSegment = (): Buffer =>
  segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>', 'latin1'))

/** A JPEG with these segments right after its beginning. */
export const withSegments = (jpeg: Buffer, ...segments: Buffer[]): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)])

export const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const

/** What a viewer does before it shows the image: swaps the sides (5 to 8), then mirrors. */
const turns: Record<number, { swap?: true; mirrorX?: true; mirrorY?: true }> = {
  1: {},
  2: { mirrorX: true },
  3: { mirrorX: true, mirrorY: true },
  4: { mirrorY: true },
  5: { swap: true },
  6: { swap: true, mirrorX: true },
  7: { swap: true, mirrorX: true, mirrorY: true },
  8: { swap: true, mirrorY: true },
}

/** The size of an image of this orientation as a person sees it. */
export const seenSize = ({ width, height }: Size, orientation: number): Size =>
  turns[orientation]?.swap ? { width: height, height: width } : { width, height }

/** Where a person sees what is stored here. */
export const asSeen = (stored: Rectangle, size: Size, orientation: number): Rectangle => {
  const { swap, mirrorX, mirrorY } = turns[orientation] ?? {}
  const { x, y, width, height } = stored
  const turned = swap ? { x: y, y: x, width: height, height: width } : { x, y, width, height }
  const seen = seenSize(size, orientation)
  return {
    ...turned,
    x: mirrorX ? seen.width - turned.x : turned.x,
    y: mirrorY ? seen.height - turned.y : turned.y,
    color: stored.color,
  }
}
