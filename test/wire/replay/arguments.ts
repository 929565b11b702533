import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'

/** Where files lie, and the mock server's address. */
export interface Places {
  folder: string
  server: string
}

interface Decoded {
  file: string
  /** As OpenCV reads it: `color` = BGR, `gray`, `unchanged` = whatever is stored. */
  read?: 'color' | 'gray' | 'unchanged'
  /** The mode that Pillow converts it to. */
  convert?: string
}

/** A recorded argument → the value that our client takes. */
export const argumentOf = async (recorded: unknown, places: Places): Promise<unknown> => {
  if (typeof recorded === 'string') return recorded.replaceAll('{{SERVER}}', places.server)
  if (Array.isArray(recorded)) return Promise.all(recorded.map((item) => argumentOf(item, places)))
  if (typeof recorded !== 'object' || recorded === null) return recorded
  const [[name, content] = []] = Object.entries(recorded)
  const marker = name === undefined ? undefined : markers[name]
  if (marker) return marker(content, places)
  const entries = Object.entries(recorded).map(async ([key, item]) => [key, await argumentOf(item, places)])
  return Object.fromEntries(await Promise.all(entries))
}

// biome-ignore lint/suspicious/noExplicitAny: each marker has a content of its own
const markers: Record<string, (content: any, places: Places) => unknown> = {
  $path: (file, { folder }) => path.join(folder, file),
  $dir: (folder, places) => path.join(places.folder, folder),
  $video: (file, { folder }) => path.join(folder, file),
  $url: ({ file, via }, { server }) => server + (via ?? `/static/${encodeURI(file)}`),
  $base64: (file, { folder }) => read(folder, file).toString('base64'),
  $dataUri: (file, { folder }) => `data:${mediaType(file)};base64,${read(folder, file).toString('base64')}`,
  $ndarray: (decoded: Decoded, { folder }) => arrayOf(read(folder, decoded.file), decoded),
  $pil: (decoded: Decoded, { folder }) => pixelsOf(read(folder, decoded.file), decoded.convert),
  // Python's own classes: what a JavaScript user has instead
  $bytes: ({ file }, { folder }) => read(folder, file),
  $pathlib: ({ file }, { folder }) => pathToFileURL(path.join(folder, file)),
  $tuple: (items, places) => argumentOf(items, places),
}

const read = (folder: string, file: string): Buffer => readFileSync(path.join(folder, file))

const mediaType = (file: string): string => `image/${path.extname(file).slice(1).replace('jpg', 'jpeg')}`

/** Pixels as Pillow holds them: RGB(A) or grey, as stored. */
const pixelsOf = async (bytes: Buffer, convert?: string) => {
  const image = sharp(bytes, { ignoreIcc: true })
  const { channels } = await image.metadata()
  const grey = convert === 'L' || (convert === undefined && channels === 1)
  if (grey) return greyOf(bytes)
  const colors = image.toColourspace('srgb')
  const alpha = convert === 'RGBA' || (convert !== 'RGB' && channels === 4)
  const { data, info } = await (alpha ? colors.ensureAlpha() : colors.removeAlpha())
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

/** Pixels as OpenCV holds them: BGR. 16 bits are clipped to 8, as there are no others here. */
const arrayOf = async (bytes: Buffer, { read }: Decoded) => {
  const { depth, channels } = await sharp(bytes).metadata()
  if (read === 'gray') return greyOf(bytes)
  if (read === 'unchanged' && depth === 'ushort' && channels === 1) return clippedOf(bytes)
  const pixels = await pixelsOf(bytes, read === 'color' ? 'RGB' : undefined)
  if (pixels.channels < 3) return pixels
  const { data } = pixels
  for (let at = 0; at < data.length; at += pixels.channels) {
    const red = data[at] ?? 0
    data[at] = data[at + 2] ?? 0
    data[at + 2] = red
  }
  return { ...pixels, colorSpace: 'BGR' }
}

/** Grey by the weights of ITU-R 601, as both libraries convert. */
const greyOf = async (bytes: Buffer) => {
  const { data, info } = await sharp(bytes, { ignoreIcc: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const grey = Buffer.alloc(width * height)
  for (let at = 0; at < grey.length; at++) {
    const [red = 0, green = red, blue = red] = data.subarray(at * channels, (at + 1) * channels)
    grey[at] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
  }
  return { data: grey, width, height, channels: 1 }
}

const clippedOf = async (bytes: Buffer) => {
  const { data, info } = await sharp(bytes)
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true })
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  const clipped = Buffer.from(Array.from(values, (value) => Math.min(value, 255)))
  return { data: clipped, width: info.width, height: info.height, channels: 1 }
}
