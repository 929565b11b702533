import type { AnomalyMap } from './anomaly-map'
import type { RleMask } from './rle'
import type { Visualisation } from './visualisation'

/** Centre, width and height in pixels of the image as the server saw it (upright); confidence from 0 to 1. */
export interface ObjectDetectionPrediction {
  x: number
  y: number
  width: number
  height: number
  confidence: number
  class: string
  class_id: number
  detection_id: string
  class_confidence?: number | null
  tracker_id?: number | null
  parent_id?: string | null
}

/** What every answer to images has; `time` in seconds. */
export interface Answer<Prediction> {
  inference_id?: string
  frame_id?: number | null
  time?: number
  /** Pixels of the image, upright. */
  image: { width: number; height: number }
  predictions: Prediction[]
  /** What the server drew, when it was asked to: base64, a Buffer or raw pixels, as configured. */
  visualization?: Visualisation | null
}

export type ObjectDetectionAnswer = Answer<ObjectDetectionPrediction>

/** With the outline of each object in pixels, or its mask run-length encoded (`response_mask_format`). */
export type InstanceSegmentationAnswer = Answer<
  ObjectDetectionPrediction & { points?: { x: number; y: number }[]; rle?: RleMask; mask_format?: string }
>

export type KeypointDetectionAnswer = Answer<
  ObjectDetectionPrediction & {
    keypoints: { x: number; y: number; confidence: number; class: string; class_id: number }[]
  }
>

/** One label: predictions by falling confidence, and the best of them as `top` (empty when none is confident enough). */
export interface ClassificationAnswer
  extends Answer<{ class: string; class_id: number; confidence: number }> {
  top: string
  confidence: number
  anomaly_map?: AnomalyMap | number[][] | null
}

/** Several labels: every class with its confidence, and those above the threshold. */
export interface MultiLabelClassificationAnswer extends Omit<Answer<never>, 'predictions'> {
  predictions: Record<string, { confidence: number; class_id: number }>
  predicted_classes: string[]
}

/** A drawing and nothing else, which API v0 gives where the configured `format` is `image`. */
export interface VisualisationAnswer {
  visualization: Visualisation
  predictions?: undefined
}

/** What a model finds, by its task; `isObjectDetection` and its like tell which it is. */
export type InferenceAnswer =
  | ObjectDetectionAnswer
  | InstanceSegmentationAnswer
  | KeypointDetectionAnswer
  | ClassificationAnswer
  | MultiLabelClassificationAnswer

/** A model as the server's registry lists it; sizes in pixels, null where the model takes any. */
export interface ModelDescription {
  model_id: string
  task_type: string
  batch_size?: number | string | null
  input_height?: number | null
  input_width?: number | null
}

export interface RegisteredModels {
  models: ModelDescription[]
}

export interface ServerInfo {
  name: string
  version: string
  uuid: string
}

/** Vectors of CLIP, of unit length or not, as the server gives them; `time` in seconds. */
export interface ClipEmbeddings {
  frame_id?: number | null
  time?: number
  embeddings: number[][]
}

/** Cosine similarity (-1 to 1) of the subject and each prompt: in their order, or by their names. */
export interface ClipComparison<Similarity = number[] | Record<string, number>> {
  frame_id?: number | null
  time?: number
  similarity: Similarity
}

/** The text of an image; with boxes in pixels where they were asked for and the model has them. */
export interface OcrAnswer {
  result: string
  time?: number
  parent_id?: string | null
  image?: { width: number; height: number } | null
  predictions?: ObjectDetectionPrediction[] | null
}

/**
 * Where the faces of an image look: the face's box and landmarks in pixels, `yaw` and `pitch` in radians. Times in
 * seconds.
 */
export interface GazeAnswer {
  predictions: {
    face: ObjectDetectionPrediction & { landmarks: { x: number; y: number }[] }
    yaw: number | null
    pitch: number | null
  }[]
  time: number
  time_face_det?: number | null
  time_gaze_det?: number | null
}

/** What CogVLM says about an image; `time` in seconds. */
export interface CogvlmAnswer {
  response: string
  time?: number
}

/** Which inputs a workflow takes and which outputs it gives, each with its kinds. */
export interface WorkflowInterface {
  inputs: Record<string, string[]>
  outputs: Record<string, string[] | Record<string, string[]>>
  typing_hints: Record<string, string>
  kinds_schemas: Record<string, unknown>
}
