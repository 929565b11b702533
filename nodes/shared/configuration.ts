import {
  type FieldName,
  fieldOf,
  type InferenceConfiguration,
  InvalidParameterError,
  inferenceFieldNames,
  readConfiguration,
  sentence,
} from '../../src/index'
import { type Evaluation, evaluate, typeOf } from './evaluate'

/** One line of a dialog's list of further options. */
interface Row {
  field: FieldName
  value: unknown
  type: string
}

/**
 * The configuration for one message. Later wins, field by field: the client's own, the dialog's named properties
 * and its list, `msg.configuration`. Blank fields take no part.
 */
export const configurationFor = async (
  evaluation: Evaluation,
  named: Record<string, FieldName>,
  ofClient: InferenceConfiguration,
): Promise<InferenceConfiguration> => {
  const { properties, msg } = evaluation
  const rows: Row[] = Object.entries(named).map(([property, field]) => ({
    field,
    value: properties[property],
    type: typeOf(properties, property),
  }))
  const written: Record<string, unknown> = {}
  for (const { field, value, type } of [
    ...rows,
    ...((properties.configuration as Row[] | undefined) ?? []),
  ]) {
    const filled = isBlank(value) ? undefined : fromDialog(field, await evaluate(evaluation, value, type))
    if (!isBlank(filled)) written[field] = filled
  }
  return {
    ...ofClient,
    ...readConfiguration(written, inferenceFieldNames),
    ...fromMessage(msg.configuration),
  }
}

const isBlank = (value: unknown): boolean => value === undefined || value === null || value === ''

const fromMessage = (configuration: unknown): InferenceConfiguration => {
  if (isBlank(configuration)) return {}
  if (typeof configuration === 'object' && !Array.isArray(configuration)) {
    return readConfiguration(configuration as object, inferenceFieldNames)
  }
  throw new InvalidParameterError(
    sentence`msg.configuration should be an object, such as { confidence_threshold: 0.8 }.`,
  )
}

// Environment variables are always texts, and a list is typed with commas.
const fromDialog = (field: FieldName, value: unknown): unknown => {
  // a flow may come from a version that knows more fields: reading the configuration says so
  if (typeof value !== 'string' || !inferenceFieldNames.includes(field)) return value
  const { type } = fieldOf(field)
  if (type === 'list')
    return value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
  if (type === 'boolean' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  const numeric = type === 'number' || type === 'integer' || type === 'confidence'
  return numeric && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value
}
