import sharp from 'sharp'

export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
  color: 'red' | 'green' | 'blue'
}

const colors = { red: [230, 20, 20], green: [20, 200, 30], blue: [20, 40, 230] }

/** Rectangles (x, y = the centre, as in predictions) on grey, as a JPEG. */
export const paint = (width: number, height: number, rectangles: Rectangle[] = []): Promise<Buffer> =>
  sharp(paintPixels(width, height, rectangles), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer()

/** The same as raw RGB pixels. */
export const paintPixels = (width: number, height: number, rectangles: Rectangle[] = []): Buffer => {
  const pixels = Buffer.alloc(width * height * 3, 90)
  for (const { x, y, width: w, height: h, color } of rectangles) {
    for (let row = Math.round(y - h / 2); row < Math.round(y + h / 2); row++) {
      for (let column = Math.round(x - w / 2); column < Math.round(x + w / 2); column++) {
        pixels.set(colors[color], (row * width + column) * 3)
      }
    }
  }
  return pixels
}

/** Random numbers that a printed seed repeats (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Up to four rectangles side by side, no two in one column: the tiny models tell areas of one colour apart by columns. */
export const randomRectangles = (random: () => number, width: number, height: number): Rectangle[] => {
  const count = 1 + Math.floor(random() * 4)
  const slot = width / count
  return Array.from({ length: count }, (_, index) => {
    const w = 2 * Math.round((0.2 + 0.25 * random()) * slot)
    const h = 2 * Math.round((0.1 + 0.25 * random()) * height)
    return {
      x: Math.round(index * slot + slot / 2),
      y: Math.round(h / 2 + 4 + random() * (height - h - 8)),
      width: w,
      height: h,
      color: (['red', 'green', 'blue'] as const)[Math.floor(random() * 3)] ?? 'red',
    }
  })
}
