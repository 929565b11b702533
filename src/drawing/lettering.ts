import { type Font, glyphIn, loadFont } from './font'
import { inkOf, systemHas } from './system-fonts'

/** A piece of a line of text. */
export interface Piece {
  text: string
  /** As part of the size that the text is written in. */
  width: number
  /** In letters of the system's fonts: the bundled one does not have them. */
  isSystem: boolean
}

/** A line of text. */
export interface Line {
  pieces: readonly Piece[]
  width: number
}

/** What a label says: the name may be in any script, the rest is ours. */
export interface Words {
  name: string
  /** What stands for the name where no font can write it. */
  instead: string
  /** Such as ` 87%`. */
  rest: string
}

const longestName = 200

/** So many letters of a name tell what it is. */
const enough = 8

/** Writes labels. */
export class Lettering {
  private constructor(
    readonly font: Font,
    readonly onMissingFont: (name: string) => void,
  ) {}

  static async open(onMissingFont: (name: string) => void = () => {}): Promise<Lettering> {
    return new Lettering(await loadFont(), onMissingFont)
  }

  /** A line that says this; where no font has the letters of the name, with what stands for it. */
  async write({ name, instead, rest }: Words): Promise<Line> {
    const printable = printableOf(name)
    const first = this.#ours(printable) ?? (await systemPiece(printable))
    if (!first) this.onMissingFont(printable)
    return lineOf([first ?? this.#known(instead), this.#known(rest)])
  }

  /**
   * The line, cut to a width: at the end of its name, or without the rest where little would be left of the name.
   * Letters of the system are squeezed. Undefined where there is no room at all.
   */
  cut(line: Line, width: number): Line | undefined {
    if (line.width <= width) return line
    const [name, rest] = line.pieces
    if (!name) return undefined
    const forms = name.isSystem
      ? [squeezed(line, width), squeezed(lineOf([name]), width)]
      : [
          ...this.#shortened(name, rest ? enough : 1).map((piece) => lineOf(rest ? [piece, rest] : [piece])),
          lineOf([name]),
          ...this.#shortened(name, 1).map((piece) => lineOf([piece])),
        ]
    return forms.find((form) => form.width <= width)
  }

  /** Forms of a piece with ever fewer letters. */
  #shortened({ text }: Piece, least: number): Piece[] {
    const letters = [...text]
    const counts = Array.from({ length: Math.max(0, letters.length - least) }, (_, index) => index + least)
    return counts.reverse().map((count) => this.#known(`${letters.slice(0, count).join('').trimEnd()}…`))
  }

  #ours(text: string): Piece | undefined {
    let units = 0
    const visible = text.replace(/\p{Cf}/gu, '')
    for (const character of visible) {
      const glyph = glyphIn(this.font, character)
      if (!glyph) return undefined
      units += glyph[0]
    }
    return { text: visible, width: units / this.font.unitsPerEm, isSystem: false }
  }

  #known(text: string): Piece {
    return this.#ours(text) ?? { text: '', width: 0, isSystem: false }
  }
}

const lineOf = (pieces: Piece[]): Line => ({
  pieces: pieces.filter(({ text }) => text !== ''),
  width: pieces.reduce((sum, { width }) => sum + width, 0),
})

/** Narrower than this nobody reads it. */
const narrowest = 0.5

const squeezed = ({ pieces }: Line, width: number): Line => {
  const ours = pieces.filter(({ isSystem }) => !isSystem).reduce((sum, piece) => sum + piece.width, 0)
  const room = Math.max(narrowest, width - ours)
  return lineOf(pieces.map((piece) => (piece.isSystem ? { ...piece, width: room } : piece)))
}

const systemPiece = async (text: string): Promise<Piece | undefined> =>
  (await systemHas(text)) ? { text, width: await inkOf(text), isSystem: true } : undefined

/** On one line, without what cannot be printed, as one character where there is one. */
const printableOf = (name: string): string =>
  [...name.slice(0, longestName * 4).normalize('NFC')]
    .slice(0, longestName)
    .join('')
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\uFFFD\u2028\u2029]/gu, '')
    .trim()
