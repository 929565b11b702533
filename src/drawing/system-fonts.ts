import { loadSharp } from '../images/decoder'

/** Whether the system's fonts have every letter of a text. */
export const systemHas = async (text: string): Promise<boolean> => {
  for (const character of new Set(text.replace(/[\s\p{Default_Ignorable_Code_Point}]/gu, ''))) {
    if (!(await remembered(known, character, isLetter))) return false
  }
  return true
}

/** How wide a text is in the system's fonts, as part of its size. */
export const inkOf = (text: string): Promise<number> =>
  remembered(widths, text, async () => (await picture(text)).width / size + sideBearing)

const sideBearing = 0.1

const known = new Map<string, Promise<boolean>>()
const widths = new Map<string, Promise<number>>()

const mostRemembered = 5_000

const remembered = <T>(map: Map<string, Promise<T>>, key: string, find: (key: string) => Promise<T>) => {
  const found = map.get(key) ?? find(key)
  if (map.size >= mostRemembered) map.clear()
  map.set(key, found)
  return found
}

// What no font has is drawn as a box with its number in it: of the same size and frame for every letter, but for those
// beyond the first 65,536, whose numbers are longer. Noncharacters are in no font.
const nonCharacters = { short: '\uFFFE', long: '\u{1FFFE}' }

const isLetter = async (character: string): Promise<boolean> => {
  const none = (character.codePointAt(0) ?? 0) > 0xffff ? nonCharacters.long : nonCharacters.short
  const [seen, box] = await Promise.all([picture(character), picture(none)])
  return seen.width !== box.width || seen.height !== box.height || !frameOf(seen).equals(frameOf(box))
}

const size = 40

interface Picture {
  data: Buffer
  width: number
  height: number
}

const picture = async (text: string): Promise<Picture> => {
  const sharp = await loadSharp()
  const markup = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const { data, info } = await sharp({ text: { text: markup, font: `sans-serif ${size}`, dpi: 72 } })
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** Its outermost rows and columns. */
const frameOf = ({ data, width, height }: Picture): Buffer => {
  const sides = Array.from({ length: height }, (_, row) => [row * width, row * width + width - 1]).flat()
  return Buffer.concat([
    data.subarray(0, width),
    data.subarray(width * (height - 1)),
    Buffer.from(sides.map((at) => data[at] ?? 0)),
  ])
}
