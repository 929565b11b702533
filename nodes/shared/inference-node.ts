import type { Node, NodeAPI } from 'node-red'
import type { FieldName } from '../../src/configuration/fields'
import type { InferenceConfiguration, InferenceHTTPClient, RequestOptions } from '../../src/index'
import { configurationFor } from './configuration'
import { NotConfiguredError } from './failure'
import { registerNode } from './node'
import type { ServerNode } from './server-node'
import { type Inputs, isTypedIn, type Properties, textInput, typeOf } from './typed-input'

export interface CallOptions extends RequestOptions {
  /** To be called when the server has to load a model first. */
  onLoading: () => void
}

export interface InferenceRecipe<T, Answer> {
  inputs: Inputs<T>
  /** Properties of the dialog that set a configuration field each. */
  configuration?: Record<string, FieldName>
  /** Calls one method of the client. */
  call(client: InferenceHTTPClient, inputs: T, options: CallOptions): Promise<Answer>
  /** What the message gets. */
  output(
    answer: Answer,
    inputs: T,
    facts: { configuration: InferenceConfiguration; properties: Properties },
  ): object
}

/**
 * Registers a node that calls a server: a node, plus the server's client and the configuration for each message.
 * A dialog with `loadOnDeploy` and `model` has the model loaded when the node starts.
 */
export const inferenceNode = <T, Answer>(
  RED: NodeAPI,
  type: string,
  recipe: InferenceRecipe<T, Answer>,
): void =>
  registerNode<T>(RED, type, {
    inputs: recipe.inputs,

    async work(inputs, { status, ...scope }) {
      const { client } = serverOf(RED, scope.properties)
      const configuration = await configurationFor(
        scope,
        recipe.configuration ?? {},
        client.inferenceConfiguration,
      )
      const configured = client.useConfiguration({ ...preferred, ...configuration })
      const answer = await recipe.call(withApiVersion(configured, scope.properties.apiVersion), inputs, {
        signal: scope.signal,
        onLoading: () => status.loadingModel(),
        ...patience(scope.msg),
      })
      return recipe.output(answer, inputs, { configuration, properties: scope.properties })
    },

    async start({ node, properties, status, signal }) {
      const users = findServer(RED, properties)?.users ?? {}
      users[node.id] = node
      signal.addEventListener('abort', () => delete users[node.id])
      // a model that messages or context name is not known yet
      if (!properties.loadOnDeploy || !isTypedIn(typeOf(properties, 'model'))) return
      const model = await textInput().read({ RED, node, properties, msg: {} }, 'model')
      if (!model) return
      const client = withApiVersion(serverOf(RED, properties).client, properties.apiVersion)
      // the hosted API loads by itself
      if (client.clientMode === 'v0') return
      status.loadingModel()
      await client.getModelDescription(model, { signal })
      status.modelReady()
    },

    allowsHttpReferences: (properties) => findServer(RED, properties)?.httpReferences ?? false,
  })

const withApiVersion = (client: InferenceHTTPClient, apiVersion: unknown): InferenceHTTPClient =>
  apiVersion === 'v0' ? client.useApiV0() : apiVersion === 'v1' ? client.useApiV1() : client

// An image that the server draws goes on to nodes that take a Buffer.
const preferred: InferenceConfiguration = { outputVisualisationFormat: 'pillow' }

const findServer = (RED: NodeAPI, { server }: Properties): ServerNode | undefined =>
  (RED.nodes.getNode(String(server)) as (Node & ServerNode) | null) ?? undefined

const serverOf = (RED: NodeAPI, properties: Properties): { client: InferenceHTTPClient } => {
  const server = findServer(RED, properties)
  if (server?.client) return { client: server.client }
  throw (
    server?.problem ??
    new NotConfiguredError('No server is chosen.', "Open the node's dialog and choose or add one.")
  )
}

// A frame of a live source is old after ten seconds: the next one is worth more than a second try.
const patience = ({ frame }: Record<string, unknown>): RequestOptions =>
  (frame as { live?: unknown } | undefined)?.live === true ? { attempts: 1, timeout: 10_000 } : {}
