import type { Box } from '../predictions/findings'
import type { Colour } from './colours'
import type { Piece } from './lettering'

/** What a drawing is made of, from the bottom up; boxes have whole pixels and lie within the image. */
export type Shape =
  | { kind: 'area'; box: Box; colour: Colour; opacity: number }
  /** The edges of a box, drawn inside it. */
  | { kind: 'frame'; box: Box; line: number; colour: Colour; opacity: number }
  /** A piece of text: where its pen begins. */
  | { kind: 'text'; piece: Piece; left: number; baseline: number; size: number; colour: Colour }
  /** An SVG path, filled, stroked or both. */
  | { kind: 'path'; path: string; fill?: Paint; stroke?: Paint & { width: number } }

export interface Paint {
  colour: Colour
  opacity: number
}
