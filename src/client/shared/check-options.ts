import { checkOptions } from '../../configuration/check-options'
import { kindOf, types } from '../../configuration/value-types'
import { InvalidParameterError } from '../../errors'
import { sentence, type Words } from '../../sentence'

/** What an option may hold; `anything` is checked where it is used. */
const kinds = {
  text: types.text,
  flag: types.boolean,
  texts: types.list,
  names: {
    fits: (value: unknown) =>
      typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value),
    expected: sentence`an object, with a value for each name`,
  },
  signal: {
    fits: (value: unknown) => typeof (value as AbortSignal).addEventListener === 'function',
    expected: sentence`an AbortSignal`,
  },
  callback: { fits: (value: unknown) => typeof value === 'function', expected: sentence`a function` },
  anything: { fits: () => true, expected: '' },
}

export type Kind = keyof typeof kinds

/** The kind of each option of a method: all of them, and no other. */
export type Kinds<Options> = Readonly<Record<keyof Options & string, Kind>>

/**
 * The options of a call as they were given, none for undefined. Throws `InvalidParameterError` for what is no object of
 * options, an unknown name, or a value of the wrong kind; what is undefined or null is not given.
 */
export const checkedOptions = <Options extends object>(
  given: Options | undefined,
  expected: Kinds<Options>,
  what: Words = sentence`options`,
): Options => {
  if (given === undefined) return {} as Options
  if (typeof given !== 'object' || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) {
    const example = Object.keys(expected)[0]
    throw new InvalidParameterError(
      sentence`The ${what} should be an object, such as { ${example}: … }, not ${kindOf(given)}.`,
    )
  }
  checkOptions(given, Object.fromEntries(Object.entries<Kind>(expected).map(named)), what)
  return given
}

/** What is null is not given. */
const named = ([name, kind]: [string, Kind]) => {
  const { fits, expected } = kinds[kind]
  return [name, { fits: (value: unknown) => value === null || fits(value), expected }] as const
}
