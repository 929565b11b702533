import { holdsMask } from './masks'

/** The first difference between two values of JSON, in words; undefined where there is none. */
export const valueDifference = (expected: unknown, actual: unknown, at = ''): string | undefined => {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const tolerance = Math.max(1, Math.abs(expected)) * 1e-9
    return Math.abs(expected - actual) <= tolerance ? undefined : saying(at, expected, actual)
  }
  if (!isObject(expected) || !isObject(actual)) {
    return expected === actual ? undefined : saying(at, expected, actual)
  }
  if ('$mask' in expected && !('$mask' in actual))
    return holdsMask(expected.$mask, actual) ? undefined : `${at || 'mask'}: another mask`
  if (Array.isArray(expected) !== Array.isArray(actual)) return saying(at, expected, actual)
  if (Array.isArray(expected) && expected.length !== Object.keys(actual).length) {
    return `${at || 'list'}: ${expected.length} items expected, got ${Object.keys(actual).length}`
  }
  for (const key of new Set([...keysOf(expected), ...keysOf(actual)])) {
    const place = Array.isArray(expected) ? `${at}[${key}]` : at ? `${at}.${key}` : key
    const difference = valueDifference(expected[key], actual[key], place)
    if (difference) return difference
  }
  return undefined
}

type Values = Record<string, unknown>

const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null

// The class of a Python object plays no part; what is undefined is not there.
const keysOf = (value: Values): string[] =>
  Object.keys(value).filter((key) => key !== '$dataclass' && value[key] !== undefined)

export const saying = (at: string, expected: unknown, actual: unknown): string =>
  `${at ? `${at}: ` : ''}expected ${shown(expected)}, got ${shown(actual)}`

export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 160 ? `${text.slice(0, 160)}…` : text
}
