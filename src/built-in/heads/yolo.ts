import { type Detection, suppressOverlapping } from '../nms'
import type { Head } from './head'

/**
 * YOLOv8, v9, v11 and v12: one output of 4 + classes rows, a column for each candidate: centre, width and height in
 * pixels, and the confidence of each class. Candidates overlap.
 */
export const yolo: Head = {
  name: 'YOLO with overlapping boxes, as YOLOv8, v9, 11 and 12 have',
  modelType: 'yolov8n',

  classesIn([output, ...others]) {
    const [, rows = 0, columns = 0] = output?.dims ?? []
    if (others.length > 0 || output?.dims.length !== 3 || columns === 0) return null
    if (typeof rows !== 'number') return undefined
    return rows > 4 ? rows - 4 : null
  },

  detect([output], thresholds) {
    if (!output) return []
    const [, rows = 0, count = 0] = output.dims
    const { data } = output
    const best = bestClasses(data, rows - 4, count)
    const least = Math.fround(thresholds.confidence)
    const candidates: Detection[] = []
    for (let index = 0; index < count; index++) {
      const confidence = best.confidences[index] as number
      if (confidence <= least) continue
      const value = (row: number) => data[row * count + index] as number
      const [halfWidth, halfHeight] = [value(2) / 2, value(3) / 2]
      candidates.push({
        left: Math.fround(value(0) - halfWidth),
        top: Math.fround(value(1) - halfHeight),
        right: Math.fround(value(0) + halfWidth),
        bottom: Math.fround(value(1) + halfHeight),
        confidence,
        classId: best.classes[index] as number,
      })
    }
    return suppressOverlapping(candidates, thresholds)
  },
}

/** The class of each candidate that is most probable; row by row, as memory lies. */
const bestClasses = (data: Float32Array, classes: number, count: number) => {
  const confidences = data.slice(4 * count, 5 * count)
  const found = new Uint16Array(count)
  for (let classId = 1; classId < classes; classId++) {
    const start = (4 + classId) * count
    for (let index = 0; index < count; index++) {
      const confidence = data[start + index] as number
      if (confidence <= (confidences[index] as number)) continue
      confidences[index] = confidence
      found[index] = classId
    }
  }
  return { confidences, classes: found }
}
