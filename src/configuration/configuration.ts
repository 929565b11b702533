import { InvalidParameterError } from '../http/errors'
import { type FieldName, type FieldTypes, fieldNames, fieldOf, type fields, snakeCase } from './fields'
import { nearest } from './nearest'

/** Options of inference, by the names of the field table; what is absent or null is not sent. */
export type InferenceConfiguration = {
  [Name in FieldName]?: FieldTypes[(typeof fields)[Name]['type']] | null | undefined
}

/**
 * Reads a configuration as a user wrote it: camelCase or snake_case names, checked types. Throws
 * `InvalidParameterError`, which names the nearest field, for a name that is not among `allowed` or a wrong type.
 */
export const readConfiguration = (
  written: object,
  allowed: readonly FieldName[] = fieldNames,
): InferenceConfiguration => {
  const read: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(written)) {
    const field = fieldNames.find((known) => known === name || snakeCase(known) === name)
    if (!field || !allowed.includes(field)) throw unknownField(name, allowed)
    if (value !== undefined && value !== null) read[field] = readValue(field, value)
  }
  return read as InferenceConfiguration
}

const unknownField = (name: string, allowed: readonly FieldName[]): InvalidParameterError =>
  new InvalidParameterError(
    `${JSON.stringify(name)} is no configuration field that can be set here.`,
    `Is ${nearest(name, allowed.map(snakeCase))} meant?`,
  )

const readValue = (name: FieldName, value: unknown): unknown => {
  const { fits, expected } = types[fieldOf(name).type]
  if (fits(value)) return value
  throw new InvalidParameterError(
    `${snakeCase(name)} takes ${expected}, not ${shorten(JSON.stringify(value))}.`,
  )
}

const shorten = (text: string | undefined): string =>
  text && text.length > 60 ? `${text.slice(0, 60)}…` : `${text}`

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)

const types: Record<keyof FieldTypes, { fits: (value: unknown) => boolean; expected: string }> = {
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
  keyTransport: {
    fits: (value) => value === 'legacy' || value === 'both' || value === 'header',
    expected: '"legacy", "both" or "header"',
  },
}

/** What a configuration adds to a request of API v1 in its body or query: defaults filled in, wire names. */
export const onTheWire = (
  configuration: InferenceConfiguration,
  place: 'body' | 'query',
): Record<string, unknown> => {
  const sent: Record<string, unknown> = {}
  for (const name of fieldNames) {
    const { v1, default: unset } = fieldOf(name)
    const value = configuration[name] ?? unset
    if (v1?.in === place && value !== undefined) sent[v1.name] = value
  }
  return sent
}
