import { InvalidParameterError } from '../errors'
import { sentence } from '../sentence'

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number]

export const black: Colour = [0, 0, 0]
export const white: Colour = [255, 255, 255]
export const grey: Colour = [96, 96, 96]

/** Bright and far apart: with the dark edge that lines have, they stand out on any image. */
const palette: readonly Colour[] = [
  [255, 75, 62],
  [46, 204, 64],
  [64, 138, 255],
  [255, 214, 10],
  [200, 104, 255],
  [0, 214, 201],
  [255, 143, 26],
  [255, 110, 180],
  [150, 230, 30],
  [120, 200, 255],
  [255, 175, 145],
  [140, 140, 255],
  [180, 240, 190],
  [235, 130, 235],
  [215, 190, 110],
  [110, 210, 150],
]

/** The colour of a class: by its id, else by its name, the same one whenever it is drawn. */
export const colourOf = (name: string, id: number | undefined): Colour =>
  palette[(id !== undefined && Number.isInteger(id) && id >= 0 ? id : hash(name)) % palette.length] ?? white

/** FNV-1a. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193)
  return value >>> 0
}

/** Black or white: what can be read on this colour (a contrast of at least 4.5, as WCAG counts it). */
export const contrastTo = (colour: Colour): Colour => (luminance(colour) > 0.179 ? black : white)

const luminance = ([red, green, blue]: Colour): number =>
  0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)

const linear = (value: number): number => {
  const part = value / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}

/** `#rgb`, `#rrggbb`, or a name that CSS knows. Throws `InvalidParameterError`. */
export const readColour = async (text: unknown): Promise<Colour> => {
  const { default: names } = await import('color-name')
  const wanted = String(text).trim().toLowerCase()
  const named = Object.hasOwn(names, wanted) ? names[wanted as keyof typeof names] : undefined
  const [, short, long] = /^#(?:([0-9a-f]{3})|([0-9a-f]{6}))$/.exec(wanted) ?? []
  const digits = long ?? short?.replace(/./g, '$&$&')
  if (digits) return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as unknown as Colour
  if (named) return named
  throw new InvalidParameterError(
    sentence`${JSON.stringify(wanted.slice(0, 40))} is no colour.`,
    sentence`Write it as #ff8800, or by its name, such as orange.`,
  )
}

export const toHex = (colour: Colour): string =>
  `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`
