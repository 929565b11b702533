/** Pieces of these lengths, in turn. */
export const cut = (bytes: Buffer, lengthOf: () => number): Buffer[] => {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOf()
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}
