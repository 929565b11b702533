import { inQueryOfV0, settingOf } from '../configuration/configuration'
import { APIKeyNotProvided } from '../errors'
import { readJson } from '../http/response'
import type { InferOptions } from './options'
import { resolveAlias } from './shared/aliases'
import { type ClientContext, jsonHeaders, keyInQuery, queryOf } from './shared/context'
import type { InferenceRoute } from './shared/inference-route'
import { chosenModel, projectAndVersion } from './shared/model-id'

/**
 * The way to a model by API v0: `POST /{project}/{version}`, the image as bare base64, one a request (servers of one's own
 * answer it too). Throws where model or key are missing.
 */
export const routeOfV0 = (
  context: ClientContext,
  { modelId, signal, ...options }: InferOptions = {},
): InferenceRoute => {
  const { configuration } = context
  const chosen = chosenModel(context, modelId)
  if (context.apiKey === undefined) throw new APIKeyNotProvided()
  const [project, version] = projectAndVersion(resolveAlias(chosen))
  const path = `/${encodeURIComponent(project)}/${encodeURIComponent(version)}`
  const { classFilter, ...fields } = configuration
  const filter = classFilter?.length ? { class_filter: classFilter.join(',') } : {}
  const query = queryOf({ ...keyInQuery(context), ...inQueryOfV0(fields), ...filter })
  const side = settingOf(configuration, 'defaultMaxInputSize')
  return {
    configuration,
    signal,
    loading: context.loading,
    isLocal: context.requester.isLocal,
    limit: { width: side, height: side },
    batchSize: 1,
    async post([image], within) {
      if (!image) return []
      const call = {
        method: 'POST',
        path,
        query,
        // what the body is; servers expect this name for it
        headers: jsonHeaders(context),
        body: { base64: image },
        model: `${project}/${version}`,
        loads: path,
      } as const
      const answer = await context.requester.request(call, { ...options, signal: within })
      if (/^image\//i.test(answer.headers['content-type'] ?? '')) return [{ visualization: answer.body }]
      return [readJson(answer, call)]
    },
  }
}
