import type { InferenceConfiguration } from '../configuration/configuration'
import type { RequestOptions } from '../http/requester'
import type { ImageReference } from '../images/references'
import { resolveAlias } from './aliases'
import type { ModelDescription, ObjectDetectionAnswer, RegisteredModels, ServerInfo } from './answers'
import type { ClientMode } from './client-mode'
import { type ClientContext, createContext, withConfiguration } from './context'
import { infer } from './infer'
import { inferFromApiV0 } from './infer-v0'
import { inferFromApiV1 } from './infer-v1'
import { type DescriptionOptions, getModelDescription, listLoadedModels, loadModel } from './models'
import type { InferenceHTTPClientOptions, InferOptions, LoadModelOptions } from './options'
import type { Images } from './over-images'
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

  get selectedModel(): string | undefined {
    return this.#context.selectedModel
  }

  /** Replaces the whole configuration, until the next change; names in camelCase or snake_case. */
  configure(configuration: InferenceConfiguration): this {
    return this.#change(withConfiguration(this.#context, configuration))
  }

  /** The model of calls that name none, until the next change. */
  selectModel(modelId: string | undefined): this {
    return this.#change({ ...this.#context, selectedModel: modelId })
  }

  /** Talk to Roboflow's hosted API, until the next change. */
  selectApiV0(): this {
    return this.#change({ ...this.#context, mode: 'v0' })
  }

  /** Talk to an inference server of one's own, until the next change. */
  selectApiV1(): this {
    return this.#change({ ...this.#context, mode: 'v1' })
  }

  /** A copy with this configuration; given a callback, what that returns for the copy. */
  useConfiguration(configuration: InferenceConfiguration): InferenceHTTPClient
  useConfiguration<T>(configuration: InferenceConfiguration, work: (client: InferenceHTTPClient) => T): T
  useConfiguration<T>(configuration: InferenceConfiguration, work?: (client: InferenceHTTPClient) => T) {
    return this.#copy(withConfiguration(this.#context, configuration), work)
  }

  /** A copy with this model selected; given a callback, what that returns for the copy. */
  useModel(modelId: string): InferenceHTTPClient
  useModel<T>(modelId: string, work: (client: InferenceHTTPClient) => T): T
  useModel<T>(modelId: string, work?: (client: InferenceHTTPClient) => T) {
    return this.#copy({ ...this.#context, selectedModel: modelId }, work)
  }

  /** A copy for Roboflow's hosted API; given a callback, what that returns for the copy. */
  useApiV0(): InferenceHTTPClient
  useApiV0<T>(work: (client: InferenceHTTPClient) => T): T
  useApiV0<T>(work?: (client: InferenceHTTPClient) => T) {
    return this.#copy({ ...this.#context, mode: 'v0' }, work)
  }

  /** A copy for an inference server of one's own; given a callback, what that returns for the copy. */
  useApiV1(): InferenceHTTPClient
  useApiV1<T>(work: (client: InferenceHTTPClient) => T): T
  useApiV1<T>(work?: (client: InferenceHTTPClient) => T) {
    return this.#copy({ ...this.#context, mode: 'v1' }, work)
  }

  /**
   * Runs a model on pictures: detection, segmentation, keypoints or classification, as the model does. One picture
   * gives one answer, a list gives a list; coordinates in pixels of each picture as it came (upright).
   */
  infer<Answer = ObjectDetectionAnswer>(image: ImageReference, options?: InferOptions): Promise<Answer>
  infer<Answer = ObjectDetectionAnswer>(
    images: readonly ImageReference[],
    options?: InferOptions,
  ): Promise<Answer[]>
  infer<Answer = ObjectDetectionAnswer>(images: Images, options?: InferOptions): Promise<Answer | Answer[]>
  infer(images: Images, options: InferOptions = {}): Promise<unknown> {
    return infer(this.#context, images, options)
  }

  /** `infer` by API v0 (`POST /{project}/{version}`), whatever the client's mode; needs a key. */
  inferFromApiV0(images: Images, options?: InferOptions): Promise<unknown> {
    return inferFromApiV0(this.#context, images, options)
  }

  /** `infer` by API v1 (`POST /infer/{task}`); throws `WrongClientModeError` in mode v0. */
  inferFromApiV1(images: Images, options?: InferOptions): Promise<unknown> {
    return inferFromApiV1(this.#context, images, options)
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
  async loadModel(modelId: string, options: LoadModelOptions = {}): Promise<RegisteredModels> {
    const registered = await loadModel(this.#context, modelId, options)
    if (options.setAsDefault) this.selectModel(resolveAlias(modelId))
    return registered
  }

  /** Ends all connections; of copies too. */
  close(): Promise<void> {
    return this.#context.requester.close()
  }

  #change(context: ClientContext): this {
    this.#context = context
    return this
  }

  #copy<T>(
    context: ClientContext,
    work: ((client: InferenceHTTPClient) => T) | undefined,
  ): InferenceHTTPClient | T {
    const copy = new InferenceHTTPClient(context)
    return work ? work(copy) : copy
  }
}
