import { settingOf } from '../../configuration/configuration'
import { InvalidResponseError } from '../../errors'
import { EncodedImage } from '../../http/body'
import type { ApiRequest, RequestOptions } from '../../http/requester'
import { loadImage } from '../../images/load-image'
import type { ImageReference } from '../../images/references'
import { sentence } from '../../sentence'
import { type ClientContext, jsonHeaders, keyInBody, keyInQuery, queryOf } from './context'
import { imageField } from './image-field'
import { answerPerImage, type Images, inBatches } from './in-batches'

/** A route of a core model (CLIP, OCR, …), and what is asked there besides images. */
export interface CoreModelCall {
  path: string
  fields?: Record<string, unknown>
  /** How many images one request takes (1). */
  batchSize?: number
  options: RequestOptions
}

/**
 * Asks a core model. Such models have routes of their own in both modes and take none of the options of inference,
 * only what usage reports need; the key travels in the query (v0) or in the body (v1).
 */
export const askCoreModel = async (
  context: ClientContext,
  { path, fields = {}, options }: CoreModelCall,
): Promise<unknown> => {
  const { source, sourceInfo, serviceSecret, countInference } = context.configuration
  const { inQuery, inBody } =
    context.mode === 'v0'
      ? { inQuery: keyInQuery(context), inBody: {} }
      : { inQuery: {}, inBody: keyInBody(context) }
  const call: ApiRequest = {
    method: 'POST',
    path,
    query: queryOf({
      ...inQuery,
      ...onlyDefined({ service_secret: serviceSecret, countinference: countInference }),
    }),
    headers: jsonHeaders(context),
    body: {
      json: { ...onlyDefined({ source, source_info: sourceInfo }), ...inBody, ...onlyDefined(fields) },
    },
    loads: [path, ...versionsIn(fields)].join(' '),
  }
  return context.requester.requestJson(call, options)
}

/** Asks a core model about images, which are sent as they are; `answersOf` takes the answer to a batch apart. */
export const askAboutImages = <Answer>(
  context: ClientContext,
  images: Images,
  { fields = {}, batchSize = 1, options, ...call }: CoreModelCall,
  answersOf: (answer: unknown) => Answer[],
): Promise<Answer | Answer[]> =>
  inBatches(images, {
    batchSize,
    atOnce: settingOf(context.configuration, 'maxConcurrentRequests'),
    signal: options.signal,
    load: (image, signal) => encodedImage(context, image, signal),
    async ask(encoded, signal) {
      const withImages = { ...fields, image: imageField(encoded) }
      const answer = await askCoreModel(context, {
        ...call,
        fields: withImages,
        options: { ...options, signal },
      })
      return answerPerImage(encoded, answersOf(answer))
    },
  })

// Another version is another model to load.
const versionsIn = (fields: Record<string, unknown>): unknown[] =>
  Object.keys(fields).flatMap((name) => (name.endsWith('_version_id') ? [fields[name] ?? ''] : []))

export const encodedImage = async (
  { loading }: ClientContext,
  image: ImageReference,
  signal: AbortSignal | undefined,
): Promise<EncodedImage> => new EncodedImage((await loadImage(image, { ...loading, signal })).bytes)

/** What has a value: the others are left to the server. */
export const onlyDefined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))

/** The answer, where it is an object that has this; throws `InvalidResponseError`. */
export const answerWith = <Answer>(answer: unknown, name: keyof Answer & string): Answer => {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer) && name in answer)
    return answer as Answer
  throw new InvalidResponseError(sentence`The server's answer has no ${name}.`)
}
