import { endToEnd } from './end-to-end'
import type { Head } from './head'
import { rfDetr } from './rf-detr'
import { yolo } from './yolo'

/** The heads, by the beginnings of the model types that have them. */
const heads = { yolo, 'end-to-end': endToEnd, 'rf-detr': rfDetr } satisfies Record<string, Head>

export type HeadKind = keyof typeof heads

const types: readonly (readonly [type: RegExp, kind: HeadKind])[] = [
  [/^yolov(8|9|11|12)([a-z-]|$)/, 'yolo'],
  [/^yolo(11|12)([a-z-]|$)/, 'yolo'],
  [/^yolo(v10|26)([a-z-]|$)/, 'end-to-end'],
  [/^rf-?detr([-a-z0-9]*)$/, 'rf-detr'],
]

/** For people who look for a type. */
export const knownTypes = 'yolov8, yolov9, yolov10, yolov11, yolov12, yolo26, rfdetr'

export const headOf = (kind: HeadKind): Head => heads[kind]

/** The head of a `model_type` as Roboflow writes them, such as `yolov8n` or `rfdetr-nano`. */
export const kindOfType = (type: string): HeadKind | undefined =>
  types.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1]
