import { readFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * A letter: how far it moves the pen; where its outline begins, and its SVG path from there on, relative. A space has
 * no outline.
 */
export type Glyph = readonly [advance: number, x?: number, y?: number, outline?: string]

/** The letters that labels are written with, whatever fonts the system has: Latin, Greek and Cyrillic ones. */
export interface Font {
  /** What lengths are counted in: so many make the size of the text. */
  unitsPerEm: number
  ascent: number
  descent: number
  capHeight: number
  glyphs: Readonly<Record<string, Glyph>>
}

let loading: Promise<Font> | undefined

/** The font that comes with this package, read when it is first needed. */
export const loadFont = (): Promise<Font> => {
  loading ??= readFile(path.join(__dirname, 'letters/outlines.json'), 'utf8').then((text) => JSON.parse(text))
  return loading
}

/** Undefined for what the font does not have. */
export const glyphIn = ({ glyphs }: Font, character: string): Glyph | undefined =>
  Object.hasOwn(glyphs, character) ? glyphs[character] : undefined
