/** COCO's 17 points of a person, in its order, and the bones between them. */
const cocoPoints = [
  'nose',
  'left_eye',
  'right_eye',
  'left_ear',
  'right_ear',
  'left_shoulder',
  'right_shoulder',
  'left_elbow',
  'right_elbow',
  'left_wrist',
  'right_wrist',
  'left_hip',
  'right_hip',
  'left_knee',
  'right_knee',
  'left_ankle',
  'right_ankle',
]

const cocoBones: readonly [string, string][] = [
  ['left_ankle', 'left_knee'],
  ['left_knee', 'left_hip'],
  ['right_ankle', 'right_knee'],
  ['right_knee', 'right_hip'],
  ['left_hip', 'right_hip'],
  ['left_shoulder', 'left_hip'],
  ['right_shoulder', 'right_hip'],
  ['left_shoulder', 'right_shoulder'],
  ['left_shoulder', 'left_elbow'],
  ['right_shoulder', 'right_elbow'],
  ['left_elbow', 'left_wrist'],
  ['right_elbow', 'right_wrist'],
  ['left_eye', 'right_eye'],
  ['nose', 'left_eye'],
  ['nose', 'right_eye'],
  ['left_eye', 'left_ear'],
  ['right_eye', 'right_ear'],
  ['left_ear', 'left_shoulder'],
  ['right_ear', 'right_shoulder'],
]

/** The bones between named points; none unless all the names are COCO's. A point that is not there has no bones. */
export const bonesBetween = <Point extends { name: string }>(points: readonly Point[]): [Point, Point][] => {
  const byName = new Map(points.map((point) => [normal(point.name), point]))
  if (![...byName.keys()].every((name) => cocoPoints.includes(name))) return []
  return cocoBones.flatMap(([from, to]): [Point, Point][] => {
    const [a, b] = [byName.get(from), byName.get(to)]
    return a && b ? [[a, b]] : []
  })
}

/** `Left Eye` and `left-eye` are `left_eye`. */
const normal = (name: string): string => name.toLowerCase().replace(/[\s-]+/g, '_')
