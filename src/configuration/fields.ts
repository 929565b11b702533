/** The values of fields that offer a choice. */
export const choices = {
  answerFormat: ['json', 'image', 'image_and_json'],
  maskFormat: ['polygon', 'rle'],
  visualisation: ['base64', 'numpy', 'pillow'],
  keyTransport: ['legacy', 'both', 'header'],
} as const

/** What a field holds. `confidence` is a number, or what the model's author chose: `best`, `default`. */
export interface FieldTypes {
  number: number
  integer: number
  boolean: boolean
  text: string
  list: string[]
  confidence: number | 'best' | 'default'
  answerFormat: (typeof choices.answerFormat)[number]
  maskFormat: (typeof choices.maskFormat)[number]
  visualisation: (typeof choices.visualisation)[number]
  keyTransport: (typeof choices.keyTransport)[number]
}

/** The tasks of models, by the names of API v1. */
export const tasks = [
  'object-detection',
  'instance-segmentation',
  'keypoint-detection',
  'classification',
] as const

export type Task = (typeof tasks)[number]

export interface Field {
  type: keyof FieldTypes
  /** The name in API v0's query; absent: v0 does not take it. */
  v0?: string
  /** Where and under which name API v1 takes it, and for which tasks; absent: v1 does not take it. */
  v1?: { in: 'body' | 'query'; name: string; tasks: readonly Task[] }
  /** What holds when nothing is set; sent where it goes over the wire. */
  default?: unknown
  /** The least and the greatest number that make sense. */
  least?: number
  most?: number
  /** Other names that people have for it, such as its label in a dialog: an error about one names the field. */
  alsoCalled?: readonly string[]
  /** null has a meaning of its own, instead of that of nothing. */
  takesNull?: true
  /** What it is for besides inference: then the dialog of inference and messages do not set it. */
  belongsTo?: 'client' | 'directories' | 'workflows'
  /** One sentence for the dialog and the documentation. */
  about: string
}

const detecting = ['object-detection', 'instance-segmentation', 'keypoint-detection'] as const
const body = (name: string, onlyFor: readonly Task[] = tasks) =>
  ({ in: 'body', name, tasks: onlyFor }) as const
const query = (name: string) => ({ in: 'query', name, tasks }) as const

/**
 * Every configuration field, once: the client, the dialogs and the documentation read this table.
 * Its snake_case form is the name the specification uses; both are accepted wherever a user types one.
 */
export const fields = {
  confidenceThreshold: {
    type: 'confidence',
    least: 0,
    most: 1,
    alsoCalled: ['confidence'],
    v0: 'confidence',
    v1: body('confidence'),
    about:
      'Predictions below this confidence (0 to 1) are left out; the server takes 0.4 when nothing is set.',
  },
  keypointConfidenceThreshold: {
    type: 'number',
    least: 0,
    most: 1,
    v0: 'keypoint_confidence',
    v1: body('keypoint_confidence', ['keypoint-detection']),
    about: 'Keypoints below this confidence (0 to 1) are left out.',
  },
  iouThreshold: {
    type: 'number',
    least: 0,
    most: 1,
    alsoCalled: ['overlap', 'iou', 'nms'],
    v0: 'overlap',
    v1: body('iou_threshold', detecting),
    about:
      'Boxes that overlap more than this (0 to 1) count as one object; the server takes 0.3 when nothing is set.',
  },
  maxDetections: {
    type: 'integer',
    least: 0,
    alsoCalled: ['detections', 'limit'],
    v0: 'max_detections',
    v1: body('max_detections', detecting),
    about: 'How many predictions are returned at most.',
  },
  classFilter: {
    type: 'list',
    alsoCalled: ['classes', 'filter'],
    v0: 'class_filter',
    v1: body('class_filter', detecting),
    about: 'Only predictions of these classes are returned.',
  },
  maxCandidates: {
    type: 'integer',
    least: 1,
    v1: body('max_candidates', detecting),
    about: 'How many candidates the server looks at before it removes overlapping ones.',
  },
  classAgnosticNms: {
    type: 'boolean',
    v1: body('class_agnostic_nms', detecting),
    about: 'Overlapping boxes count as one object even when their classes differ.',
  },
  fixBatchSize: {
    type: 'boolean',
    v1: body('fix_batch_size', detecting),
    about: 'The server fills batches up to the size the model was built for.',
  },
  maskDecodeMode: {
    type: 'text',
    v0: 'mask_decode_mode',
    v1: body('mask_decode_mode', ['instance-segmentation']),
    about: 'How exact masks are: accurate, fast, or tradeoff.',
  },
  tradeoffFactor: {
    type: 'number',
    least: 0,
    v0: 'tradeoff_factor',
    v1: body('tradeoff_factor', ['instance-segmentation']),
    about: 'Between fast (0) and accurate (1), for the mask decode mode tradeoff.',
  },
  responseMaskFormat: {
    type: 'maskFormat',
    v0: 'response_mask_format',
    v1: body('response_mask_format', ['instance-segmentation']),
    about: 'Masks come as polygon (a list of points) or rle (run-length encoded).',
  },
  allowReducedMaskResolution: {
    type: 'boolean',
    v0: 'allow_reduced_mask_resolution',
    v1: body('allow_reduced_mask_resolution', ['instance-segmentation']),
    default: false,
    about: "Masks may come in the model's own resolution instead of the image's.",
  },
  includeAnomalyMap: {
    type: 'boolean',
    v0: 'include_anomaly_map',
    v1: body('include_anomaly_map', ['classification']),
    about: 'Anomaly models also return how odd each place of the image is.',
  },
  format: {
    type: 'answerFormat',
    v0: 'format',
    about: 'What comes back: json, image (a drawn image instead of predictions), or image_and_json.',
  },
  visualizePredictions: {
    type: 'boolean',
    v1: body('visualize_predictions'),
    default: false,
    about: 'The server draws its predictions and returns the image as `visualization`.',
  },
  visualizeLabels: {
    type: 'boolean',
    v0: 'labels',
    v1: body('visualization_labels', detecting),
    about: 'The drawn image shows class names.',
  },
  strokeWidth: {
    type: 'integer',
    least: 0,
    v0: 'stroke',
    v1: body('visualization_stroke_width'),
    about: 'Width of drawn lines, in pixels.',
  },
  outputVisualisationFormat: {
    type: 'visualisation',
    default: 'base64',
    about: 'The drawn image as base64, pillow (a Buffer) or numpy (raw pixels).',
  },
  disablePreprocAutoOrientation: {
    type: 'boolean',
    v0: 'disable_preproc_auto_orient',
    v1: body('disable_preproc_auto_orient'),
    about: 'Images are not turned upright (EXIF orientation).',
  },
  disablePreprocContrast: {
    type: 'boolean',
    v0: 'disable_preproc_contrast',
    v1: body('disable_preproc_contrast'),
    about: 'The server leaves out the contrast step of the model.',
  },
  disablePreprocGrayscale: {
    type: 'boolean',
    v0: 'disable_preproc_grayscale',
    v1: body('disable_preproc_grayscale'),
    about: 'The server leaves out the grayscale step of the model.',
  },
  disablePreprocStaticCrop: {
    type: 'boolean',
    v0: 'disable_preproc_static_crop',
    v1: body('disable_preproc_static_crop'),
    about: 'The server leaves out the static crop of the model.',
  },
  clientDownsizingDisabled: {
    type: 'boolean',
    default: false,
    about: 'Images larger than the model needs are sent as they are, instead of shrunk first.',
  },
  defaultMaxInputSize: {
    type: 'integer',
    least: 1,
    default: 1024,
    about: 'Longest side in pixels that images are shrunk to, where the size of the model is not known.',
  },
  maxBatchSize: {
    type: 'integer',
    least: 0,
    alsoCalled: ['batch_size', 'batch size', 'images per request'],
    default: 1,
    about: 'How many images of a list travel in one request (API v1).',
  },
  maxConcurrentRequests: {
    type: 'integer',
    least: 0,
    alsoCalled: ['concurrency', 'at_once'],
    default: 1,
    about: 'How many requests for one list are sent at the same time.',
  },
  disableActiveLearning: {
    type: 'boolean',
    v0: 'disable_active_learning',
    v1: body('disable_active_learning'),
    default: false,
    about: 'The image is not collected for training (active learning).',
  },
  activeLearningTargetDataset: {
    type: 'text',
    v0: 'active_learning_target_dataset',
    v1: body('active_learning_target_dataset'),
    about: 'The project that collects images for training.',
  },
  source: {
    type: 'text',
    v0: 'source',
    v1: body('source'),
    about: 'A name for where requests come from, for usage reports.',
  },
  sourceInfo: {
    type: 'text',
    v0: 'source_info',
    v1: body('source_info'),
    about: 'A detail that goes with the source, for usage reports.',
  },
  countInference: {
    type: 'boolean',
    v0: 'countinference',
    v1: query('countinference'),
    about: 'Whether the request counts as usage; only with a service secret.',
  },
  serviceSecret: {
    type: 'text',
    v0: 'service_secret',
    v1: query('service_secret'),
    belongsTo: 'client',
    about: 'Secret of a service that calls on behalf of others.',
  },
  apiKeyTransport: {
    type: 'keyTransport',
    belongsTo: 'client',
    about:
      'Where the API key travels: in the request (legacy), as Bearer header (header), or both. Older servers know legacy only.',
  },
  imageExtensionsForDirectoryScan: {
    type: 'list',
    default: ['jpg', 'jpeg', 'JPG', 'JPEG', 'png', 'PNG'],
    takesNull: true,
    belongsTo: 'directories',
    about: 'The ends of names by which files of a directory are taken for images; null takes all.',
  },
  profilingDirectory: {
    type: 'text',
    default: './inference_profiling',
    belongsTo: 'workflows',
    about: 'Where the profile of a workflow is written.',
  },
  workflowRunRetriesEnabled: {
    type: 'boolean',
    default: true,
    belongsTo: 'workflows',
    about: 'A workflow that a busy server refused is sent again.',
  },
} as const satisfies Record<string, Field>

export type FieldName = keyof typeof fields

export const fieldNames = Object.keys(fields) as FieldName[]

/** The fields that the dialog of inference and messages may set. */
export const inferenceFieldNames = fieldNames.filter((name) => fieldOf(name).belongsTo === undefined)

export function fieldOf(name: FieldName): Field {
  return fields[name]
}

/** `maxDetections` → `max_detections`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
