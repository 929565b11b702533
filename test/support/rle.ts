import type { RleMask } from '../../src/predictions/rle'

/** A mask as COCO's tools write it: runs down the columns, of what is outside first. */
export const encodeRle = (
  width: number,
  height: number,
  isInside: (x: number, y: number) => boolean,
): RleMask => {
  const runs = [0]
  let inside = false
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if (isInside(x, y) !== inside) {
        inside = !inside
        runs.push(0)
      }
      runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1
    }
  }
  const counts = runs.map((run, index) => text(index > 2 ? run - (runs[index - 2] ?? 0) : run)).join('')
  return { size: [height, width], counts }
}

/** Groups of five bits, the lowest first; the sixth bit says that more follow. */
const text = (number: number): string => {
  const group = number & 31
  const rest = number >> 5
  const isLast = rest === (group & 16 ? -1 : 0)
  return String.fromCharCode(48 + (isLast ? group : group | 32)) + (isLast ? '' : text(rest))
}
