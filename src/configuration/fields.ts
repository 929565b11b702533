/** What a field holds. `confidence` is a number, or what the model's author chose: `best`, `default`. */
export interface FieldTypes {
  number: number
  integer: number
  boolean: boolean
  text: string
  list: string[]
  confidence: number | 'best' | 'default'
  keyTransport: 'legacy' | 'both' | 'header'
}

export interface Field {
  type: keyof FieldTypes
  /** Where and under which name API v1 takes it; absent: the client alone uses it. */
  v1?: { in: 'body' | 'query'; name: string }
  /** Sent when nothing is set. */
  default?: unknown
  /** Who may set it besides the client's owner; absent: the dialog of a node and a message. */
  setBy?: 'client'
  /** One sentence for the dialog and the documentation. */
  about: string
}

const body = (name: string) => ({ in: 'body', name }) as const
const query = (name: string) => ({ in: 'query', name }) as const

/**
 * Every configuration field, once: the client, the dialogs and the documentation read this table.
 * Its snake_case form is the name the specification uses; both are accepted wherever a user types one.
 */
export const fields = {
  confidenceThreshold: {
    type: 'confidence',
    v1: body('confidence'),
    about:
      'Predictions below this confidence (0 to 1) are left out; the server takes 0.4 when nothing is set.',
  },
  iouThreshold: {
    type: 'number',
    v1: body('iou_threshold'),
    about:
      'Boxes that overlap more than this (0 to 1) count as one object; the server takes 0.3 when nothing is set.',
  },
  maxDetections: {
    type: 'integer',
    v1: body('max_detections'),
    about: 'How many predictions are returned at most.',
  },
  classFilter: {
    type: 'list',
    v1: body('class_filter'),
    about: 'Only predictions of these classes are returned.',
  },
  maxCandidates: {
    type: 'integer',
    v1: body('max_candidates'),
    about: 'How many candidates the server looks at before it removes overlapping ones.',
  },
  classAgnosticNms: {
    type: 'boolean',
    v1: body('class_agnostic_nms'),
    about: 'Overlapping boxes count as one object even when their classes differ.',
  },
  fixBatchSize: {
    type: 'boolean',
    v1: body('fix_batch_size'),
    about: 'The server fills batches up to the size the model was built for.',
  },
  visualizePredictions: {
    type: 'boolean',
    v1: body('visualize_predictions'),
    default: false,
    about: 'The server draws its predictions and returns the picture as `visualization`.',
  },
  visualizeLabels: {
    type: 'boolean',
    v1: body('visualization_labels'),
    about: 'The drawn picture shows class names.',
  },
  strokeWidth: {
    type: 'integer',
    v1: body('visualization_stroke_width'),
    about: 'Width of drawn lines, in pixels.',
  },
  disablePreprocAutoOrientation: {
    type: 'boolean',
    v1: body('disable_preproc_auto_orient'),
    about: 'The server does not turn pictures upright (EXIF orientation).',
  },
  disablePreprocContrast: {
    type: 'boolean',
    v1: body('disable_preproc_contrast'),
    about: 'The server leaves out the contrast step of the model.',
  },
  disablePreprocGrayscale: {
    type: 'boolean',
    v1: body('disable_preproc_grayscale'),
    about: 'The server leaves out the grayscale step of the model.',
  },
  disablePreprocStaticCrop: {
    type: 'boolean',
    v1: body('disable_preproc_static_crop'),
    about: 'The server leaves out the static crop of the model.',
  },
  disableActiveLearning: {
    type: 'boolean',
    v1: body('disable_active_learning'),
    default: false,
    about: 'The picture is not collected for training (active learning).',
  },
  activeLearningTargetDataset: {
    type: 'text',
    v1: body('active_learning_target_dataset'),
    about: 'The project that collects pictures for training.',
  },
  source: {
    type: 'text',
    v1: body('source'),
    about: 'A name for where requests come from, for usage reports.',
  },
  sourceInfo: {
    type: 'text',
    v1: body('source_info'),
    about: 'A detail that goes with the source, for usage reports.',
  },
  countInference: {
    type: 'boolean',
    v1: query('countinference'),
    about: 'Whether the request counts as usage; only with a service secret.',
  },
  serviceSecret: {
    type: 'text',
    v1: query('service_secret'),
    setBy: 'client',
    about: 'Secret of a service that calls on behalf of others.',
  },
  apiKeyTransport: {
    type: 'keyTransport',
    setBy: 'client',
    about: 'Where the API key travels: in the request (legacy), as Bearer header (header), or both.',
  },
} as const satisfies Record<string, Field>

export type FieldName = keyof typeof fields

export const fieldNames = Object.keys(fields) as FieldName[]

export const fieldOf = (name: FieldName): Field => fields[name]

/** `maxDetections` → `max_detections`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
