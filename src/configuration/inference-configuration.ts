import type { FieldTypes } from './fields'

/**
 * Options of inference; what is absent or null is not sent, and left to the server. The snake_case forms of the names
 * are taken as well, wherever a configuration is written. Each field is told about as in the field table (fields.ts).
 */
export interface InferenceConfiguration {
  /** Predictions below this confidence (0 to 1) are left out; the server takes 0.4 when nothing is set. */
  confidenceThreshold?: FieldTypes['confidence'] | null | undefined
  /** Keypoints below this confidence (0 to 1) are left out. */
  keypointConfidenceThreshold?: number | null | undefined
  /**
   * Boxes that overlap more than this (0 to 1) count as one object; the server takes 0.3 when nothing is set.
   */
  iouThreshold?: number | null | undefined
  /** How many predictions are returned at most. */
  maxDetections?: number | null | undefined
  /** Only predictions of these classes are returned. */
  classFilter?: string[] | null | undefined
  /** How many candidates the server looks at before it removes overlapping ones. */
  maxCandidates?: number | null | undefined
  /** Overlapping boxes count as one object even when their classes differ. */
  classAgnosticNms?: boolean | null | undefined
  /** The server fills batches up to the size the model was built for. */
  fixBatchSize?: boolean | null | undefined
  /** How exact masks are: accurate, fast, or tradeoff. */
  maskDecodeMode?: string | null | undefined
  /** Between fast (0) and accurate (1), for the mask decode mode tradeoff. */
  tradeoffFactor?: number | null | undefined
  /** Masks come as polygon (a list of points) or rle (run-length encoded). */
  responseMaskFormat?: FieldTypes['maskFormat'] | null | undefined
  /** Masks may come in the model's own resolution instead of the image's. */
  allowReducedMaskResolution?: boolean | null | undefined
  /** Anomaly models also return how odd each place of the image is. */
  includeAnomalyMap?: boolean | null | undefined
  /** What comes back: json, image (a drawn image instead of predictions), or image_and_json. */
  format?: FieldTypes['answerFormat'] | null | undefined
  /** The server draws its predictions and returns the image as `visualization`. */
  visualizePredictions?: boolean | null | undefined
  /** The drawn image shows class names. */
  visualizeLabels?: boolean | null | undefined
  /** Width of drawn lines, in pixels. */
  strokeWidth?: number | null | undefined
  /** The drawn image as base64, pillow (a Buffer) or numpy (raw pixels). */
  outputVisualisationFormat?: FieldTypes['visualisation'] | null | undefined
  /** Images are not turned upright (EXIF orientation). */
  disablePreprocAutoOrientation?: boolean | null | undefined
  /** The server leaves out the contrast step of the model. */
  disablePreprocContrast?: boolean | null | undefined
  /** The server leaves out the grayscale step of the model. */
  disablePreprocGrayscale?: boolean | null | undefined
  /** The server leaves out the static crop of the model. */
  disablePreprocStaticCrop?: boolean | null | undefined
  /** Images larger than the model needs are sent as they are, instead of shrunk first. */
  clientDownsizingDisabled?: boolean | null | undefined
  /** Longest side in pixels that images are shrunk to, where the size of the model is not known. */
  defaultMaxInputSize?: number | null | undefined
  /** How many images of a list travel in one request (API v1). */
  maxBatchSize?: number | null | undefined
  /** How many requests for one list are sent at the same time. */
  maxConcurrentRequests?: number | null | undefined
  /** The image is not collected for training (active learning). */
  disableActiveLearning?: boolean | null | undefined
  /** The project that collects images for training. */
  activeLearningTargetDataset?: string | null | undefined
  /** A name for where requests come from, for usage reports. */
  source?: string | null | undefined
  /** A detail that goes with the source, for usage reports. */
  sourceInfo?: string | null | undefined
  /** Whether the request counts as usage; only with a service secret. */
  countInference?: boolean | null | undefined
  /** Secret of a service that calls on behalf of others. */
  serviceSecret?: string | null | undefined
  /**
   * Where the API key travels: in the request (legacy), as Bearer header (header), or both. Older servers
   * know legacy only.
   */
  apiKeyTransport?: FieldTypes['keyTransport'] | null | undefined
  /** The ends of names by which files of a directory are taken for images; null takes all. */
  imageExtensionsForDirectoryScan?: string[] | null | undefined
  /** Where the profile of a workflow is written. */
  profilingDirectory?: string | null | undefined
  /** A workflow that a busy server refused is sent again. */
  workflowRunRetriesEnabled?: boolean | null | undefined
}
