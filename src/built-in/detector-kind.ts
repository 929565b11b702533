import { allFamilies } from './heads/families'
import type { OutputShape } from './heads/head'
import { yolo } from './heads/yolo'
import type { OnnxOutline } from './onnx-outline'

/** What a detector's outputs tell of it. */
export interface DetectorKind {
  /** For people. */
  name: string
  /** As Roboflow calls models of the kind. */
  modelType: string
  /** How an image is brought to the model's size, as it usually was in its training. */
  resize: 'fit' | 'stretch'
  /** How many classes its outputs have; undefined where they do not tell. */
  classes: number | undefined
  /** It may have more classes than are named. */
  hasSpareClasses: boolean
}

/** Which kind of detector has these outputs; undefined: none that is known. */
export const detectorKind = ({ outputs }: OnnxOutline): DetectorKind | undefined => {
  for (const { heads, usualResize: resize, hasSpareClasses } of allFamilies) {
    for (const head of heads) {
      const { name, modelType } = head
      const classes = head.classesIn(outputs)
      if (classes === null || (head === yolo && outputs.some(hasRowPerCandidate))) continue
      return { name, modelType, resize, classes, hasSpareClasses }
    }
  }
  return undefined
}

/** As YOLOv5 has, which nothing here reads: it would pass for a YOLOv8 of thousands of classes. */
const hasRowPerCandidate = ({ dims: [, rows, columns] }: OutputShape): boolean =>
  typeof rows === 'number' && typeof columns === 'number' && rows >= columns
