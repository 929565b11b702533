import { ModelNotInitializedError } from '../http/errors'
import type { RequestOptions } from '../http/requester'
import { readJson } from '../http/response'
import type { ModelDescription, RegisteredModels } from './answers'
import {
  type ClientContext,
  jsonHeader,
  keyInBody,
  keyInHeader,
  keyInQuery,
  queryOf,
  requireV1,
} from './context'
import { checkedModelId } from './model-id'

/** `GET /model/registry` (API v1). */
export const listLoadedModels = async (
  context: ClientContext,
  options: RequestOptions = {},
): Promise<RegisteredModels> => {
  requireV1(context, 'Listing loaded models')
  const call = {
    method: 'GET',
    path: '/model/registry',
    query: queryOf(keyInQuery(context)),
    headers: keyInHeader(context),
  } as const
  return readJson(await context.requester.request(call, options), call)
}

/** `POST /model/add` (API v1): loads a model, which may take minutes, and lists what is loaded then. */
export const loadModel = async (
  context: ClientContext,
  modelId: string,
  options: RequestOptions = {},
): Promise<RegisteredModels> => {
  requireV1(context, 'Loading a model')
  const id = checkedModelId(modelId)
  const call = {
    method: 'POST',
    path: '/model/add',
    headers: { ...jsonHeader, ...keyInHeader(context) },
    body: { json: { model_id: id, ...keyInBody(context) } },
    loads: `/model/add ${id}`,
  } as const
  const registered = await context.requester.request(call, options)
  return readJson(registered, call)
}

export interface DescriptionOptions extends RequestOptions {
  /** Load the model when it is not loaded yet (true). */
  allowLoading?: boolean
  /** Called when the model is not loaded yet and loading begins. */
  onLoading?: (() => void) | undefined
}

/**
 * One model's entry of the registry; asked once and remembered for ten minutes.
 * Throws `ModelNotInitializedError` when the server does not list it, even after loading.
 */
export const getModelDescription = (
  context: ClientContext,
  modelId: string,
  { allowLoading = true, onLoading, ...options }: DescriptionOptions = {},
): Promise<ModelDescription> => {
  const id = checkedModelId(modelId)
  const find = ({ models }: RegisteredModels) => models.find((model) => model.model_id === id)
  const ask = async (signal: AbortSignal) => {
    const loaded = find(await listLoadedModels(context, { ...options, signal }))
    if (loaded) return loaded
    if (!allowLoading) throw new ModelNotInitializedError(id)
    onLoading?.()
    const added = find(await loadModel(context, id, { ...options, signal, timeout: undefined }))
    if (added) return added
    throw new ModelNotInitializedError(id)
  }
  return context.descriptions.get(id, ask, options.signal)
}
