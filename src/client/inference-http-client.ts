import type { InferenceConfiguration } from '../configuration/configuration'
import type { RequestOptions } from '../http/requester'
import type { ImageReference } from '../images/references'
import type {
  ClipComparison,
  ClipEmbeddings,
  CogvlmAnswer,
  GazeAnswer,
  ModelDescription,
  ObjectDetectionAnswer,
  OcrAnswer,
  RegisteredModels,
  ServerInfo,
  WorkflowInterface,
} from '../predictions/answers'
import {
  type ClipCompareOptions,
  type ClipOptions,
  type ClipPrompts,
  clipCompare,
  getClipImageEmbeddings,
  getClipTextEmbeddings,
} from './clip'
import { type CogvlmOptions, promptCogvlm } from './cogvlm'
import { detectGazes } from './gaze'
import { infer } from './infer'
import { type InferenceStream, inferOnStream, type StreamOptions } from './infer-on-stream'
import { inferFromApiV0 } from './infer-v0'
import { inferFromApiV1 } from './infer-v1'
import {
  type DescriptionOptions,
  getModelDescription,
  listLoadedModels,
  loadModel,
  unloadAllModels,
  unloadModel,
} from './models'
import { type OcrOptions, ocrImage } from './ocr'
import type { InferenceHTTPClientOptions, InferOptions, LoadModelOptions } from './options'
import { getServerInfo } from './server-info'
import { resolveAlias } from './shared/aliases'
import type { ClientMode } from './shared/client-mode'
import { type ClientContext, createContext, visibleConfiguration, withConfiguration } from './shared/context'
import type { Images } from './shared/over-images'
import {
  type DescribeWorkflowOptions,
  describeWorkflowInterface,
  type InferFromWorkflowOptions,
  inferFromWorkflow,
  runWorkflow,
  validateWorkflow,
  type WorkflowOutputs,
  type WorkflowRunOptions,
} from './workflows'

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

  /** What is configured, without the service secret. */
  get inferenceConfiguration(): InferenceConfiguration {
    return visibleConfiguration(this.#context)
  }

  get selectedModel(): string | undefined {
    return this.#context.selectedModel
  }

  /**
   * Replaces the whole configuration, until the next change; names in camelCase or snake_case. Where the key travels
   * (`apiKeyTransport`) and the service secret are the client's: they stay, unless they are named.
   */
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
   * Runs a model on images: detection, segmentation, keypoints or classification, as the model does. One image
   * gives one answer, a list gives a list; coordinates in pixels of each image as it came (upright).
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

  /**
   * Runs a model on every frame of a video (a path or a URL; needs ffmpeg) or on every image of a directory, sorted
   * by name. Coordinates are pixels of `frame`; up to `maxConcurrentRequests` are asked about at the same time.
   */
  inferOnStream<Answer = ObjectDetectionAnswer>(
    input: string | URL,
    options?: StreamOptions,
  ): InferenceStream<Answer>
  inferOnStream(input: string | URL, options?: StreamOptions): InferenceStream<unknown> {
    return inferOnStream(this.#context, input, options)
  }

  /**
   * CLIP embeddings of images: `{ embeddings: [vector] }` for each. Images are never shrunk; a list travels in
   * batches of `maxBatchSize`.
   */
  getClipImageEmbeddings(image: ImageReference, options?: ClipOptions): Promise<ClipEmbeddings>
  getClipImageEmbeddings(images: readonly ImageReference[], options?: ClipOptions): Promise<ClipEmbeddings[]>
  getClipImageEmbeddings(images: Images, options?: ClipOptions): Promise<ClipEmbeddings | ClipEmbeddings[]>
  getClipImageEmbeddings(images: Images, options: ClipOptions = {}): Promise<unknown> {
    return getClipImageEmbeddings(this.#context, images, options)
  }

  /** CLIP embeddings of one text or several: one vector per text in `embeddings`, in order. */
  getClipTextEmbeddings(
    text: string | readonly string[],
    options: ClipOptions = {},
  ): Promise<ClipEmbeddings> {
    return getClipTextEmbeddings(this.#context, text, options)
  }

  /**
   * How similar CLIP finds a subject to each prompt: `similarity` from -1 to 1, in order, or by name where the prompts
   * have names. An image is compared with texts, unless `subjectType` and `promptType` say otherwise.
   */
  clipCompare(
    subject: ImageReference,
    prompt: ClipPrompts,
    options: ClipCompareOptions = {},
  ): Promise<ClipComparison> {
    return clipCompare(this.#context, subject, prompt, options)
  }

  /** Reads the text in images, with DocTR unless `model` says otherwise. */
  ocrImage(image: ImageReference, options?: OcrOptions): Promise<OcrAnswer>
  ocrImage(images: readonly ImageReference[], options?: OcrOptions): Promise<OcrAnswer[]>
  ocrImage(images: Images, options?: OcrOptions): Promise<OcrAnswer | OcrAnswer[]>
  ocrImage(images: Images, options: OcrOptions = {}): Promise<unknown> {
    return ocrImage(this.#context, images, options)
  }

  /**
   * Finds faces and where they look, in radians; servers up to 1.2.7 (API v1). Newer ones: `FeatureDeprecatedError`.
   */
  detectGazes(image: ImageReference, options?: RequestOptions): Promise<GazeAnswer>
  detectGazes(images: readonly ImageReference[], options?: RequestOptions): Promise<GazeAnswer[]>
  detectGazes(images: Images, options?: RequestOptions): Promise<GazeAnswer | GazeAnswer[]>
  detectGazes(images: Images, options: RequestOptions = {}): Promise<unknown> {
    return detectGazes(this.#context, images, options)
  }

  /**
   * Asks CogVLM about an image, after what was said before (`chatHistory`); servers up to 0.37.1 (API v1). Newer
   * ones: `FeatureDeprecatedError`.
   */
  promptCogvlm(
    visualPrompt: ImageReference,
    textPrompt: string,
    options: CogvlmOptions = {},
  ): Promise<CogvlmAnswer> {
    return promptCogvlm(this.#context, visualPrompt, textPrompt, options)
  }

  /**
   * Runs a workflow, saved at Roboflow or given as a specification, in either mode: its outputs by name, once for
   * each image of the batch. A lost connection is not tried again, as the workflow may have done something.
   */
  runWorkflow(options: WorkflowRunOptions = {}): Promise<WorkflowOutputs[]> {
    return runWorkflow(this.#context, options)
  }

  /** @deprecated `runWorkflow`, by the routes that servers had before. */
  inferFromWorkflow(options: InferFromWorkflowOptions = {}): Promise<WorkflowOutputs[]> {
    return inferFromWorkflow(this.#context, options)
  }

  /** Which inputs a workflow takes and which outputs it gives. */
  describeWorkflowInterface(options: DescribeWorkflowOptions = {}): Promise<WorkflowInterface> {
    return describeWorkflowInterface(this.#context, options)
  }

  /** Whether a workflow's definition is sound; throws an `HTTPCallErrorError` that says what is wrong with it. */
  validateWorkflow(specification: object, options: RequestOptions = {}): Promise<{ status: string }> {
    return validateWorkflow(this.#context, specification, options)
  }

  /** Name, version and id of the server, in any mode. */
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

  /**
   * Unloads a model and answers with those that are left; it is no longer selected. The server deletes its copy of
   * the weights as well: the next use fetches them again.
   */
  async unloadModel(modelId: string, options: RequestOptions = {}): Promise<RegisteredModels> {
    const left = await unloadModel(this.#context, modelId, options)
    const { selectedModel } = this.#context
    const isSelected = selectedModel && resolveAlias(selectedModel) === resolveAlias(modelId)
    if (isSelected) this.selectModel(undefined)
    return left
  }

  /** Unloads all models; none is selected afterwards. */
  async unloadAllModels(options: RequestOptions = {}): Promise<RegisteredModels> {
    const left = await unloadAllModels(this.#context, options)
    this.selectModel(undefined)
    return left
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
