import type { OnnxOutline, Tensor } from './onnx-outline'

/** What a detector's outputs tell of it. */
export interface DetectorKind {
  /** For people. */
  name: string
  /** As Roboflow calls models of the kind. */
  modelType: string
  /** How an image is brought to the model's size, as it was in its training. */
  resize: 'fit' | 'stretch'
  /** How many classes its outputs have; undefined where they do not tell. */
  classes: number | undefined
  /** It may have more classes than are named. */
  hasSpareClasses: boolean
}

/** Which kind of detector has these outputs; undefined: none that is known. */
export const detectorKind = ({ outputs }: OnnxOutline): DetectorKind | undefined => {
  const [first, second, ...others] = outputs
  if (!first || others.length > 0 || outputs.some(({ shape }) => shape.length !== 3)) return undefined
  return second ? rfDetr(first, second) : (endToEnd(first) ?? yolo(first))
}

/** Boxes of all candidates side by side: 4 + classes rows. */
const yolo = ({ shape: [, rows, columns] }: Tensor): DetectorKind | undefined => {
  const isUpright = typeof rows !== 'number' || typeof columns !== 'number' || (rows > 4 && rows < columns)
  if (!isUpright) return undefined
  return {
    name: 'YOLO with overlapping boxes, as YOLOv8, v9, 11 and 12 have',
    modelType: 'yolov8n',
    resize: 'fit',
    classes: typeof rows === 'number' ? rows - 4 : undefined,
    hasSpareClasses: false,
  }
}

/** A row for each object: four corners, confidence, class. */
const endToEnd = ({ shape: [, , columns] }: Tensor): DetectorKind | undefined =>
  columns === 6
    ? {
        name: 'YOLO end to end, as YOLO26 and YOLOv10 have',
        modelType: 'yolo26n',
        resize: 'fit',
        classes: undefined,
        hasSpareClasses: false,
      }
    : undefined

/** Boxes, and logits of each class. */
const rfDetr = (first: Tensor, second: Tensor): DetectorKind | undefined => {
  const areSwapped = /label|logit|score/i.test(first.name) && first.shape[2] !== 4
  const [boxes, logits] = areSwapped ? [second, first] : [first, second]
  const classes = logits.shape[2]
  if (boxes.shape[2] !== 4 || boxes.shape[1] !== logits.shape[1]) return undefined
  return {
    name: 'RF-DETR: boxes and logits',
    modelType: 'rfdetr-nano',
    resize: 'stretch',
    classes: typeof classes === 'number' ? classes : undefined,
    hasSpareClasses: true,
  }
}
