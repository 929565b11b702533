import assert from 'node:assert/strict'
import {
  inQueryOfV0,
  onTheWireOfV1,
  readConfiguration,
  settingOf,
} from '../../../src/configuration/configuration'
import { fieldNames, snakeCase, type Task } from '../../../src/configuration/fields'
import type { InferenceConfiguration } from '../../../src/configuration/inference-configuration'

const tasks: Task[] = ['object-detection', 'instance-segmentation', 'keypoint-detection', 'classification']
const detecting: Task[] = ['object-detection', 'instance-segmentation', 'keypoint-detection']
const segmenting: Task[] = ['instance-segmentation']

interface Row {
  field: string
  probe: unknown
  /** The name in the query of API v0. */
  v0?: string
  /** The name in the body of API v1, and the tasks whose requests have it. */
  v1?: [name: string, tasks: Task[]]
  /** The name in the query of API v1. */
  query?: string
}

// what the Python SDK 1.8.3 sends, as it was recorded; but it sends no class_filter to v0, where newer servers know it
const rows: Row[] = [
  { field: 'confidence_threshold', probe: 0.35, v0: 'confidence', v1: ['confidence', tasks] },
  {
    field: 'keypoint_confidence_threshold',
    probe: 0.25,
    v0: 'keypoint_confidence',
    v1: ['keypoint_confidence', ['keypoint-detection']],
  },
  { field: 'format', probe: 'json', v0: 'format' },
  { field: 'mask_decode_mode', probe: 'fast', v0: 'mask_decode_mode', v1: ['mask_decode_mode', segmenting] },
  { field: 'tradeoff_factor', probe: 0.7, v0: 'tradeoff_factor', v1: ['tradeoff_factor', segmenting] },
  { field: 'max_candidates', probe: 1500, v1: ['max_candidates', detecting] },
  { field: 'max_detections', probe: 77, v0: 'max_detections', v1: ['max_detections', detecting] },
  { field: 'iou_threshold', probe: 0.45, v0: 'overlap', v1: ['iou_threshold', detecting] },
  { field: 'stroke_width', probe: 3, v0: 'stroke', v1: ['visualization_stroke_width', tasks] },
  { field: 'count_inference', probe: true, v0: 'countinference', query: 'countinference' },
  { field: 'service_secret', probe: 'sec', v0: 'service_secret', query: 'service_secret' },
  {
    field: 'disable_preproc_auto_orientation',
    probe: true,
    v0: 'disable_preproc_auto_orient',
    v1: ['disable_preproc_auto_orient', tasks],
  },
  everywhere('disable_preproc_contrast', true),
  everywhere('disable_preproc_grayscale', true),
  everywhere('disable_preproc_static_crop', true),
  { field: 'class_agnostic_nms', probe: true, v1: ['class_agnostic_nms', detecting] },
  { field: 'class_filter', probe: ['a', 'b & c'], v0: 'class_filter', v1: ['class_filter', detecting] },
  { field: 'fix_batch_size', probe: true, v1: ['fix_batch_size', detecting] },
  {
    field: 'include_anomaly_map',
    probe: true,
    v0: 'include_anomaly_map',
    v1: ['include_anomaly_map', ['classification']],
  },
  { field: 'visualize_predictions', probe: true, v1: ['visualize_predictions', tasks] },
  { field: 'visualize_labels', probe: true, v0: 'labels', v1: ['visualization_labels', detecting] },
  { field: 'output_visualisation_format', probe: 'numpy' },
  { field: 'image_extensions_for_directory_scan', probe: ['gif'] },
  { field: 'client_downsizing_disabled', probe: true },
  { field: 'default_max_input_size', probe: 64 },
  everywhere('disable_active_learning', true),
  everywhere('active_learning_target_dataset', 'ds'),
  { field: 'max_concurrent_requests', probe: 3 },
  { field: 'max_batch_size', probe: 4 },
  everywhere('source', 's'),
  everywhere('source_info', 'i'),
  { field: 'profiling_directory', probe: '/x' },
  { field: 'workflow_run_retries_enabled', probe: false },
  {
    field: 'response_mask_format',
    probe: 'rle',
    v0: 'response_mask_format',
    v1: ['response_mask_format', segmenting],
  },
  { field: 'api_key_transport', probe: 'both' },
  {
    field: 'allow_reduced_mask_resolution',
    probe: true,
    v0: 'allow_reduced_mask_resolution',
    v1: ['allow_reduced_mask_resolution', segmenting],
  },
]

function everywhere(field: string, probe: unknown): Row {
  return { field, probe, v0: field, v1: [field, tasks] }
}

const has = (field: string, name: string | undefined) => (name ? `has ${field} as ${name}` : `lacks ${field}`)

const read = (written: object): InferenceConfiguration => readConfiguration(written)

/** Sent when nothing is set. */
const defaultsOfV0 = { allow_reduced_mask_resolution: false, disable_active_learning: false }
const defaultsOfV1 = (task: Task) => ({
  visualize_predictions: false,
  disable_active_learning: false,
  ...(task === 'instance-segmentation' ? { allow_reduced_mask_resolution: false } : {}),
})

describe('a request', () => {
  it('may be changed by fields that are all looked at here', () => {
    assert.deepEqual(rows.map(({ field }) => field).sort(), fieldNames.map(snakeCase).sort())
  })

  it('has the defaults alone where nothing is set, or null', () => {
    const nothing = Object.fromEntries(fieldNames.map((name) => [name, null]))
    for (const configuration of [{}, nothing]) {
      assert.deepEqual(inQueryOfV0(configuration), defaultsOfV0)
      for (const task of tasks) {
        assert.deepEqual(onTheWireOfV1(configuration, task, 'body'), defaultsOfV1(task))
        assert.deepEqual(onTheWireOfV1(configuration, task, 'query'), {})
      }
    }
  })

  for (const { field, probe, v0, v1, query } of rows) {
    it(`${has(field, v0)} in API v0`, () => {
      const own = v0 ? { [v0]: probe } : {}
      assert.deepEqual(inQueryOfV0(read({ [field]: probe })), { ...defaultsOfV0, ...own })
    })

    it(`${has(field, v1?.[0] ?? query)} in API v1, for the tasks that know it`, () => {
      for (const task of tasks) {
        const own = v1?.[1].includes(task) ? { [v1[0]]: probe } : {}
        const configuration = read({ [field]: probe })
        assert.deepEqual(onTheWireOfV1(configuration, task, 'body'), { ...defaultsOfV1(task), ...own }, task)
        assert.deepEqual(onTheWireOfV1(configuration, task, 'query'), query ? { [query]: probe } : {}, task)
      }
    })
  }

  it('has the fields of the task, whatever else is set', () => {
    const all = read(Object.fromEntries(rows.map(({ field, probe }) => [field, probe])))
    const named = (name: (row: Row) => string | undefined) =>
      Object.fromEntries(
        rows.flatMap((row) => {
          const wire = name(row)
          return wire ? [[wire, row.probe]] : []
        }),
      )
    assert.deepEqual(
      inQueryOfV0(all),
      named(({ v0 }) => v0),
    )
    for (const task of tasks) {
      const body = named(({ v1 }) => (v1?.[1].includes(task) ? v1[0] : undefined))
      assert.deepEqual(onTheWireOfV1(all, task, 'body'), body)
      assert.deepEqual(
        onTheWireOfV1(all, task, 'query'),
        named(({ query }) => query),
      )
    }
  })

  it('has what is false, 0, an empty text or an empty list', () => {
    const falsy = { confidenceThreshold: 0, source: '', classFilter: [], visualizeLabels: false }
    assert.deepEqual(inQueryOfV0(falsy), {
      ...defaultsOfV0,
      confidence: 0,
      source: '',
      class_filter: [],
      labels: false,
    })
    assert.deepEqual(onTheWireOfV1(falsy, 'object-detection', 'body'), {
      ...defaultsOfV1('object-detection'),
      confidence: 0,
      source: '',
      class_filter: [],
      visualization_labels: false,
    })
  })
})

describe('a setting', () => {
  it('has the default of the specification where nothing is set, or null', () => {
    const expected: InferenceConfiguration = {
      visualizePredictions: false,
      outputVisualisationFormat: 'base64',
      imageExtensionsForDirectoryScan: ['jpg', 'jpeg', 'JPG', 'JPEG', 'png', 'PNG'],
      clientDownsizingDisabled: false,
      defaultMaxInputSize: 1024,
      disableActiveLearning: false,
      maxConcurrentRequests: 1,
      maxBatchSize: 1,
      profilingDirectory: './inference_profiling',
      workflowRunRetriesEnabled: true,
      allowReducedMaskResolution: false,
    }
    for (const name of fieldNames) {
      assert.deepEqual(settingOf({}, name), expected[name], name)
      assert.deepEqual(settingOf({ [name]: null }, name), expected[name], name)
    }
  })

  it('is what is set, also false and 0', () => {
    assert.equal(settingOf({ workflowRunRetriesEnabled: false }, 'workflowRunRetriesEnabled'), false)
    assert.equal(settingOf({ defaultMaxInputSize: 0 }, 'defaultMaxInputSize'), 0)
    assert.equal(settingOf({ maxBatchSize: 8 }, 'maxBatchSize'), 8)
  })
})
