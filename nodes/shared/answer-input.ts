import { InvalidParameterError, sentence } from '../../src/index'
import { evaluateProperty } from './evaluate'
import type { Input } from './inputs'

/** Whatever a server answered about an image: predictions, a text, and so on. */
export type Answer = Record<string, unknown>

/** One of our answers, or a list of them (of a batch). */
export const answerInput = (): Input<Answer | Answer[]> => ({
  async read(context, property) {
    const value = await evaluateProperty(context, property)
    if (isAnswer(value) || (Array.isArray(value) && value.every(isAnswer))) return value
    throw new InvalidParameterError(
      sentence`There are no predictions here.`,
      sentence`They are what the infer node leaves in msg.payload: choose where they are.`,
    )
  },
})

const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  (Array.isArray((value as Answer).predictions) || isLabelled(value as Answer) || 'result' in value)

/** Several labels: predictions by class. */
const isLabelled = ({ predictions, predicted_classes: classes }: Answer): boolean =>
  typeof predictions === 'object' && predictions !== null && Array.isArray(classes)
