import { unknownOption } from '../configuration/unknown-option'
import { InvalidParameterError } from '../errors'
import { sentence, type Words } from '../sentence'

// A timer of Node.js holds 31 bits: longer ones end at once.
const longestTime = 2 ** 31 - 1

const kinds = {
  time: {
    fits: (value: number) => value >= 1 && value <= longestTime,
    expected: sentence`milliseconds, from 1 to ${longestTime}`,
  },
  attempts: {
    fits: (value: number) => Number.isInteger(value) && value >= 1,
    expected: sentence`a whole number from 1`,
  },
  bytes: {
    fits: (value: number) => Number.isInteger(value) && value >= 1,
    expected: sentence`a whole number of bytes, from 1`,
  },
}

/** The one check of limits that callers set: throws `InvalidParameterError`, which names the option. Undefined fits. */
export const checkLimits = (kind: keyof typeof kinds, given: Readonly<Record<string, unknown>>): void => {
  const { fits, expected } = kinds[kind]
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (typeof value === 'number' && fits(value))) continue
    throw new InvalidParameterError(sentence`${name} takes ${expected}, not ${shown(value)}.`)
  }
}

/** `checkLimits` for an object of time limits, whose names are checked as well. */
export const checkTimeouts = (given: unknown, names: readonly string[]): void => {
  if (given === undefined) return
  if (typeof given !== 'object' || given === null)
    throw new InvalidParameterError(
      sentence`timeouts takes an object with milliseconds for ${names.join(', ')}, not ${shown(given)}.`,
    )
  for (const [name, value] of Object.entries(given)) {
    if (names.includes(name)) checkLimits('time', { [`timeouts.${name}`]: value })
    else throw unknownOption(name, names, 'timeouts')
  }
}

const shown = (value: unknown): Words =>
  typeof value === 'number' || value === null ? String(value) : sentence`a ${typeof value}`
