import type { Size } from '../images/size'
import { toHex } from './colours'
import { type Font, glyphIn } from './font'
import type { Paint, Shape } from './shapes'
import type { Turn } from './turn'

/** A drawing as an SVG of the image's size, with nothing behind it. */
export const svgOf = async (
  shapes: readonly Shape[],
  { width, height }: Size,
  font: Font,
  turn: Turn,
): Promise<string> => {
  const elements: string[] = []
  for (const shape of shapes) {
    elements.push(elementOf(shape, font))
    await turn()
  }
  const place = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${place}>${elements.join('')}</svg>`
}

const elementOf = (shape: Shape, font: Font): string => {
  switch (shape.kind) {
    case 'area': {
      const { left, top, right, bottom } = shape.box
      return `<path d="M${left} ${top}H${right}V${bottom}H${left}z"${fill(shape)}/>`
    }
    case 'frame': {
      const { left, top, right, bottom } = shape.box
      const half = shape.line / 2
      const path = `M${left + half} ${top + half}H${right - half}V${bottom - half}H${left + half}z`
      return `<path d="${path}" fill="none"${stroke({ ...shape, width: shape.line })}/>`
    }
    case 'text':
      return shape.piece.isSystem ? systemText(shape) : outlines(shape, font)
    case 'path': {
      const painted = `${shape.fill ? fill(shape.fill) : ' fill="none"'}${shape.stroke ? stroke(shape.stroke) : ''}`
      return `<path d="${shape.path}"${painted} stroke-linejoin="round" stroke-linecap="round"/>`
    }
  }
}

const fill = ({ colour, opacity }: Paint): string =>
  ` fill="${toHex(colour)}"${opacity < 1 ? ` fill-opacity="${opacity}"` : ''}`

const stroke = ({ colour, opacity, width }: Paint & { width: number }): string =>
  ` stroke="${toHex(colour)}" stroke-width="${width}"${opacity < 1 ? ` stroke-opacity="${opacity}"` : ''}`

type Text = Extract<Shape, { kind: 'text' }>

const outlines = ({ piece, left, baseline, size, colour }: Text, font: Font): string => {
  let path = ''
  let pen = 0
  for (const character of piece.text) {
    const [advance, x = 0, y = 0, outline] = glyphIn(font, character) ?? [0]
    if (outline) path += `M${pen + x} ${y}${outline}`
    pen += advance
  }
  const scale = round(size / font.unitsPerEm, 100_000)
  const place = `translate(${round(left)} ${baseline}) scale(${scale})`
  return `<path aria-label="${escaped(piece.text)}" transform="${place}" d="${path}" fill="${toHex(colour)}"/>`
}

/** As wide as it was measured, whatever font it is written in: browsers stretch it to `textLength`. */
const systemText = ({ piece, left, baseline, size, colour }: Text): string => {
  const { text, width } = piece
  const isRightToLeft = /^\P{L}*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(
    text,
  )
  const direction = isRightToLeft ? ' direction="rtl" text-anchor="end"' : ''
  const place = `x="${round(left)}" y="${baseline}" font-size="${size}" font-family="sans-serif"`
  const length = `textLength="${round(width * size)}" lengthAdjust="spacingAndGlyphs"`
  return `<text ${place} ${length}${direction} fill="${toHex(colour)}">${escaped(text)}</text>`
}

export const round = (value: number, per = 100): number => Math.round(value * per) / per

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? '')
