import type { InferenceConfiguration } from '../configuration/configuration'
import type { RequestOptions } from '../http/requester'
import type { ImageReference } from '../images/references'
import type { ModelDescription, ObjectDetectionAnswer, RegisteredModels, ServerInfo } from './answers'
import type { ClientMode } from './client-mode'
import { type ClientContext, createContext, withConfiguration } from './context'
import { type InferOptions, infer } from './infer'
import { type DescriptionOptions, getModelDescription, listLoadedModels, loadModel } from './models'
import type { InferenceHTTPClientOptions } from './options'
import { getServerInfo } from './server-info'

/**
 * Client of a Roboflow Inference server. Methods that change it return it; `use…` returns a copy with its own
 * configuration that shares connections and what is known of models. Errors: `HTTPClientError` and its subclasses.
 */
export class InferenceHTTPClient {
  #context: ClientContext

  constructor(options: InferenceHTTPClientOptions)
  /** @internal */
  constructor(context: ClientContext)
  constructor(from: InferenceHTTPClientOptions | ClientContext) {
    this.#context = 'requester' in from ? from : createContext(from)
  }

  get clientMode(): ClientMode {
    return this.#context.mode
  }

  get inferenceConfiguration(): InferenceConfiguration {
    return this.#context.configuration
  }

  /** Replaces the whole configuration, until the next change; names in camelCase or snake_case. */
  configure(configuration: InferenceConfiguration): this {
    this.#context = withConfiguration(this.#context, configuration)
    return this
  }

  /** A copy with this configuration; given a callback, what that returns for the copy. */
  useConfiguration(configuration: InferenceConfiguration): InferenceHTTPClient
  useConfiguration<T>(configuration: InferenceConfiguration, work: (client: InferenceHTTPClient) => T): T
  useConfiguration<T>(configuration: InferenceConfiguration, work?: (client: InferenceHTTPClient) => T) {
    const copy = new InferenceHTTPClient(withConfiguration(this.#context, configuration))
    return work ? work(copy) : copy
  }

  /** Object detection: boxes in pixels of each picture. One picture gives one answer, a list gives a list. */
  infer(image: ImageReference, options: InferOptions): Promise<ObjectDetectionAnswer>
  infer(images: readonly ImageReference[], options: InferOptions): Promise<ObjectDetectionAnswer[]>
  infer(
    images: ImageReference | readonly ImageReference[],
    options: InferOptions,
  ): Promise<ObjectDetectionAnswer | ObjectDetectionAnswer[]>
  infer(images: ImageReference | readonly ImageReference[], options: InferOptions) {
    return infer(this.#context, images, options)
  }

  /** Name, version and id of the server. */
  getServerInfo(options?: RequestOptions): Promise<ServerInfo> {
    return getServerInfo(this.#context, options)
  }

  /** The models that the server holds in memory. */
  listLoadedModels(options?: RequestOptions): Promise<RegisteredModels> {
    return listLoadedModels(this.#context, options)
  }

  /** Task and input size of one model; loads it where `allowLoading` is not false. */
  getModelDescription(modelId: string, options?: DescriptionOptions): Promise<ModelDescription> {
    return getModelDescription(this.#context, modelId, options)
  }

  /** Loads a model, which may take minutes; answers with all that are loaded then. */
  loadModel(modelId: string, options?: RequestOptions): Promise<RegisteredModels> {
    return loadModel(this.#context, modelId, options)
  }

  /** Ends all connections; of copies too. */
  close(): Promise<void> {
    return this.#context.requester.close()
  }
}
