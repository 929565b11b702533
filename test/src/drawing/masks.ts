import type { InstanceSegmentationAnswer } from '../../../src/index'
import { encodeRle } from '../../support/rle'
import { box, size } from './answers'

const { width, height } = size

/** A ring with a hole, and two squares that touch by a corner. */
const ring = (x: number, y: number): boolean => {
  const distance = Math.hypot(x - 90, y - 110)
  return distance < 60 && distance > 25
}

const squares = (x: number, y: number): boolean =>
  (x >= 200 && x < 240 && y >= 60 && y < 100) || (x >= 240 && x < 280 && y >= 100 && y < 140)

export const maskAnswer: InstanceSegmentationAnswer = {
  image: size,
  predictions: [
    { ...box(90, 110, 120, 120, 'ring', { class_id: 1 }), rle: encodeRle(width, height, ring) },
    { ...box(240, 100, 80, 80, 'squares', { class_id: 5 }), rle: encodeRle(width, height, squares) },
  ],
}
