import type { ObjectDetectionAnswer } from '../client/answers'

/**
 * How many predictions there are of each class, summed over a batch: `{ person: 2 }`.
 * Every class of the filter appears, with 0 where there is none.
 */
export const countClasses = (
  answers: ObjectDetectionAnswer | ObjectDetectionAnswer[],
  classFilter: readonly string[] = [],
): Record<string, number> => {
  const counts: Record<string, number> = Object.fromEntries(classFilter.map((name) => [name, 0]))
  for (const { predictions } of [answers].flat()) {
    for (const prediction of predictions) counts[prediction.class] = (counts[prediction.class] ?? 0) + 1
  }
  return counts
}
