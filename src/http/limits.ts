import { InvalidParameterError } from '../errors'

// A timer of Node.js holds 31 bits: longer ones end at once.
const longestTime = 2 ** 31 - 1

const kinds = {
  time: {
    fits: (value: number) => value >= 1 && value <= longestTime,
    expected: `milliseconds, from 1 to ${longestTime}`,
  },
  attempts: {
    fits: (value: number) => Number.isInteger(value) && value >= 1,
    expected: 'a whole number from 1',
  },
  bytes: {
    fits: (value: number) => Number.isInteger(value) && value >= 1,
    expected: 'a whole number of bytes, from 1',
  },
}

/** The one check of limits that callers set: throws `InvalidParameterError`, which names the option. Undefined fits. */
export const checkLimits = (kind: keyof typeof kinds, given: Readonly<Record<string, unknown>>): void => {
  const { fits, expected } = kinds[kind]
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (typeof value === 'number' && fits(value))) continue
    const shown = typeof value === 'number' || value === null ? String(value) : `a ${typeof value}`
    throw new InvalidParameterError(`${name} takes ${expected}, not ${shown}.`)
  }
}
