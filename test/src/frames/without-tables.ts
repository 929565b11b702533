/** A JPEG without its Huffman tables, as cameras send it. */
export const withoutTables = (whole: Buffer): Buffer => {
  const pieces = [whole.subarray(0, 2)]
  for (let at = 2; ; ) {
    const end = at + 2 + whole.readUInt16BE(at + 2)
    const marker = whole[at + 1]
    if (marker === 0xda) return Buffer.concat([...pieces, whole.subarray(at)])
    if (marker !== 0xc4) pieces.push(whole.subarray(at, end))
    at = end
  }
}
