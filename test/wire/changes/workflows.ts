import { type Expected, failing, finalResponse, isFailure, isRawError, succeeding } from '../replay/expected'
import { type Case, configurationOf } from '../replay/recorded'
import { jsonOf } from './routes'
import { askingOf } from './sent'

type Fields = Record<string, unknown>

/** What holds an image in the outputs of a workflow. */
const isImage = (value: unknown): value is { value: string } =>
  typeof value === 'object' && value !== null && (value as Fields).type === 'base64' && 'value' in value

/** An object is an image where it has a text to decode; the names of outputs themselves are none. */
const withImages = (value: unknown, isOutput = false): unknown => {
  if (Array.isArray(value)) return value.map((item) => withImages(item))
  if (typeof value !== 'object' || value === null) return value
  if (!isOutput && isImage(value) && typeof value.value === 'string') return value.value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withImages(item)]))
}

const holdsImage = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ((isImage(value) && typeof value.value === 'string') || Object.values(value).some(holdsImage))

/** Outputs are passed on as they are, but for images; one that cannot be decoded is an EncodingError. */
export const passOnOutputs = (expected: Expected, recorded: Case): Expected => {
  const last = askingOf(recorded, expected).at(-1)
  const response = last && finalResponse(last)
  if (!response || isFailure(response)) return expected
  const { outputs } = (jsonOf(response) ?? {}) as { outputs?: unknown }
  if (!Array.isArray(outputs)) return expected
  const format = configurationOf(recorded).output_visualisation_format ?? 'base64'
  if (format === 'base64' || !holdsImage(outputs))
    return succeeding(
      expected,
      outputs.map((output) => withImages(output, true)),
    )
  return expected.error && !isRawError(expected) ? failing(expected, { class: 'EncodingError' }) : expected
}
