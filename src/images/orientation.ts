/**
 * A copy of a JPEG whose EXIF orientation says 1 (as stored); the same bytes where no other orientation is set.
 * For pictures whose predictions were made without turning them upright: viewers must not turn them either.
 */
export const withoutOrientation = (jpeg: Buffer): Buffer => {
  const at = orientationAt(jpeg)
  if (at === undefined || at.read() === 1) return jpeg
  const copy = Buffer.from(jpeg)
  copy[at.bigEndian ? at.offset + 1 : at.offset] = 1
  copy[at.bigEndian ? at.offset : at.offset + 1] = 0
  return copy
}

interface Place {
  offset: number
  bigEndian: boolean
  read(): number
}

const orientationTag = 0x0112

/** Where the value of the orientation stands (TIFF 6.0 directory inside the Exif segment). */
const orientationAt = (jpeg: Buffer): Place | undefined => {
  const tiff = exifStart(jpeg)
  if (tiff === undefined) return undefined
  const bigEndian = jpeg.toString('latin1', tiff, tiff + 2) === 'MM'
  const uint16 = (offset: number) =>
    offset + 2 > jpeg.length ? 0 : bigEndian ? jpeg.readUInt16BE(offset) : jpeg.readUInt16LE(offset)
  const uint32 = (offset: number) =>
    offset + 4 > jpeg.length ? 0 : bigEndian ? jpeg.readUInt32BE(offset) : jpeg.readUInt32LE(offset)
  const directory = tiff + uint32(tiff + 4)
  for (let entry = 0; entry < uint16(directory); entry++) {
    const at = directory + 2 + entry * 12
    if (uint16(at) === orientationTag) return { offset: at + 8, bigEndian, read: () => uint16(at + 8) }
  }
  return undefined
}

const exifStart = (jpeg: Buffer): number | undefined => {
  let at = 2
  while (at + 10 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== 0xda) {
    if (jpeg[at + 1] === 0xe1 && jpeg.toString('latin1', at + 4, at + 10) === 'Exif\0\0') return at + 10
    at += 2 + jpeg.readUInt16BE(at + 2)
  }
  return undefined
}
