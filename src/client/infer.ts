import { onTheWire } from '../configuration/configuration'
import { EncodedImage } from '../http/body'
import {
  HTTPCallErrorError,
  InvalidResponseError,
  ModelNotSelectedError,
  ModelTaskTypeNotSupportedError,
} from '../http/errors'
import type { RequestOptions } from '../http/requester'
import { readJson } from '../http/response'
import { forEachImage, loadImage } from '../images/load-image'
import type { ImageReference } from '../images/references'
import type { ObjectDetectionAnswer } from './answers'
import { type ClientContext, jsonHeader, keyInBody, keyInHeader, queryOf, requireV1 } from './context'
import { checkedModelId } from './model-id'
import { getModelDescription } from './models'

export interface InferOptions extends RequestOptions {
  /** project/version, such as `cars/3`. */
  modelId?: string | undefined
  /** Called when the server has to load the model first. */
  onLoading?: (() => void) | undefined
}

const routes: Record<string, string> = {
  'object-detection': '/infer/object_detection',
}

/** One picture → one answer; a list → a list in the same order, one request each. */
export const infer = async (
  context: ClientContext,
  images: ImageReference | readonly ImageReference[],
  { modelId, onLoading, ...options }: InferOptions,
): Promise<ObjectDetectionAnswer | ObjectDetectionAnswer[]> => {
  requireV1(context, 'Inference')
  if (!modelId) throw new ModelNotSelectedError()
  const id = checkedModelId(modelId)
  const description = await getModelDescription(context, id, { ...options, onLoading })
  const route = routes[description.task_type]
  if (!route) {
    throw new ModelTaskTypeNotSupportedError(
      `${id} is a model for ${description.task_type}, which cannot be used here.`,
    )
  }
  const inferOne = async (image: ImageReference) => {
    const { bytes } = await loadImage(image, { signal: options.signal })
    return post(context, route, id, new EncodedImage(bytes), options)
  }
  return isList(images) ? forEachImage(images, inferOne) : inferOne(images)
}

const isList = (images: unknown): images is readonly ImageReference[] => Array.isArray(images)

const post = async (
  context: ClientContext,
  route: string,
  modelId: string,
  image: EncodedImage,
  options: RequestOptions,
): Promise<ObjectDetectionAnswer> => {
  const fields = onTheWire(context.configuration, 'body')
  const call = {
    method: 'POST',
    path: route,
    query: queryOf(onTheWire(context.configuration, 'query')),
    headers: { ...jsonHeader, ...keyInHeader(context) },
    body: {
      json: { ...keyInBody(context), model_id: modelId, ...fields, image: { type: 'base64', value: image } },
    },
    loads: `${route} ${modelId}`,
  } as const
  try {
    const answer = readJson<ObjectDetectionAnswer>(await context.requester.request(call, options), call)
    if (!Array.isArray(answer?.predictions))
      throw new InvalidResponseError(`The answer to POST ${route} has no predictions.`)
    return answer
  } catch (error) {
    if (error instanceof HTTPCallErrorError && error.statusCode === 404) context.descriptions.forget(modelId)
    throw error
  }
}
