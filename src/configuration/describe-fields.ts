import { choices, type Field, type FieldName, fieldOf, inferenceFieldNames, snakeCase } from './fields'

export interface DescribedField extends Field {
  name: FieldName
  /** As the specification writes it. */
  label: string
  /** The choices of a field that has some. */
  values: readonly string[] | undefined
}

/** The fields that a dialog of inference may set, with all that is known of each. */
export const describeInferenceFields = (): DescribedField[] =>
  inferenceFieldNames.map((name) => {
    const field = fieldOf(name)
    const values = Object.hasOwn(choices, field.type)
      ? choices[field.type as keyof typeof choices]
      : undefined
    return { name, label: snakeCase(name), values, ...field }
  })
