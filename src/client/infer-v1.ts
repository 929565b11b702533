import { onTheWireOfV1, settingOf } from '../configuration/configuration'
import { type Task, tasks } from '../configuration/fields'
import { HTTPCallErrorError, ModelTaskTypeNotSupportedError } from '../errors'
import type { ModelDescription } from '../predictions/answers'
import { sentence } from '../sentence'
import { getModelDescription } from './models'
import type { InferOptions } from './options'
import { resolveAlias } from './shared/aliases'
import { type ClientContext, jsonHeaders, keyInBody, queryOf, requireV1 } from './shared/context'
import { imageField } from './shared/image-field'
import type { InferenceRoute } from './shared/inference-route'
import { checkedModelId, chosenModel } from './shared/model-id'

const routes: Record<Task, string> = {
  'object-detection': '/infer/object_detection',
  'instance-segmentation': '/infer/instance_segmentation',
  'keypoint-detection': '/infer/keypoints_detection',
  classification: '/infer/classification',
}

/**
 * The way to a model by API v1: `POST /infer/{task}`. The model's description tells the task and how large an image is of
 * use; the server loads the model for it where it has not yet.
 */
export const routeOfV1 = async (
  context: ClientContext,
  { modelId, onLoading, signal, ...options }: InferOptions = {},
): Promise<InferenceRoute> => {
  requireV1(context, sentence`Inference by API v1`)
  const { configuration } = context
  const id = checkedModelId(resolveAlias(chosenModel(context, modelId)))
  const description = await getModelDescription(context, id, { ...options, signal, onLoading })
  const task = taskOf(description)
  const path = routes[task]
  const fields = onTheWireOfV1(configuration, task, 'body')
  const query = queryOf(onTheWireOfV1(configuration, task, 'query'))
  return {
    configuration,
    signal,
    loading: context.loading,
    isLocal: context.requester.isLocal,
    limit: limitOf(description, settingOf(configuration, 'defaultMaxInputSize')),
    // servers cannot draw on several images at once: 400 "NumPy image type is not supported" (1.8.3)
    batchSize: configuration.visualizePredictions ? 1 : settingOf(configuration, 'maxBatchSize'),
    async post(encoded, within) {
      const call = {
        method: 'POST',
        path,
        query,
        headers: jsonHeaders(context),
        body: { json: { ...keyInBody(context), model_id: id, ...fields, image: imageField(encoded) } },
        model: id,
        loads: `${path} ${id}`,
      } as const
      try {
        const answer = await context.requester.requestJson(call, { ...options, signal: within })
        return Array.isArray(answer) ? answer : [answer]
      } catch (error) {
        if (error instanceof HTTPCallErrorError && error.statusCode === 404) context.descriptions.forget(id)
        throw error
      }
    },
  }
}

const taskOf = ({ model_id: id, task_type: task }: ModelDescription): Task => {
  const known = tasks.find((candidate) => candidate === task)
  if (known) return known
  const hint = task === 'action-recognition' ? sentence`It takes a video clip, not an image.` : undefined
  throw new ModelTaskTypeNotSupportedError(
    sentence`${id} is a model for ${task}, which cannot be used here.`,
    hint,
  )
}

const limitOf = ({ input_width: width, input_height: height }: ModelDescription, otherwise: number) =>
  width && height ? { width, height } : { width: otherwise, height: otherwise }
