import { segmentsOf, startOfScan } from '../images/jpeg-segments'

const huffmanTables = 0xc4

/** The tables that ITU T.81 proposes (K.3.3), as one segment: what Motion-JPEG means when it has none. */
const standardTables = Buffer.from(
  '/8QBogAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoLAQADAQEBAQEBAQEBAAAAAAAAAQIDBAUGBwgJCgsQAAIBAwMCBAMFBQQE' +
    'AAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldY' +
    'WVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk' +
    '5ebn6Onq8fLz9PX29/j5+hEAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl' +
    '8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmq' +
    'srO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6',
  'base64',
)

/** The same JPEG; with Huffman tables where it has none, as frames of cameras and AVI files may lack them. */
export const withHuffmanTables = (jpeg: Buffer): Buffer => {
  for (const { marker, start } of segmentsOf(jpeg)) {
    if (marker === huffmanTables) return jpeg
    if (marker !== startOfScan) continue
    const before = start - 4
    return Buffer.concat([jpeg.subarray(0, before), standardTables, jpeg.subarray(before)])
  }
  return jpeg
}
