import type { NodeAPI } from 'node-red'
import {
  type FieldName,
  type InferenceConfiguration,
  type InferenceHTTPClient,
  imageAsPredicted,
  type RequestOptions,
} from '../../src/index'
import { configurationFor } from './configuration'
import { evaluateProperty, isTypedIn, type Properties, typeOf } from './evaluate'
import { type Images, imagesAmong } from './image-input'
import type { Inputs } from './inputs'
import type { Routed } from './outcome'
import { noteRefusal } from './refused-aliases'
import { serverNode } from './server-node'

export interface InferenceRecipe<T, Answer> {
  inputs: Inputs<T>
  /** How many outputs there are besides the one for dropped messages (1). */
  outputs?(properties: Properties): number
  /** Properties of the dialog that set a configuration field each. */
  configuration?: Record<string, FieldName>
  /** Calls one method of the client. */
  call(
    client: InferenceHTTPClient,
    inputs: T,
    options: RequestOptions,
    properties: Properties,
  ): Promise<Answer>
  /** What the message gets besides the answer as `payload` and the image that it is about as `image`. */
  output?(
    answer: Answer,
    inputs: T,
    facts: { configuration: InferenceConfiguration; properties: Properties },
  ): object | readonly Routed[]
}

/**
 * Registers a type of node that asks a model: a node with a server, plus the configuration for each message. A dialog
 * with `loadOnDeploy` and `model` has the model loaded when the node starts.
 */
export const inferenceNode = <T extends object, Answer extends object>(
  RED: NodeAPI,
  type: string,
  recipe: InferenceRecipe<T, Answer>,
): void =>
  serverNode<T>(RED, type, {
    inputs: recipe.inputs,
    ...(recipe.outputs ? { outputs: recipe.outputs } : {}),
    preview: ({ image, payload }) => ({ image, answer: payload }),

    async work(inputs, { client, server, ...context }) {
      const { properties, status, signal, msg } = context
      const configuration = await configurationFor(
        context,
        recipe.configuration ?? {},
        client.inferenceConfiguration,
      )
      const configured = client.useConfiguration({ ...preferred, ...configuration })
      const options = { signal, onLoading: () => status.loadingModel(), ...limitsFor(msg) }
      const called = recipe.call(
        withApiVersion(configured, properties.apiVersion),
        inputs,
        options,
        properties,
      )
      const answer = await noteRefusal(server, (inputs as { model?: unknown }).model, called)
      const images = imagesAmong(inputs)
      const about = images && { image: bytesOf(images, answer, configuration) }
      const output = recipe.output?.(answer, inputs, { configuration, properties }) ?? {}
      const complete = (message: object) => ({ payload: answer, ...about, ...message })
      if (!Array.isArray(output)) return complete(output)
      return (output as readonly Routed[]).map(({ output: index, message }) => ({
        output: index,
        message: complete(message),
      }))
    },

    async start({ client: root, server, ...life }) {
      const { properties, status, closing } = life
      if (worksWithSelectedModel(recipe.inputs, properties)) {
        const show = () => status.selectedModel(root.selectedModel)
        server.watchers.add(show)
        life.onClose(() => {
          server.watchers.delete(show)
        })
        show()
        return
      }
      // a model that messages or context name is not known yet
      if (!properties.loadOnDeploy || !isTypedIn(typeOf(properties, 'model'))) return
      const evaluation = { ...life, msg: {}, signal: closing }
      const model = String((await evaluateProperty(evaluation, 'model')) ?? '').trim()
      if (!model) return
      const client = withApiVersion(root, properties.apiVersion)
      // the hosted API loads by itself
      if (client.clientMode === 'v0') return
      status.loadingModel()
      await client.getModelDescription(model, { signal: closing })
      status.modelReady()
    },
  })

/** A node that takes a model, and whose dialog leaves it to model control. */
const worksWithSelectedModel = (inputs: object, properties: Properties): boolean =>
  'model' in inputs && isTypedIn(typeOf(properties, 'model')) && String(properties.model ?? '').trim() === ''

const withApiVersion = (client: InferenceHTTPClient, apiVersion: unknown): InferenceHTTPClient =>
  apiVersion === 'v0' ? client.useApiV0() : apiVersion === 'v1' ? client.useApiV1() : client

/** An image that the server draws goes on to nodes that take a Buffer. */
const preferred: InferenceConfiguration = { outputVisualisationFormat: 'pillow' }

/** A frame of a live source is old after ten seconds: the next one is worth more than a second try. */
const limitsFor = ({ frame }: Record<string, unknown>): RequestOptions =>
  (frame as { live?: unknown } | undefined)?.live === true
    ? { attempts: 1, timeouts: { request: 10_000 } }
    : {}

/** For `msg.image`: what the predictions fit, of one image or of each. */
const bytesOf = (
  images: Images,
  answer: object,
  { disablePreprocAutoOrientation }: InferenceConfiguration,
): Buffer | Buffer[] => {
  const upright = disablePreprocAutoOrientation !== true
  return Array.isArray(images)
    ? images.map((image, index) => imageAsPredicted(image, (answer as object[])[index] ?? {}, { upright }))
    : imageAsPredicted(images, answer, { upright })
}
