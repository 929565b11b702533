import type { InferenceConfiguration } from '../configuration/inference-configuration'
import type { RequestOptions } from '../http/requester'
import type { LoadOptions } from '../images/load-image'
import type { ImageReference } from '../images/references'
import type {
  ClipComparison,
  ClipEmbeddings,
  CogvlmAnswer,
  GazeAnswer,
  InferenceAnswer,
  ModelDescription,
  OcrAnswer,
  RegisteredModels,
  ServerInfo,
  VisualisationAnswer,
  WorkflowInterface,
} from '../predictions/answers'
import * as clip from './clip'
import * as cogvlm from './cogvlm'
import { detectGazes } from './gaze'
import { infer, inferFromApiV0, inferFromApiV1 } from './infer'
import { type InferenceStream, inferOnStream, type StreamOptions } from './infer-on-stream'
import * as models from './models'
import * as ocr from './ocr'
import {
  checkedClientOptions,
  type InferenceHTTPClientOptions,
  type InferOptions,
  inferOptions,
  type LoadModelOptions,
  loadModelOptions,
  requestOptions,
} from './options'
import { getServerInfo } from './server-info'
import { resolveAlias } from './shared/aliases'
import { checkedOptions } from './shared/check-options'
import type { ClientMode } from './shared/client-mode'
import { type ClientContext, createContext, isContext, withConfiguration } from './shared/context'
import type { Images } from './shared/in-batches'
import * as workflowInterface from './workflow-interface'
import * as workflows from './workflows'

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
    this.#context = isContext(from) ? from : createContext(checkedClientOptions(from))
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

  /** With which limits this client reads images; for `loadImage`, where one is read before it is asked about. */
  get loadOptions(): LoadOptions {
    return this.#context.loading
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
   * Runs a model on images: detection, segmentation, keypoints or classification, as the model does. One image
   * gives one answer, a list gives a list; coordinates in pixels of each image as it came (upright).
   */
  infer<Answer = InferenceAnswer | VisualisationAnswer>(
    image: ImageReference,
    options?: InferOptions,
  ): Promise<Answer>
  infer<Answer = InferenceAnswer | VisualisationAnswer>(
    images: readonly ImageReference[],
    options?: InferOptions,
  ): Promise<Answer[]>
  infer<Answer = InferenceAnswer | VisualisationAnswer>(
    images: Images,
    options?: InferOptions,
  ): Promise<Answer | Answer[]>
  async infer(images: Images, options?: InferOptions): Promise<unknown> {
    return infer(this.#context, images, checkedOptions(options, inferOptions))
  }

  /** `infer` by API v0 (`POST /{project}/{version}`), whatever the client's mode; needs a key. */
  inferFromApiV0<Answer = InferenceAnswer | VisualisationAnswer>(
    image: ImageReference,
    options?: InferOptions,
  ): Promise<Answer>
  inferFromApiV0<Answer = InferenceAnswer | VisualisationAnswer>(
    images: readonly ImageReference[],
    options?: InferOptions,
  ): Promise<Answer[]>
  inferFromApiV0<Answer = InferenceAnswer | VisualisationAnswer>(
    images: Images,
    options?: InferOptions,
  ): Promise<Answer | Answer[]>
  async inferFromApiV0(images: Images, options?: InferOptions): Promise<unknown> {
    return inferFromApiV0(this.#context, images, checkedOptions(options, inferOptions))
  }

  /** `infer` by API v1 (`POST /infer/{task}`); throws `WrongClientModeError` in mode v0. */
  inferFromApiV1<Answer = InferenceAnswer | VisualisationAnswer>(
    image: ImageReference,
    options?: InferOptions,
  ): Promise<Answer>
  inferFromApiV1<Answer = InferenceAnswer | VisualisationAnswer>(
    images: readonly ImageReference[],
    options?: InferOptions,
  ): Promise<Answer[]>
  inferFromApiV1<Answer = InferenceAnswer | VisualisationAnswer>(
    images: Images,
    options?: InferOptions,
  ): Promise<Answer | Answer[]>
  async inferFromApiV1(images: Images, options?: InferOptions): Promise<unknown> {
    return inferFromApiV1(this.#context, images, checkedOptions(options, inferOptions))
  }

  /**
   * Runs a model on every frame of a video (a path or a URL; needs ffmpeg) or on every image of a directory, sorted
   * by name. Coordinates are pixels of `frame`; up to `maxConcurrentRequests` are asked about at the same time.
   */
  inferOnStream<Answer = InferenceAnswer | VisualisationAnswer>(
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
  getClipImageEmbeddings(image: ImageReference, options?: clip.ClipOptions): Promise<ClipEmbeddings>
  getClipImageEmbeddings(
    images: readonly ImageReference[],
    options?: clip.ClipOptions,
  ): Promise<ClipEmbeddings[]>
  getClipImageEmbeddings(
    images: Images,
    options?: clip.ClipOptions,
  ): Promise<ClipEmbeddings | ClipEmbeddings[]>
  async getClipImageEmbeddings(images: Images, options?: clip.ClipOptions): Promise<unknown> {
    return clip.getClipImageEmbeddings(this.#context, images, checkedOptions(options, clip.clipOptions))
  }

  /** CLIP embeddings of one text or several: one vector per text in `embeddings`, in order. */
  async getClipTextEmbeddings(
    text: string | readonly string[],
    options?: clip.ClipOptions,
  ): Promise<ClipEmbeddings> {
    return clip.getClipTextEmbeddings(this.#context, text, checkedOptions(options, clip.clipOptions))
  }

  /**
   * How similar CLIP finds a subject to each prompt: `similarity` from -1 to 1, in order, or by name where the prompts
   * have names. An image is compared with texts, unless `subjectType` and `promptType` say otherwise.
   */
  clipCompare(
    subject: ImageReference,
    prompts: ImageReference | readonly ImageReference[],
    options?: clip.ClipCompareOptions,
  ): Promise<ClipComparison<number[]>>
  clipCompare<Name extends string>(
    subject: ImageReference,
    prompts: Readonly<Record<Name, string>>,
    options?: clip.ClipCompareOptions,
  ): Promise<ClipComparison<Record<Name, number>>>
  clipCompare(
    subject: ImageReference,
    prompts: clip.ClipPrompts,
    options?: clip.ClipCompareOptions,
  ): Promise<ClipComparison>
  async clipCompare(
    subject: ImageReference,
    prompts: clip.ClipPrompts,
    options?: clip.ClipCompareOptions,
  ): Promise<unknown> {
    return clip.clipCompare(this.#context, subject, prompts, checkedOptions(options, clip.clipCompareOptions))
  }

  /** Reads the text in images, with DocTR unless `model` says otherwise. */
  ocrImage(image: ImageReference, options?: ocr.OcrOptions): Promise<OcrAnswer>
  ocrImage(images: readonly ImageReference[], options?: ocr.OcrOptions): Promise<OcrAnswer[]>
  ocrImage(images: Images, options?: ocr.OcrOptions): Promise<OcrAnswer | OcrAnswer[]>
  async ocrImage(images: Images, options?: ocr.OcrOptions): Promise<unknown> {
    return ocr.ocrImage(this.#context, images, checkedOptions(options, ocr.ocrOptions))
  }

  /**
   * Finds faces and where they look, in radians; servers up to 1.2.7 (API v1). Newer ones: `FeatureDeprecatedError`.
   */
  detectGazes(image: ImageReference, options?: RequestOptions): Promise<GazeAnswer>
  detectGazes(images: readonly ImageReference[], options?: RequestOptions): Promise<GazeAnswer[]>
  detectGazes(images: Images, options?: RequestOptions): Promise<GazeAnswer | GazeAnswer[]>
  async detectGazes(images: Images, options?: RequestOptions): Promise<unknown> {
    return detectGazes(this.#context, images, checkedOptions(options, requestOptions))
  }

  /**
   * Asks CogVLM about an image, after what was said before (`chatHistory`); servers up to 0.37.1 (API v1). Newer
   * ones: `FeatureDeprecatedError`.
   */
  async promptCogvlm(
    visualPrompt: ImageReference,
    textPrompt: string,
    options?: cogvlm.CogvlmOptions,
  ): Promise<CogvlmAnswer> {
    return cogvlm.promptCogvlm(
      this.#context,
      visualPrompt,
      textPrompt,
      checkedOptions(options, cogvlm.cogvlmOptions),
    )
  }

  /**
   * Runs a workflow, saved at Roboflow or given as a specification, in either mode: its outputs by name, once for
   * each image of the batch. A lost connection is not tried again, as the workflow may have done something.
   */
  async runWorkflow(options?: workflows.WorkflowRunOptions): Promise<workflows.WorkflowOutputs[]> {
    return workflows.runWorkflow(this.#context, checkedOptions(options, workflows.workflowRunOptions))
  }

  /** @deprecated `runWorkflow`, by the routes that servers had before. */
  async inferFromWorkflow(
    options?: workflows.InferFromWorkflowOptions,
  ): Promise<workflows.WorkflowOutputs[]> {
    return workflows.inferFromWorkflow(
      this.#context,
      checkedOptions(options, workflows.inferFromWorkflowOptions),
    )
  }

  /** Which inputs a workflow takes and which outputs it gives. */
  async describeWorkflowInterface(
    options?: workflowInterface.DescribeWorkflowOptions,
  ): Promise<WorkflowInterface> {
    return workflowInterface.describeWorkflowInterface(
      this.#context,
      checkedOptions(options, workflowInterface.describeWorkflowOptions),
    )
  }

  /** Whether a workflow's definition is sound; throws an `HTTPCallErrorError` that says what is wrong with it. */
  async validateWorkflow(specification: object, options?: RequestOptions): Promise<{ status: string }> {
    return workflowInterface.validateWorkflow(
      this.#context,
      specification,
      checkedOptions(options, requestOptions),
    )
  }

  /** Name, version and id of the server, in any mode. */
  async getServerInfo(options?: RequestOptions): Promise<ServerInfo> {
    return getServerInfo(this.#context, checkedOptions(options, requestOptions))
  }

  /** The models that the server holds in memory. */
  async listLoadedModels(options?: RequestOptions): Promise<RegisteredModels> {
    return models.listLoadedModels(this.#context, checkedOptions(options, requestOptions))
  }

  /** Task and input size of one model; loads it where `allowLoading` is not false. */
  async getModelDescription(modelId: string, options?: models.DescriptionOptions): Promise<ModelDescription> {
    return models.getModelDescription(
      this.#context,
      modelId,
      checkedOptions(options, models.descriptionOptions),
    )
  }

  /** Loads a model, which may take minutes; answers with all that are loaded then. */
  async loadModel(modelId: string, options?: LoadModelOptions): Promise<RegisteredModels> {
    const { setAsDefault, ...request } = checkedOptions(options, loadModelOptions)
    const registered = await models.loadModel(this.#context, modelId, request)
    if (setAsDefault) this.selectModel(resolveAlias(modelId))
    return registered
  }

  /**
   * Unloads a model and answers with those that are left; it is no longer selected. The server deletes its copy of
   * the weights as well: the next use fetches them again.
   */
  async unloadModel(modelId: string, options?: RequestOptions): Promise<RegisteredModels> {
    const left = await models.unloadModel(this.#context, modelId, checkedOptions(options, requestOptions))
    const { selectedModel } = this.#context
    const isSelected = selectedModel && resolveAlias(selectedModel) === resolveAlias(modelId)
    if (isSelected) this.selectModel(undefined)
    return left
  }

  /** Unloads all models; none is selected afterwards. */
  async unloadAllModels(options?: RequestOptions): Promise<RegisteredModels> {
    const left = await models.unloadAllModels(this.#context, checkedOptions(options, requestOptions))
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
