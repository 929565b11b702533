import { HTTPClientError, InvalidParameterError, sentence } from '../../src/index'
import { evaluateProperty, type Properties } from '../shared/evaluate'
import { type NestedImages, nestedImagesInput } from '../shared/image-input'
import type { Input, MessageContext } from '../shared/inputs'
import { readInput } from '../shared/read-inputs'

/** What a workflow is given, by the names of its inputs. */
export interface GivenInputs {
  images: Record<string, NestedImages>
  parameters: Record<string, unknown>
}

/** One line of the dialog's list. */
interface Row {
  name: string
  kind: 'image' | 'parameter'
  value: unknown
  type: string
}

const imageRow = nestedImagesInput()
const parameterRow: Input<unknown> = { read: evaluateProperty }

/** The inputs of the dialog's list. A line whose value is left blank takes no part. */
export const givenInputs = (): Input<GivenInputs> => ({
  async read(context) {
    const given: GivenInputs = { images: {}, parameters: {} }
    for (const row of checkedRows(context.properties)) {
      if (row.kind === 'image') given.images[row.name] = await readRow(imageRow, context, row)
      else {
        const value = await readRow(parameterRow, context, row)
        if (value !== undefined) given.parameters[row.name] = value
      }
    }
    return given
  },
  weight(context) {
    let bytes = 0
    for (const row of filledRows(context.properties))
      if (row.kind === 'image') bytes += imageRow.weight?.(inRow(context, row), row.name) ?? 0
    return bytes
  },
})

const filledRows = ({ workflowInputs }: Properties): Row[] =>
  ((workflowInputs as Row[] | undefined) ?? []).filter(({ value }) => String(value ?? '') !== '')

const checkedRows = (properties: Properties): Row[] => {
  const rows = filledRows(properties)
  const names = rows.map(({ name }) => name)
  if (names.some((name) => !name))
    throw new InvalidParameterError(sentence`An input of the workflow has a value, but no name.`)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw new InvalidParameterError(sentence`Two inputs are called ${JSON.stringify(twice)}.`)
  return rows
}

/** The row as if it were a property of the dialog. */
const inRow = <Context extends { properties: Properties }>(context: Context, row: Row): Context => ({
  ...context,
  properties: { [row.name]: row.value, [`${row.name}Type`]: row.type },
})

const readRow = async <T>(input: Input<T>, context: MessageContext, row: Row): Promise<T> => {
  try {
    return await readInput(input, inRow(context, row), row.name)
  } catch (error) {
    if (error instanceof HTTPClientError) error.sayWhere(sentence`Input ${JSON.stringify(row.name)}:`)
    throw error
  }
}
