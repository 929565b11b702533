import { inspect } from 'node:util'
import { InvalidParameterError } from '../errors'
import {
  choices,
  type Field,
  type FieldName,
  type FieldTypes,
  fieldNames,
  fieldOf,
  type fields,
  snakeCase,
  type Task,
  tasks,
} from './fields'
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
    if (value === null && fieldOf(field).takesNull) read[field] = null
    else if (value !== undefined && value !== null) read[field] = readValue(field, value)
  }
  return read as InferenceConfiguration
}

const unknownField = (name: string, allowed: readonly FieldName[]): InvalidParameterError =>
  new InvalidParameterError(
    `${JSON.stringify(name)} is no configuration field that can be set here.`,
    `Is ${nearest(name, allowed.map(snakeCase))} meant?`,
  )

const readValue = (name: FieldName, value: unknown): unknown => {
  const { type, least } = fieldOf(name)
  const { fits, expected } = types[type]
  const isTooSmall = least !== undefined && Number(value) < least
  // a copy: what the caller does to a list later is not meant for here
  if (fits(value) && !isTooSmall) return Array.isArray(value) ? [...value] : value
  const shown = name === 'serviceSecret' ? 'what was given' : shorten(display(value))
  throw new InvalidParameterError(
    `${snakeCase(name)} takes ${expected}${least === undefined ? '' : `, ${least} or more`}, not ${shown}.`,
  )
}

const display = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

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

/** Which fields go to one place, and under which names. */
type WireNames = [name: FieldName, wireName: string][]

const wireNames = (nameOf: (field: Field) => string | undefined): WireNames =>
  fieldNames.flatMap((name) => {
    const wireName = nameOf(fieldOf(name))
    return wireName === undefined ? [] : [[name, wireName] satisfies WireNames[number]]
  })

const namesOfV0 = wireNames(({ v0 }) => v0)

const namesOfV1 = (place: 'body' | 'query'): Record<Task, WireNames> => {
  const namesFor = (task: Task) =>
    wireNames(({ v1 }) => (v1?.in === place && v1.tasks.includes(task) ? v1.name : undefined))
  return Object.fromEntries(tasks.map((task) => [task, namesFor(task)])) as Record<Task, WireNames>
}

const bodyOfV1 = namesOfV1('body')
const queryOfV1 = namesOfV1('query')

/** What a configuration adds to a request of API v0's query: defaults filled in, names as v0 calls them. */
export const inQueryOfV0 = (configuration: InferenceConfiguration): Record<string, unknown> =>
  collect(configuration, namesOfV0)

/** What a configuration adds to the body or query of API v1, for a model of this task. */
export const onTheWireOfV1 = (
  configuration: InferenceConfiguration,
  task: Task,
  place: 'body' | 'query',
): Record<string, unknown> => collect(configuration, (place === 'body' ? bodyOfV1 : queryOfV1)[task])

const collect = (configuration: InferenceConfiguration, names: WireNames): Record<string, unknown> => {
  const sent: Record<string, unknown> = {}
  for (const [name, wireName] of names) {
    const value = settingOf(configuration, name)
    if (value !== undefined) sent[wireName] = value
  }
  return sent
}

type ValueOf<Name extends FieldName> = FieldTypes[(typeof fields)[Name]['type']]

/** A field's value, its default where nothing is set; undefined only for a field that has none. */
export const settingOf = <Name extends FieldName>(
  configuration: InferenceConfiguration,
  name: Name,
): (typeof fields)[Name] extends { default: unknown } ? ValueOf<Name> : ValueOf<Name> | undefined =>
  (configuration[name] ?? fieldOf(name).default) as ValueOf<Name>
