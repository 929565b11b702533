/** Centre, width and height in pixels of the picture as the server saw it (upright); confidence from 0 to 1. */
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

/** What `POST /infer/object_detection` answers; `time` in seconds. */
export interface ObjectDetectionAnswer {
  inference_id?: string
  frame_id?: number | null
  time?: number
  image: { width: number; height: number }
  predictions: ObjectDetectionPrediction[]
  /** A JPEG in base64, when `visualizePredictions` is set. */
  visualization?: string | null
}

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
