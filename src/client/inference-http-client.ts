import type { RequestOptions } from '../http/requester'
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
import { ClientState, contextOf } from './client-state'
import * as clip from './clip'
import * as cogvlm from './cogvlm'
import { detectGazes } from './gaze'
import { infer, inferFromApiV0, inferFromApiV1 } from './infer'
import { type InferenceStream, inferOnStream, type StreamOptions } from './infer-on-stream'
import * as models from './models'
import * as ocr from './ocr'
import {
  type InferOptions,
  inferOptions,
  type LoadModelOptions,
  loadModelOptions,
  requestOptions,
} from './options'
import { getServerInfo } from './server-info'
import { resolveAlias } from './shared/aliases'
import { checkedOptions } from './shared/check-options'
import type { Images } from './shared/in-batches'
import * as workflowInterface from './workflow-interface'
import * as workflows from './workflows'

/**
 * Client of a Roboflow Inference server, hosted or of one's own: one method for each thing it can be asked. What goes
 * wrong is an `HTTPClientError`, or one of its subclasses.
 * @example const client = new InferenceHTTPClient({ apiUrl: 'http://localhost:9001' })
 */
export class InferenceHTTPClient extends ClientState {
  /**
   * Runs a model on images: detection, segmentation, keypoints or classification, as the model does. One image
   * gives one answer, a list gives a list; coordinates in pixels of each image as it came (upright).
   * @throws InvalidInputFormatError, EncodingError, InvalidURLImageInput: there is no such image
   * @throws HTTPCallErrorError, HTTPServerConnectionError, HTTPServerTimeoutError, InvalidResponseError: what the server does
   * @throws ModelNotSelectedError, InvalidModelIdentifier, InvalidParameterError: what is asked
   * @example const { predictions } = await client.infer<ObjectDetectionAnswer>('car.jpg', { modelId: 'cars/3' })
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
    return infer(contextOf(this), images, checkedOptions(options, inferOptions))
  }

  /**
   * `infer` by API v0 (`POST /{project}/{version}`), whatever the client's mode; needs a key.
   * @throws APIKeyNotProvided, and as `infer`
   */
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
    return inferFromApiV0(contextOf(this), images, checkedOptions(options, inferOptions))
  }

  /**
   * `infer` by API v1 (`POST /infer/{task}`); throws `WrongClientModeError` in mode v0.
   * @throws WrongClientModeError in mode v0, and as `infer`
   */
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
    return inferFromApiV1(contextOf(this), images, checkedOptions(options, inferOptions))
  }

  /**
   * Runs a model on every frame of a video (a path or a URL; needs ffmpeg) or on every image of a directory, sorted
   * by name. Coordinates are pixels of `frame`; up to `maxConcurrentRequests` are asked about at the same time.
   * @throws VideoNotReadableError, VideoStalledError, FFmpegNotFoundError, and as `infer`
   * @example for await (const { frame, prediction } of client.inferOnStream('a.mp4', { modelId: 'cars/3' })) …
   */
  inferOnStream<Answer = InferenceAnswer | VisualisationAnswer>(
    input: string | URL,
    options?: StreamOptions,
  ): InferenceStream<Answer>
  inferOnStream(input: string | URL, options?: StreamOptions): InferenceStream<unknown> {
    return inferOnStream(contextOf(this), input, options)
  }

  /**
   * CLIP embeddings of images: `{ embeddings: [vector] }` for each. Images are never shrunk; a list travels in
   * batches of `maxBatchSize`.
   * @throws as `infer`
   * @example const { embeddings: [vector] } = await client.getClipImageEmbeddings('car.jpg')
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
    return clip.getClipImageEmbeddings(contextOf(this), images, checkedOptions(options, clip.clipOptions))
  }

  /**
   * CLIP embeddings of one text or several: one vector per text in `embeddings`, in order.
   * @throws HTTPCallErrorError, HTTPServerConnectionError, HTTPServerTimeoutError, InvalidResponseError: what the server does
   * @example const { embeddings } = await client.getClipTextEmbeddings(['a car', 'a bus'])
   */
  async getClipTextEmbeddings(
    text: string | readonly string[],
    options?: clip.ClipOptions,
  ): Promise<ClipEmbeddings> {
    return clip.getClipTextEmbeddings(contextOf(this), text, checkedOptions(options, clip.clipOptions))
  }

  /**
   * How similar CLIP finds a subject to each prompt: `similarity` from -1 to 1, in order, or by name where the prompts
   * have names. An image is compared with texts, unless `subjectType` and `promptType` say otherwise.
   * @throws as `infer`
   * @example const { similarity } = await client.clipCompare('car.jpg', { car: 'a car', bus: 'a bus' })
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
    return clip.clipCompare(
      contextOf(this),
      subject,
      prompts,
      checkedOptions(options, clip.clipCompareOptions),
    )
  }

  /**
   * Reads the text in images, with DocTR unless `model` says otherwise.
   * @throws as `infer`
   * @example const { result } = await client.ocrImage('plate.jpg')
   */
  ocrImage(image: ImageReference, options?: ocr.OcrOptions): Promise<OcrAnswer>
  ocrImage(images: readonly ImageReference[], options?: ocr.OcrOptions): Promise<OcrAnswer[]>
  ocrImage(images: Images, options?: ocr.OcrOptions): Promise<OcrAnswer | OcrAnswer[]>
  async ocrImage(images: Images, options?: ocr.OcrOptions): Promise<unknown> {
    return ocr.ocrImage(contextOf(this), images, checkedOptions(options, ocr.ocrOptions))
  }

  /**
   * Finds faces and where they look, in radians; servers up to 1.2.7 (API v1). Newer ones: `FeatureDeprecatedError`.
   * @throws FeatureDeprecatedError on newer servers, WrongClientModeError in mode v0, and as `infer`
   * @example const { predictions } = await client.detectGazes('faces.jpg')
   */
  detectGazes(image: ImageReference, options?: RequestOptions): Promise<GazeAnswer>
  detectGazes(images: readonly ImageReference[], options?: RequestOptions): Promise<GazeAnswer[]>
  detectGazes(images: Images, options?: RequestOptions): Promise<GazeAnswer | GazeAnswer[]>
  async detectGazes(images: Images, options?: RequestOptions): Promise<unknown> {
    return detectGazes(contextOf(this), images, checkedOptions(options, requestOptions))
  }

  /**
   * Asks CogVLM about an image, after what was said before (`chatHistory`); servers up to 0.37.1 (API v1). Newer
   * ones: `FeatureDeprecatedError`.
   * @throws FeatureDeprecatedError on newer servers, WrongClientModeError in mode v0, and as `infer`
   * @example const { response } = await client.promptCogvlm('car.jpg', 'What is it?')
   */
  async promptCogvlm(
    visualPrompt: ImageReference,
    textPrompt: string,
    options?: cogvlm.CogvlmOptions,
  ): Promise<CogvlmAnswer> {
    return cogvlm.promptCogvlm(
      contextOf(this),
      visualPrompt,
      textPrompt,
      checkedOptions(options, cogvlm.cogvlmOptions),
    )
  }

  /**
   * Runs a workflow, saved at Roboflow or given as a specification, in either mode: its outputs by name, once for
   * each image of the batch. A lost connection is not tried again, as the workflow may have done something.
   * @throws as `infer`
   * @example const [outputs] = await client.runWorkflow({ workspaceName: 'w', workflowId: 'count', images: { image } })
   */
  async runWorkflow(options?: workflows.WorkflowRunOptions): Promise<workflows.WorkflowOutputs[]> {
    return workflows.runWorkflow(contextOf(this), checkedOptions(options, workflows.workflowRunOptions))
  }

  /** @deprecated `runWorkflow`, by the routes that servers had before. */
  async inferFromWorkflow(
    options?: workflows.InferFromWorkflowOptions,
  ): Promise<workflows.WorkflowOutputs[]> {
    return workflows.inferFromWorkflow(
      contextOf(this),
      checkedOptions(options, workflows.inferFromWorkflowOptions),
    )
  }

  /**
   * Which inputs a workflow takes and which outputs it gives.
   * @throws HTTPCallErrorError, HTTPServerConnectionError, HTTPServerTimeoutError, InvalidResponseError: what the server does
   */
  async describeWorkflowInterface(
    options?: workflowInterface.DescribeWorkflowOptions,
  ): Promise<WorkflowInterface> {
    return workflowInterface.describeWorkflowInterface(
      contextOf(this),
      checkedOptions(options, workflowInterface.describeWorkflowOptions),
    )
  }

  /**
   * Whether a workflow's definition is sound; throws an `HTTPCallErrorError` that says what is wrong with it.
   * @throws HTTPCallErrorError, HTTPServerConnectionError, HTTPServerTimeoutError, InvalidResponseError: what the server does
   */
  async validateWorkflow(specification: object, options?: RequestOptions): Promise<{ status: string }> {
    return workflowInterface.validateWorkflow(
      contextOf(this),
      specification,
      checkedOptions(options, requestOptions),
    )
  }

  /**
   * Name, version and id of the server, in any mode.
   * @throws HTTPCallErrorError, HTTPServerConnectionError, HTTPServerTimeoutError, InvalidResponseError: what the server does
   */
  async getServerInfo(options?: RequestOptions): Promise<ServerInfo> {
    return getServerInfo(contextOf(this), checkedOptions(options, requestOptions))
  }

  /**
   * The models that the server holds in memory.
   * @throws WrongClientModeError in mode v0
   * @throws HTTPCallErrorError, HTTPServerConnectionError, HTTPServerTimeoutError, InvalidResponseError: what the server does
   */
  async listLoadedModels(options?: RequestOptions): Promise<RegisteredModels> {
    return models.listLoadedModels(contextOf(this), checkedOptions(options, requestOptions))
  }

  /**
   * Task and input size of one model; loads it where `allowLoading` is not false.
   * @throws ModelNotInitializedError where it is not loaded, WrongClientModeError in mode v0
   * @throws HTTPCallErrorError, HTTPServerConnectionError, HTTPServerTimeoutError, InvalidResponseError: what the server does
   */
  async getModelDescription(modelId: string, options?: models.DescriptionOptions): Promise<ModelDescription> {
    return models.getModelDescription(
      contextOf(this),
      modelId,
      checkedOptions(options, models.descriptionOptions),
    )
  }

  /**
   * Loads a model, which may take minutes; answers with all that are loaded then.
   * @throws WrongClientModeError in mode v0
   * @throws HTTPCallErrorError, HTTPServerConnectionError, HTTPServerTimeoutError, InvalidResponseError: what the server does
   * @example await client.loadModel('cars/3', { setAsDefault: true })
   */
  async loadModel(modelId: string, options?: LoadModelOptions): Promise<RegisteredModels> {
    const { setAsDefault, ...request } = checkedOptions(options, loadModelOptions)
    const registered = await models.loadModel(contextOf(this), modelId, request)
    if (setAsDefault) this.selectModel(resolveAlias(modelId))
    return registered
  }

  /**
   * Unloads a model and answers with those that are left; it is no longer selected. The server deletes its copy of
   * the weights as well: the next use fetches them again.
   * @throws WrongClientModeError in mode v0
   * @throws HTTPCallErrorError, HTTPServerConnectionError, HTTPServerTimeoutError, InvalidResponseError: what the server does
   */
  async unloadModel(modelId: string, options?: RequestOptions): Promise<RegisteredModels> {
    const left = await models.unloadModel(contextOf(this), modelId, checkedOptions(options, requestOptions))
    const { selectedModel } = this
    const isSelected = selectedModel && resolveAlias(selectedModel) === resolveAlias(modelId)
    if (isSelected) this.selectModel(undefined)
    return left
  }

  /**
   * Unloads all models; none is selected afterwards.
   * @throws WrongClientModeError in mode v0
   * @throws HTTPCallErrorError, HTTPServerConnectionError, HTTPServerTimeoutError, InvalidResponseError: what the server does
   */
  async unloadAllModels(options?: RequestOptions): Promise<RegisteredModels> {
    const left = await models.unloadAllModels(contextOf(this), checkedOptions(options, requestOptions))
    this.selectModel(undefined)
    return left
  }
}
