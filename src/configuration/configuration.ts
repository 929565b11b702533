import { inspect } from 'node:util'
import { InvalidParameterError } from '../errors'
import { type Sentence, sentence } from '../sentence'
import {
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
import type { InferenceConfiguration } from './inference-configuration'
import { nearest } from './nearest'
import { types } from './value-types'

/**
 * Reads a configuration as a user wrote it: camelCase or snake_case names, checked types and ranges. Throws
 * `InvalidParameterError`, which names the nearest field, for a name that is not among `allowed` or a wrong value.
 */
export const readConfiguration = (
  written: object,
  allowed: readonly FieldName[] = fieldNames,
): InferenceConfiguration => {
  const read: Record<string, unknown> = {}
  for (const name of namesIn(written)) {
    const value = (written as Record<string, unknown>)[name]
    const field = fieldNames.find((known) => known === name || snakeCase(known) === name)
    if (!field || !allowed.includes(field)) throw unknownField(name, allowed)
    if (value === null && fieldOf(field).takesNull) read[field] = null
    else if (value !== undefined && value !== null) read[field] = readValue(field, value)
  }
  return read as InferenceConfiguration
}

/** Bytes and lists have as many names as items: what is no object of fields is refused before it is looked through. */
const namesIn = (written: unknown): string[] => {
  const isObject = Object.prototype.toString.call(written) === '[object Object]'
  const names = isObject ? Object.keys(written as object) : []
  if (isObject && names.length <= fieldNames.length * 2) return names
  throw new InvalidParameterError(
    sentence`A configuration should be an object of fields.`,
    sentence`It looks like { confidence_threshold: 0.8 }.`,
  )
}

const unknownField = (name: string, allowed: readonly FieldName[]): InvalidParameterError => {
  const labels = allowed.flatMap(
    (field) => fieldOf(field).alsoCalled?.map((label) => [label, field] as const) ?? [],
  )
  const names = [...allowed.map((field) => [snakeCase(field), field] as const), ...labels]
  const guess = nearest(
    name,
    names.map(([known]) => known),
  )
  const field = names.find(([known]) => known === guess)?.[1]
  return new InvalidParameterError(
    sentence`${JSON.stringify(shorten(name))} is no configuration field that can be set here.`,
    field && sentence`Is ${snakeCase(field)} meant?`,
  )
}

const readValue = (name: FieldName, value: unknown): unknown => {
  const field = fieldOf(name)
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = field
  const isOutside = typeof value === 'number' && (value < least || value > most)
  // a copy: what the caller does to a list later is not meant for here
  if (types[field.type].fits(value) && !isOutside) return Array.isArray(value) ? [...value] : value
  const shown = name === 'serviceSecret' ? sentence`what was given` : shorten(display(value))
  const isPercentage = most === 1 && typeof value === 'number' && value > 1 && value <= 100
  throw new InvalidParameterError(
    sentence`${snakeCase(name)} takes ${expectedOf(field)}, not ${shown}.`,
    isPercentage ? sentence`Is ${value / 100} meant?` : undefined,
  )
}

const expectedOf = ({ type, least, most }: Field): Sentence => {
  const { expected } = types[type]
  // what may be a text as well says its range itself
  if (least === undefined || type === 'confidence') return expected
  return most === undefined
    ? sentence`${expected}, ${least} or more`
    : sentence`${expected} from ${least} to ${most}`
}

const display = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

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
