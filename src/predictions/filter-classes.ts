/**
 * The answer with detected objects of these classes alone: not every server has the filter for every task. Labels of
 * a classification have no place, and stay.
 */
export const filterClasses = (answer: object, classes: readonly string[] | null | undefined): object => {
  const { predictions } = answer as { predictions?: unknown }
  if (!classes?.length || !Array.isArray(predictions)) return answer
  return { ...answer, predictions: predictions.filter((prediction) => !isOther(prediction, classes)) }
}

const isOther = (prediction: unknown, classes: readonly string[]): boolean => {
  const { x, class: name } = (prediction ?? {}) as { x?: unknown; class?: unknown }
  return x !== undefined && !classes.includes(String(name))
}
