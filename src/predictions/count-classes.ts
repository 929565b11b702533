import type { GazeAnswer, InferenceAnswer, OcrAnswer, VisualisationAnswer } from './answers'
import { findingsOf } from './findings'

type AnyAnswer = InferenceAnswer | VisualisationAnswer | GazeAnswer | OcrAnswer

/**
 * How many there are of each class, summed over a batch: `{ person: 2 }`. Detected objects are counted one by one; a
 * single label counts its best class once, several labels each predicted class once. Every class of the filter
 * appears, with 0 where there is none.
 */
export const countClasses = (
  answers: AnyAnswer | readonly AnyAnswer[],
  classFilter: readonly string[] = [],
): Record<string, number> => {
  // a class may have any name, "constructor" too
  const counts = new Map(classFilter.map((name) => [name, 0]))
  const list = Array.isArray(answers) ? (answers as readonly AnyAnswer[]) : [answers as AnyAnswer]
  for (const name of list.flatMap(classesOf)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries(counts)
}

const classesOf = (answer: AnyAnswer): string[] => {
  if ('predicted_classes' in answer) return answer.predicted_classes
  if ('top' in answer) return answer.top ? [answer.top] : []
  // an answer may be a drawn image, or a text, alone
  return findingsOf({ ...answer }).map((finding) => finding.class)
}
