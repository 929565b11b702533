import type { Work } from '../concurrency/shared-calls'
import { InvalidResponseError, ModelNotInitializedError } from '../errors'
import type { ApiRequest, RequestOptions } from '../http/requester'
import type { ModelDescription, RegisteredModels } from '../predictions/answers'
import { sentence } from '../sentence'
import { requestOptions } from './options'
import { resolveAlias } from './shared/aliases'
import type { Kinds } from './shared/check-options'
import {
  type ClientContext,
  jsonHeaders,
  keyInBody,
  keyInHeader,
  keyInQuery,
  queryOf,
  requireV1,
} from './shared/context'
import { checkedModelId } from './shared/model-id'

const idOf = (modelId: string): string =>
  checkedModelId(typeof modelId === 'string' ? resolveAlias(modelId) : '')

/** `GET /model/registry` (API v1). */
export const listLoadedModels = async (
  context: ClientContext,
  options: RequestOptions = {},
): Promise<RegisteredModels> => {
  requireV1(context, sentence`Listing loaded models`)
  const call = {
    method: 'GET',
    path: '/model/registry',
    query: queryOf(keyInQuery(context)),
    headers: keyInHeader(context),
  } as const
  return askModels(context, call, options)
}

/** `POST /model/add` (API v1): loads a model, which may take minutes, and lists what is loaded then. */
export const loadModel = async (
  context: ClientContext,
  modelId: string,
  options: RequestOptions = {},
): Promise<RegisteredModels> => {
  requireV1(context, sentence`Loading a model`)
  const id = idOf(modelId)
  const call = {
    method: 'POST',
    path: '/model/add',
    headers: jsonHeaders(context),
    body: { json: { model_id: id, ...keyInBody(context) } },
    model: id,
    loads: `/model/add ${id}`,
  } as const
  return askModels(context, call, options)
}

/** `POST /model/remove` (API v1): the server deletes its copy of the weights, too. Lists what is left. */
export const unloadModel = async (
  context: ClientContext,
  modelId: string,
  options: RequestOptions,
): Promise<RegisteredModels> => {
  requireV1(context, sentence`Unloading a model`)
  const id = idOf(modelId)
  const call = {
    method: 'POST',
    path: '/model/remove',
    headers: jsonHeaders(context),
    body: { json: { model_id: id } },
    model: id,
  } as const
  const left = await askModels(context, call, options)
  context.descriptions.forget(id)
  context.requester.expectLoading()
  return left
}

/** `POST /model/clear` (API v1): unloads everything. */
export const unloadAllModels = async (
  context: ClientContext,
  options: RequestOptions,
): Promise<RegisteredModels> => {
  requireV1(context, sentence`Unloading models`)
  const call = { method: 'POST', path: '/model/clear', headers: keyInHeader(context) } as const
  const left = await askModels(context, call, options)
  context.descriptions.forgetAll()
  context.requester.expectLoading()
  return left
}

export interface DescriptionOptions extends RequestOptions {
  /** Load the model when it is not loaded yet (true). */
  allowLoading?: boolean
}

export const descriptionOptions: Kinds<DescriptionOptions> = {
  allowLoading: 'flag',
  ...requestOptions,
}

/**
 * One model's entry of the registry; asked once and remembered for ten minutes.
 * Throws `ModelNotInitializedError` when the server does not list it, even after loading.
 */
export const getModelDescription = async (
  context: ClientContext,
  modelId: string,
  { allowLoading = true, onLoading, signal, ...options }: DescriptionOptions = {},
): Promise<ModelDescription> => {
  requireV1(context, sentence`Describing a model`)
  const id = idOf(modelId)
  const find = ({ models }: RegisteredModels) => models.find((model) => model.model_id === id)
  const ask: Work<ModelDescription> = async (within, loading) => {
    const loaded = find(await listLoadedModels(context, { ...options, signal: within }))
    if (loaded) return loaded
    if (!allowLoading)
      throw new ModelNotInitializedError(
        sentence`${id} is not loaded.`,
        sentence`Load it first, or allow loading.`,
      )
    loading()
    // loading takes its own time, whatever the call that needs it has for its attempts
    const added = find(await loadModel(context, id, { ...options, timeout: undefined, signal: within }))
    if (added) return added
    throw new ModelNotInitializedError(
      sentence`The server loaded ${id}, but does not list it.`,
      sentence`Try once more.`,
    )
  }
  const way = allowLoading ? 'loading' : 'loaded'
  return context.descriptions.get(id, way, ask, { signal, onProgress: onLoading })
}

const askModels = async (
  { requester }: ClientContext,
  call: ApiRequest,
  options: RequestOptions,
): Promise<RegisteredModels> => {
  const registered = await requester.requestJson<RegisteredModels | null>(call, options)
  if (Array.isArray(registered?.models)) return registered
  throw new InvalidResponseError(sentence`The answer to ${call.method} ${call.path} is no list of models.`)
}
