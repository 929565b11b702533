/** What a model found: corners in pixels of its frame. */
export interface Detection {
  left: number
  top: number
  right: number
  bottom: number
  confidence: number
  classId: number
}

const area = ({ left, top, right, bottom }: Detection): number => (right - left) * (bottom - top)

/** The area that two boxes share, of the area that they cover together: 0 to 1. */
export const intersectionOverUnion = (a: Detection, b: Detection): number => {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  if (width <= 0 || height <= 0) return 0
  const shared = width * height
  return shared / (area(a) + area(b) - shared)
}

export const byConfidence = (a: Detection, b: Detection): number => b.confidence - a.confidence

/**
 * Non-maximum suppression: the most confident first, without those that overlap one of them by more than the
 * threshold; of the same class, or of any where it does not matter.
 */
export const suppressOverlapping = (
  detections: readonly Detection[],
  { iouThreshold, classAgnostic }: { iouThreshold: number; classAgnostic: boolean },
): Detection[] => {
  const kept: Detection[] = []
  for (const candidate of [...detections].sort(byConfidence)) {
    const isTaken = kept.some(
      (better) =>
        (classAgnostic || better.classId === candidate.classId) &&
        intersectionOverUnion(better, candidate) > iouThreshold,
    )
    if (!isTaken) kept.push(candidate)
  }
  return kept
}
