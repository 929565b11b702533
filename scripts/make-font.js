// node scripts/make-font.js: writes src/drawing/letters/outlines.json, the letters of drawn labels, from Inter SemiBold.
// The file is committed: whoever uses the package needs neither the font nor what reads it.
const fs = require('node:fs')
const path = require('node:path')
const opentype = require('opentype.js')

const folder = path.join(__dirname, '../src/drawing/letters')
const source = path.dirname(require.resolve('@fontsource/inter/package.json'))
const subsets = ['latin', 'latin-ext', 'vietnamese', 'greek', 'cyrillic', 'cyrillic-ext']
/** Phonetic letters, and marks that stand alone: a label has none. */
const left = /[\p{C}\p{M}\p{Zl}\p{Zp}\u0250-\u02ff\u1d00-\u1dbf]/u

/** Units of the em square that lengths are rounded to: finer than any label is drawn. */
const unitsPerEm = 1000

const openFont = (subset) => {
  const { buffer, byteOffset, length } = fs.readFileSync(
    path.join(source, `files/inter-${subset}-600-normal.woff`),
  )
  return opentype.parse(buffer.slice(byteOffset, byteOffset + length))
}

/** [advance, x and y of where the outline begins, its SVG path from there on, relative]; y grows downwards. */
const glyphOf = (glyph, scale) => {
  const units = (value) => Math.round(value * scale)
  const advance = units(glyph.advanceWidth)
  const { commands } = glyph.path
  if (commands.length === 0) return [advance]
  let text = ''
  let at = [0, 0]
  let begin = [0, 0]
  let first
  for (const { type, x, y, x1, y1 } of commands) {
    if (type === 'Z') {
      text += 'z'
      at = begin
      continue
    }
    const to = [units(x), -units(y)]
    const from = (point) => point.map((value, axis) => value - at[axis])
    if (type === 'M') {
      if (first) text += `m${joined(from(to))}`
      first ??= to
      begin = to
    } else if (type === 'L') text += lineTo(...from(to))
    else if (type === 'Q') text += `q${joined([...from([units(x1), -units(y1)]), ...from(to)])}`
    else throw new Error(`A path of this font has the command ${type}.`)
    at = to
  }
  return [advance, ...first, text]
}

const lineTo = (x, y) => (x === 0 ? (y === 0 ? '' : `v${y}`) : y === 0 ? `h${x}` : `l${joined([x, y])}`)

/** Numbers as SVG reads them, with no more between them than needed. */
const joined = (numbers) => numbers.join(' ').replaceAll(' -', '-')

const makeFont = () => {
  const glyphs = {}
  for (const subset of subsets) {
    const font = openFont(subset)
    const scale = unitsPerEm / font.unitsPerEm
    for (const [code, index] of Object.entries(font.tables.cmap.glyphIndexMap)) {
      const character = String.fromCodePoint(Number(code))
      if (index > 0 && !left.test(character)) glyphs[character] ??= glyphOf(font.glyphs.get(index), scale)
    }
  }
  const { ascender, descender, unitsPerEm: units } = openFont('latin')
  const { sCapHeight } = openFont('latin').tables.os2
  const length = (value) => Math.round((value * unitsPerEm) / units)
  return {
    unitsPerEm,
    ascent: length(ascender),
    descent: -length(descender),
    capHeight: length(sCapHeight),
    glyphs: Object.fromEntries(Object.entries(glyphs).sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** A letter a line. */
const fontFile = () => `${JSON.stringify(makeFont()).replaceAll('],"', '],\n"')}\n`

if (require.main === module) {
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'outlines.json'), fontFile())
  fs.copyFileSync(path.join(source, 'LICENSE'), path.join(folder, 'LICENSE.txt'))
}

module.exports = { fontFile }
