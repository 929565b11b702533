import type { FieldTypes } from '../../configuration/fields'
import { HTTPClientError } from '../../errors'
import type { ImageReference } from '../../images/references'
import { decodeVisualisation } from '../../predictions/visualisation'
import { sentence } from '../../sentence'
import type { ClientContext } from './context'
import { encodedImage } from './core-models'
import { imageField } from './image-field'

/** Images of one input: one, a batch, or batches of batches; the nesting is kept. */
export type WorkflowImages = ImageReference | readonly WorkflowImages[]

/** Images by the names of inputs, as they are sent; an error says which input it is about. */
export const imageInputs = async (
  context: ClientContext,
  images: Readonly<Record<string, WorkflowImages>>,
  signal: AbortSignal | undefined,
): Promise<Record<string, unknown>> => {
  const load = async (image: WorkflowImages): Promise<unknown> =>
    isBatch(image) ? oneByOne(image, load) : imageField([await encodedImage(context, image, signal)])
  const saysWhichInput = (name: string) => (error: unknown) => {
    if (error instanceof HTTPClientError && !signal?.aborted)
      error.sayWhere(sentence`Input ${JSON.stringify(name)}:`)
    throw error
  }
  const entries = await oneByOne(
    Object.entries(images),
    async ([name, image]) => [name, await load(image).catch(saysWhichInput(name))] as const,
  )
  return Object.fromEntries(entries)
}

const isBatch = (image: WorkflowImages): image is readonly WorkflowImages[] => Array.isArray(image)

export const oneByOne = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}

/** The same value with every `{ type: 'base64', value }` in it as an image; `isOutputs`: these are names of outputs. */
export const withImages = async (
  value: unknown,
  format: FieldTypes['visualisation'],
  isOutputs = false,
): Promise<unknown> => {
  if (Array.isArray(value)) return oneByOne(value, (item) => withImages(item, format))
  if (typeof value !== 'object' || value === null) return value
  const { type, value: base64 } = value as { type?: unknown; value?: unknown }
  if (!isOutputs && type === 'base64' && typeof base64 === 'string')
    return format === 'base64' ? base64 : decodeVisualisation(Buffer.from(base64, 'base64'), format)
  const entries = await oneByOne(
    Object.entries(value),
    async ([name, item]) => [name, await withImages(item, format)] as const,
  )
  return Object.fromEntries(entries)
}
