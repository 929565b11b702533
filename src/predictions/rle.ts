import { maxPixels } from '../images/limits'

/** A mask in COCO's run-length encoding: `size` is [height, width], `counts` its compressed text. */
export interface RleMask {
  size: [number, number]
  counts: string
}

export const isRleMask = (value: unknown): value is RleMask => {
  const { size, counts } = (value ?? {}) as Partial<RleMask>
  if (!Array.isArray(size) || size.length !== 2 || typeof counts !== 'string') return false
  const [height, width] = size
  // no image is larger; memory for what a broken server may claim is not to be had
  return [height, width].every((side) => Number.isInteger(side) && side >= 0) && height * width <= maxPixels
}

/** The same mask at another size, by nearest neighbour. */
export const resizeRle = (mask: RleMask, width: number, height: number): RleMask => {
  const [oldHeight, oldWidth] = mask.size
  const pixels = decodeRle(mask)
  const resized = new Uint8Array(width * height)
  // columns first: COCO counts downwards
  for (let x = 0; x < width; x++) {
    const column = Math.floor(((x + 0.5) * oldWidth) / width) * oldHeight
    for (let y = 0; y < height; y++) {
      resized[x * height + y] = pixels[column + Math.floor(((y + 0.5) * oldHeight) / height)] ?? 0
    }
  }
  return { size: [height, width], counts: encodeCounts(runsOf(resized)) }
}

/** Pixels column by column, 1 inside the mask. */
export const decodeRle = (mask: RleMask): Uint8Array => {
  const [height, width] = mask.size
  const pixels = new Uint8Array(width * height)
  let at = 0
  for (const [index, run] of runsOfRle(mask).entries()) {
    if (index % 2 === 1) pixels.fill(1, at, at + run)
    at += run
  }
  return pixels
}

/** The lengths of runs, column by column; the first is of what is outside. */
export const runsOfRle = ({ counts }: RleMask): number[] => decodeCounts(counts)

/** Lengths of runs, of zeros first. */
const runsOf = (pixels: Uint8Array): number[] => {
  const runs: number[] = []
  let value = 0
  let start = 0
  for (let at = 0; at <= pixels.length; at++) {
    if (at < pixels.length && pixels[at] === value) continue
    runs.push(at - start)
    value = 1 - value
    start = at
  }
  return runs
}

// COCO's text (maskApi.c of cocoapi): each run, from the third on as difference to the one before the last, in
// groups of five bits, lowest first; bit six says that more follow; characters begin at "0".
const decodeCounts = (text: string): number[] => {
  const runs: number[] = []
  let at = 0
  while (at < text.length) {
    let value = 0
    let shift = 0
    let group: number
    do {
      group = text.charCodeAt(at++) - 48
      value |= (group & 0x1f) << shift
      shift += 5
    } while (group & 0x20 && at < text.length)
    if (group & 0x10 && shift < 32) value |= -1 << shift
    runs.push(runs.length > 2 ? value + (runs.at(-2) ?? 0) : value)
  }
  return runs
}

const encodeCounts = (runs: number[]): string => {
  let text = ''
  for (const [index, run] of runs.entries()) {
    let value = index > 2 ? run - (runs[index - 2] ?? 0) : run
    for (let more = true; more; ) {
      const group = value & 0x1f
      value >>= 5
      more = group & 0x10 ? value !== -1 : value !== 0
      text += String.fromCharCode((more ? group | 0x20 : group) + 48)
    }
  }
  return text
}
