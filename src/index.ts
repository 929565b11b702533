export type { ClipCompareOptions, ClipOptions, ClipPrompts, ClipType } from './client/clip'
export type { CogvlmOptions } from './client/cogvlm'
export type { InferenceStream, StreamOptions, StreamResult } from './client/infer-on-stream'
export { InferenceHTTPClient } from './client/inference-http-client'
export type { DescriptionOptions } from './client/models'
export type { OcrModel, OcrOptions } from './client/ocr'
export type { InferenceHTTPClientOptions, InferOptions, LoadModelOptions } from './client/options'
export type { ClientMode } from './client/shared/client-mode'
export { forEachImage } from './client/shared/for-each-image'
export type { Images } from './client/shared/in-batches'
export type {
  DescribeWorkflowOptions,
  InferFromWorkflowOptions,
  WorkflowChoice,
  WorkflowImages,
  WorkflowOutputs,
  WorkflowRunOptions,
} from './client/workflows'
// what the nodes of this package use besides
export { abortedAfter, unlessAborted } from './concurrency/abort'
export { Limiter } from './concurrency/limiter'
export type { InferenceConfiguration } from './configuration/configuration'
export { readConfiguration } from './configuration/configuration'
export { type FieldName, fieldOf, inferenceFieldNames } from './configuration/fields'
export * from './errors'
export type { RequestBody } from './http/body'
export type { TlsOptions } from './http/connections'
export type { RequestOptions, Timeouts } from './http/requester'
export type { Transport, TransportRequest, TransportResponse } from './http/transport'
export { type LoadOptions, loadImage, loadReference } from './images/load-image'
export { LoadedImage } from './images/loaded-image'
export type { ImageReference, RawPixels } from './images/references'
export { type Reference, resolveReference } from './images/references'
export type { AnomalyMap } from './predictions/anomaly-map'
export type * from './predictions/answers'
export { countClasses } from './predictions/count-classes'
export { imageAsPredicted } from './predictions/image-as-predicted'
