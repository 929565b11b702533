import { byConfidence, type Detection } from '../nms'
import type { Head } from './head'

/**
 * YOLO26, YOLOv10, and others exported with NMS: one output of a row for each object: corners in pixels, confidence, class. The model itself has
 * removed what overlaps.
 */
export const endToEnd: Head = {
  name: 'YOLO end to end, as YOLO26 and YOLOv10 have',
  modelType: 'yolo26n',

  classesIn: ([output, ...others]) =>
    others.length === 0 && output?.dims.length === 3 && output.dims[2] === 6 ? undefined : null,

  detect([output], { confidence: least }) {
    if (!output) return []
    const { data } = output
    const detections: Detection[] = []
    const end = (output.dims[1] ?? 0) * 6
    for (let at = 0; at < end; at += 6) {
      const [left = 0, top = 0, right = 0, bottom = 0, confidence = 0, classId = 0] = data.subarray(
        at,
        at + 6,
      )
      if (confidence >= Math.fround(least))
        detections.push({ left, top, right, bottom, confidence, classId: Math.trunc(classId) })
    }
    return detections.sort(byConfidence)
  },
}
