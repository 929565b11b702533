/** A run-length encoded mask (COCO) that was made from another one by nearest neighbour. */
export interface ExpectedMask {
  size: [height: number, width: number]
  madeFrom: { size: [height: number, width: number]; counts: string }
}

/** Whether a value is that mask, pixel by pixel; how its runs are written plays no part. */
export const holdsMask = (expected: unknown, actual: unknown): boolean => {
  const { size, madeFrom } = expected as ExpectedMask
  const { size: actualSize, counts } = actual as { size?: unknown; counts?: unknown }
  if (JSON.stringify(actualSize) !== JSON.stringify(size) || typeof counts !== 'string') return false
  const [height, width] = size
  const [oldHeight, oldWidth] = madeFrom.size
  const isInside = pixelsOf(counts, height)
  const wasInside = pixelsOf(madeFrom.counts, oldHeight)
  // the old pixel under the middle of each new one
  for (let y = 0; y < height; y++) {
    const oldY = Math.floor(((y + 0.5) * oldHeight) / height)
    for (let x = 0; x < width; x++) {
      const oldX = Math.floor(((x + 0.5) * oldWidth) / width)
      if (isInside(x, y) !== wasInside(oldX, oldY)) return false
    }
  }
  return true
}

const pixelsOf = (counts: string, height: number): ((x: number, y: number) => boolean) => {
  const starts: number[] = []
  let end = 0
  for (const run of runsOf(counts)) {
    starts.push(end)
    end += run
  }
  const inside = new Set<number>()
  for (let index = 1; index < starts.length; index += 2) {
    const stop = starts[index + 1] ?? end
    for (let at = starts[index] ?? 0; at < stop; at++) inside.add(at)
  }
  return (x, y) => inside.has(x * height + y)
}

/**
 * Lengths of runs, outside and inside in turn, down each column. Five bits per character, lowest first; the sixth
 * says that more follow, the fifth of the last one is the sign; from the fourth run on, what is added to the run
 * two before.
 */
const runsOf = (counts: string): number[] => {
  const runs: number[] = []
  let value = 0
  let digits = 0
  for (const character of counts) {
    const bits = character.charCodeAt(0) - 48
    value += (bits & 31) * 32 ** digits++
    if (bits & 32) continue
    if (bits & 16) value -= 32 ** digits
    runs.push(runs.length > 2 ? value + (runs[runs.length - 2] ?? 0) : value)
    value = 0
    digits = 0
  }
  return runs
}
