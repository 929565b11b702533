import { choices, type FieldTypes } from './fields'

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)

const oneOf = (values: readonly string[]) => ({
  fits: (value: unknown) => values.includes(value as string),
  expected: values
    .map((value) => `"${value}"`)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or '),
})

/** What a value of each type looks like, and how a sentence calls it. */
export const types: Record<keyof FieldTypes, { fits: (value: unknown) => boolean; expected: string }> = {
  number: { fits: isNumber, expected: 'a number' },
  integer: { fits: Number.isInteger, expected: 'a whole number' },
  boolean: { fits: (value) => typeof value === 'boolean', expected: 'true or false' },
  text: { fits: (value) => typeof value === 'string', expected: 'a text' },
  list: {
    fits: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
    expected: 'a list of texts',
  },
  confidence: {
    fits: (value) => isNumber(value) || value === 'best' || value === 'default',
    expected: 'a number from 0 to 1, "best" or "default"',
  },
  answerFormat: oneOf(choices.answerFormat),
  maskFormat: oneOf(choices.maskFormat),
  visualisation: oneOf(choices.visualisation),
  keyTransport: oneOf(choices.keyTransport),
}

/** What a value is, for a sentence; a text as it is. */
export const kindOf = (value: unknown): string => {
  if (value === undefined || value === null) return String(value)
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (ArrayBuffer.isView(value)) return 'bytes'
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'number' ? String(value) : `a ${typeof value}`
}
