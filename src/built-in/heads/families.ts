import type { InputKind } from '../preprocessing'
import { endToEnd } from './end-to-end'
import type { Head } from './head'
import { rfDetr } from './rf-detr'
import { yolo } from './yolo'

/** Models that want their input in the same way, and the heads that they come with. */
interface Family {
  types: RegExp
  input: InputKind
  /** How an image is brought to the model's size, as it usually was in its training. */
  usualResize: 'fit' | 'stretch'
  /** The first that fits a model's outputs reads them: a YOLO is exported with or without what removes overlaps. */
  heads: readonly Head[]
  /** The outputs may tell apart more classes than are named, such as one for nothing. */
  hasSpareClasses: boolean
}

const families = {
  yolo: {
    types: /^yolo(v?(8|9|10|11|12)|26)([a-z-]|$)/,
    input: { resize: 'bilinear' },
    usualResize: 'fit',
    heads: [endToEnd, yolo],
    hasSpareClasses: false,
  },
  'rf-detr': {
    types: /^rf-?detr(-[a-z0-9]+)*$/,
    // as images of ImageNet are normalized
    input: { resize: 'antialiased', mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
    usualResize: 'stretch',
    heads: [rfDetr],
    hasSpareClasses: true,
  },
} satisfies Record<string, Family>

export type FamilyName = keyof typeof families

/** For people who look for a type. */
export const knownTypes = 'yolov8, yolov9, yolov10, yolov11, yolov12, yolo26, rfdetr'

export const allFamilies: readonly Family[] = Object.values(families)

export const familyOf = (name: FamilyName): Family => families[name]

/** The family of a `model_type` as Roboflow writes them, such as `yolov8n` or `rfdetr-nano`. */
export const familyOfType = (type: string): FamilyName | undefined =>
  (Object.keys(families) as FamilyName[]).find((name) => families[name].types.test(type.toLowerCase()))
