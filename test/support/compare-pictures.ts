import assert from 'node:assert/strict'
import fs from 'node:fs'
import sharp from 'sharp'

export interface Pixels {
  data: Buffer
  width: number
  height: number
}

/** An encoded image as red, green and blue. */
export const pixelsOf = async (image: Buffer): Promise<Pixels> => {
  const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

export const pixelAt = ({ data, width }: Pixels, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
]

/** A channel of a pixel that differs by more than this is seen. */
const visible = 40

/** How large a part of the pixels may be seen to differ: edges of letters, from one renderer to the next. */
const mostDifferent = 0.004

/** How large a part of the pixels is seen to differ, 0 to 1. */
export const differenceOf = async (image: Buffer, other: Buffer): Promise<number> => {
  const [a, b] = await Promise.all([pixelsOf(image), pixelsOf(other)])
  assert.deepEqual([a.width, a.height], [b.width, b.height], 'the sizes differ')
  let different = 0
  for (let at = 0; at < a.data.length; at += 3) {
    const by = [0, 1, 2].map((channel) => Math.abs((a.data[at + channel] ?? 0) - (b.data[at + channel] ?? 0)))
    if (Math.max(...by) > visible) different++
  }
  return different / (a.width * a.height)
}

export const assertAlike = async (image: Buffer, other: Buffer, what: string, most = mostDifferent) => {
  const difference = await differenceOf(image, other)
  assert.ok(difference <= most, `${what}: ${(difference * 100).toFixed(2)} % of the pixels differ`)
}

/** Compares with a picture that somebody has looked at; `UPDATE_PICTURES=1` makes it anew, to be looked at again. */
export const assertLooksLike = async (image: Buffer, file: string): Promise<void> => {
  if (process.env.UPDATE_PICTURES) {
    fs.writeFileSync(file, await sharp(image).png({ compressionLevel: 9, effort: 10 }).toBuffer())
  }
  await assertAlike(image, fs.readFileSync(file), file)
}
