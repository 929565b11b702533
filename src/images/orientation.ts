import { app1, type Segment, segmentsOf } from './jpeg-segments'

/**
 * A copy of a JPEG whose EXIF orientation says 1 (as stored); the same bytes where no other orientation is set.
 * For images whose predictions were made without turning them upright: viewers must not turn them either.
 */
export const withoutOrientation = (jpeg: Buffer): Buffer => {
  const exif = app1Segments(jpeg).find(
    ({ start }) => jpeg.toString('latin1', start, start + 6) === 'Exif\0\0',
  )
  const at = exif && orientationIn(jpeg, exif)
  if (at === undefined || at.read() === 1) return jpeg
  const copy = Buffer.from(jpeg)
  copy[at.bigEndian ? at.offset + 1 : at.offset] = 1
  copy[at.bigEndian ? at.offset : at.offset + 1] = 0
  return copy
}

/**
 * The orientation by which the server turns a JPEG, 1 where it does not. OpenCV 4.12 looks into the first APP1 segment
 * alone, whatever its name: where XMP comes before Exif, it sees none.
 */
export const orientationOnServer = (jpeg: Buffer): number => {
  const [first] = app1Segments(jpeg)
  const orientation = first && orientationIn(jpeg, first)?.read()
  return orientation && orientation <= 8 ? orientation : 1
}

const app1Segments = (jpeg: Buffer): Segment[] =>
  [...segmentsOf(jpeg)].filter(({ marker }) => marker === app1)

interface Place {
  offset: number
  bigEndian: boolean
  read(): number
}

const orientationTag = 0x0112

/** Where the value of the orientation stands (TIFF 6.0 directory behind the six letters of a segment's name). */
const orientationIn = (jpeg: Buffer, { start, end }: Segment): Place | undefined => {
  const tiff = start + 6
  const order = jpeg.toString('latin1', tiff, tiff + 2)
  const bigEndian = order === 'MM'
  const bound = Math.min(end, jpeg.length)
  const uint16 = (offset: number) =>
    offset + 2 > bound ? 0 : bigEndian ? jpeg.readUInt16BE(offset) : jpeg.readUInt16LE(offset)
  const uint32 = (offset: number) =>
    offset + 4 > bound ? 0 : bigEndian ? jpeg.readUInt32BE(offset) : jpeg.readUInt32LE(offset)
  if ((!bigEndian && order !== 'II') || uint16(tiff + 2) !== 42) return undefined
  const directory = tiff + uint32(tiff + 4)
  for (let entry = 0; entry < uint16(directory); entry++) {
    const at = directory + 2 + entry * 12
    if (uint16(at) === orientationTag) return { offset: at + 8, bigEndian, read: () => uint16(at + 8) }
  }
  return undefined
}
