import { InvalidParameterError } from '../errors'
import { sentence, type Words } from '../sentence'
import { unknownOption } from './unknown-option'
import { kindOf, types } from './value-types'

/** What an option may hold, and how a sentence calls that. */
export interface Kind {
  fits(value: unknown): boolean
  expected: Words
}

const isNumberFrom = (least: number, value: unknown): value is number =>
  types.number.fits(value) && Number(value) >= least

export const fraction: Kind = {
  fits: (value) => isNumberFrom(0, value) && value <= 1,
  expected: sentence`a number from 0 to 1`,
}

export const length: Kind = {
  fits: (value) => isNumberFrom(0, value),
  expected: sentence`a number, 0 or more`,
}

export const count: Kind = {
  fits: (value) => Number.isInteger(value) && isNumberFrom(1, value),
  expected: sentence`a whole number from 1`,
}

/** Throws `InvalidParameterError` for an unknown name or an impossible value; what is undefined is not given. */
export const checkOptions = (
  options: object,
  kinds: Readonly<Record<string, Kind>>,
  what: Words = sentence`options`,
): void => {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name)) throw unknownOption(name, Object.keys(kinds), what)
    const { fits, expected } = kinds[name] as Kind
    if (value !== undefined && !fits(value))
      throw new InvalidParameterError(sentence`${name} takes ${expected}, not ${kindOf(value)}.`)
  }
}
