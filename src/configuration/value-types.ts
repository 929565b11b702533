import { type Sentence, sentence, type Words } from '../sentence'
import { choices, type FieldTypes } from './fields'

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)

export const oneOf = (values: readonly string[]) => ({
  fits: (value: unknown) => values.includes(value as string),
  expected: either(values.map((value) => `"${value}"`)),
})

const either = (names: readonly string[]): Sentence =>
  sentence`${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

/** What a value of each type looks like, and how a sentence calls it. */
export const types: Record<keyof FieldTypes, { fits: (value: unknown) => boolean; expected: Sentence }> = {
  number: { fits: isNumber, expected: sentence`a number` },
  integer: { fits: Number.isInteger, expected: sentence`a whole number` },
  boolean: { fits: (value) => typeof value === 'boolean', expected: sentence`true or false` },
  text: { fits: (value) => typeof value === 'string', expected: sentence`a text` },
  list: {
    fits: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
    expected: sentence`a list of texts`,
  },
  confidence: {
    fits: (value) => isNumber(value) || value === 'best' || value === 'default',
    expected: sentence`a number from 0 to 1, "best" or "default"`,
  },
  answerFormat: oneOf(choices.answerFormat),
  maskFormat: oneOf(choices.maskFormat),
  visualisation: oneOf(choices.visualisation),
  keyTransport: oneOf(choices.keyTransport),
}

/** What a value is, for a sentence; a text as it is. */
export const kindOf = (value: unknown): Words => {
  if (value === undefined || value === null) return String(value)
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (ArrayBuffer.isView(value)) return sentence`bytes`
  if (typeof value === 'object') return Array.isArray(value) ? sentence`a list` : sentence`an object`
  return typeof value === 'number' ? String(value) : sentence`a ${typeof value}`
}
