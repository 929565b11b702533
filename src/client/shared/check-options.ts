import { types } from '../../configuration/configuration'
import { InvalidParameterError } from '../../errors'

const kinds = {
  text: types.text,
  flag: types.boolean,
  texts: types.list,
  names: {
    fits: (value: unknown) =>
      typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value),
    expected: 'an object, with a value for each name',
  },
}

/** Throws `InvalidParameterError` for an option of the wrong type; what is not given fits. */
export const checkOptions = (
  options: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, keyof typeof kinds>>,
): void => {
  for (const [name, kind] of Object.entries(expected)) {
    const value = options[name]
    if (value === undefined || value === null || kinds[kind].fits(value)) continue
    throw new InvalidParameterError(`${name} takes ${kinds[kind].expected}, not ${kindOf(value)}.`)
  }
}

/** What a value is, for a sentence; a text as it is. */
export const kindOf = (value: unknown): string => {
  if (value === undefined || value === null) return String(value)
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (ArrayBuffer.isView(value)) return 'bytes'
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'number' ? String(value) : `a ${typeof value}`
}
