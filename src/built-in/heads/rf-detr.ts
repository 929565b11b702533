import { byConfidence, type Detection } from '../nms'
import type { Head, OutputShape } from './head'

/**
 * RF-DETR: boxes (centre, width and height as shares of the input) and logits of each class, a row for each query. No
 * overlaps to remove; as many of the most probable pairs of box and class count as there are queries.
 */
export const rfDetr: Head = {
  name: 'RF-DETR: boxes and logits',
  modelType: 'rfdetr-nano',

  classesIn(outputs) {
    const found = boxesAndLogits(outputs)
    if (!found) return null
    const classes = found.logits.dims[2]
    return typeof classes === 'number' ? classes : undefined
  },

  detect(outputs, { confidence: least }, { width, height }) {
    const found = boxesAndLogits(outputs)
    if (!found) return []
    const [, queries = 0, classes = 0] = found.logits.dims
    const detections: Detection[] = []
    for (let index = 0; index < queries * classes; index++) {
      const confidence = sigmoid(found.logits.data[index] as number)
      if (confidence <= Math.fround(least)) continue
      const at = Math.trunc(index / classes) * 4
      const [x = 0, y = 0, w = 0, h = 0] = found.boxes.data.subarray(at, at + 4)
      detections.push({
        left: Math.fround(Math.fround(x - 0.5 * w) * width),
        top: Math.fround(Math.fround(y - 0.5 * h) * height),
        right: Math.fround(Math.fround(x + 0.5 * w) * width),
        bottom: Math.fround(Math.fround(y + 0.5 * h) * height),
        confidence,
        classId: index % classes,
      })
    }
    return detections.sort(byConfidence).slice(0, queries)
  },
}

const sigmoid = (logit: number): number => Math.fround(1 / (1 + Math.exp(-logit)))

/** By their names where these tell, else in the order in which RF-DETR exports them. */
const boxesAndLogits = <Each extends OutputShape>(
  outputs: readonly Each[],
): { boxes: Each; logits: Each } | undefined => {
  const [first, second, ...others] = outputs
  if (!first || !second || others.length > 0) return undefined
  const areSwapped = /label|logit|score/i.test(first.name) && !/label|logit|score/i.test(second.name)
  const [boxes, logits] = areSwapped ? [second, first] : [first, second]
  const fits =
    boxes.dims.length === 3 &&
    boxes.dims[2] === 4 &&
    logits.dims.length === 3 &&
    boxes.dims[1] === logits.dims[1]
  return fits ? { boxes, logits } : undefined
}
