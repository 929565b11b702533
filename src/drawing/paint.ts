import type { Size } from '../images/size'
import type { Box } from '../predictions/findings'
import type { Colour } from './colours'
import { type Font, glyphIn } from './font'
import { type Coverage, coverageOf } from './glyph-coverage'
import type { Shape } from './shapes'
import type { Turn } from './turn'

/** Pixels that belong to us: red, green and blue, 8 bits each. */
export interface Canvas extends Size {
  data: Buffer
}

export type Paintable = Exclude<Shape, { kind: 'path' }>

/** Whether a shape can be painted here: boxes, and letters of our own font. Most drawings are made of nothing else. */
export const isPaintable = (shape: Shape): shape is Paintable =>
  shape.kind !== 'path' && !(shape.kind === 'text' && shape.piece.isSystem)

/**
 * Paints into the pixels themselves: several times as fast as an SVG over the whole image, and as it would look.
 * Others have their turn every few milliseconds.
 */
export const paint = async (
  canvas: Canvas,
  shapes: readonly Paintable[],
  font: Font,
  turn: Turn,
): Promise<void> => {
  for (const shape of shapes) {
    if (shape.kind === 'area') paintArea(canvas, shape.box, shape.colour, shape.opacity)
    else if (shape.kind === 'frame') paintFrame(canvas, shape)
    else paintText(canvas, shape, font)
    await turn()
  }
}

/** From this width on, copying a row takes less time than painting it. */
const wide = 16

const paintArea = (canvas: Canvas, box: Box, colour: Colour, opacity: number): void => {
  const { data, width } = canvas
  const length = (box.right - box.left) * 3
  const of255 = Math.round(opacity * 255)
  const copies = of255 === 255 && length >= wide * 3
  const first = (box.top * width + box.left) * 3
  for (let row = box.top; row < box.bottom; row++) {
    const begin = (row * width + box.left) * 3
    if (copies && row > box.top) data.copyWithin(begin, first, first + length)
    else for (let at = begin; at < begin + length; at += 3) blend(data, at, colour, of255)
  }
}

const paintFrame = (canvas: Canvas, { box, line, colour, opacity }: Extract<Shape, { kind: 'frame' }>) => {
  const { left, top, right, bottom } = box
  for (const edge of [
    { left, top, right, bottom: top + line },
    { left, top: bottom - line, right, bottom },
    { left, top: top + line, right: left + line, bottom: bottom - line },
    { left: right - line, top: top + line, right, bottom: bottom - line },
  ])
    paintArea(canvas, edge, colour, opacity)
}

/** Letters stand at quarters of a pixel: each is worked out four times at most. */
const shifts = 4

const paintText = (canvas: Canvas, text: Extract<Shape, { kind: 'text' }>, font: Font): void => {
  const scale = text.size / font.unitsPerEm
  let pen = text.left
  for (const character of text.piece.text) {
    const place = Math.round(pen * shifts)
    const letter = letterIn(font, character, text.size, place % shifts)
    if (letter) paintCoverage(canvas, letter, Math.floor(place / shifts), text.baseline, text.colour)
    pen += (glyphIn(font, character)?.[0] ?? 0) * scale
  }
}

const letters = new Map<string, Coverage | undefined>()
const mostLetters = 4_000

const letterIn = (font: Font, character: string, size: number, shift: number): Coverage | undefined => {
  const key = `${character} ${size} ${shift}`
  if (letters.has(key)) return letters.get(key)
  const glyph = glyphIn(font, character)
  const letter = glyph && coverageOf(glyph, size / font.unitsPerEm, shift / shifts)
  if (letters.size >= mostLetters) letters.clear()
  letters.set(key, letter)
  return letter
}

const paintCoverage = (canvas: Canvas, letter: Coverage, x: number, y: number, colour: Colour): void => {
  const [left, top] = [x + letter.left, y + letter.top]
  const [firstRow, lastRow] = [Math.max(0, -top), Math.min(letter.height, canvas.height - top)]
  const [first, last] = [Math.max(0, -left), Math.min(letter.width, canvas.width - left)]
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = first; column < last; column++) {
      const covered = letter.data[row * letter.width + column] ?? 0
      if (covered > 0) blend(canvas.data, ((top + row) * canvas.width + left + column) * 3, colour, covered)
    }
  }
}

/** `opacity` from 0 to 255. This is called for every pixel: nothing in it may make objects. */
const blend = (data: Buffer, at: number, colour: Colour, opacity: number): void => {
  data[at] = mixed(data[at] as number, colour[0], opacity)
  data[at + 1] = mixed(data[at + 1] as number, colour[1], opacity)
  data[at + 2] = mixed(data[at + 2] as number, colour[2], opacity)
}

/** Multiplied by 257 / 65,536, which is quicker than divided by 255 and differs by nothing that is seen. */
const mixed = (below: number, above: number, opacity: number): number =>
  ((below * (255 - opacity) + above * opacity + 128) * 257) >> 16
