/** What the Python SDK 1.8.3 sends for each field to `/infer/object_detection`, as it was recorded. */
export const fieldsOnTheWire: {
  field: string
  in: 'body' | 'query'
  wire: string
  probe: unknown
  /** Sent when the field is not set. */
  unset?: unknown
}[] = [
  { field: 'confidence_threshold', in: 'body', wire: 'confidence', probe: 0.35 },
  { field: 'iou_threshold', in: 'body', wire: 'iou_threshold', probe: 0.45 },
  { field: 'max_candidates', in: 'body', wire: 'max_candidates', probe: 1500 },
  { field: 'max_detections', in: 'body', wire: 'max_detections', probe: 77 },
  { field: 'class_filter', in: 'body', wire: 'class_filter', probe: ['a', 'b & c'] },
  { field: 'class_agnostic_nms', in: 'body', wire: 'class_agnostic_nms', probe: true },
  { field: 'fix_batch_size', in: 'body', wire: 'fix_batch_size', probe: true },
  { field: 'visualize_predictions', in: 'body', wire: 'visualize_predictions', probe: true, unset: false },
  { field: 'visualize_labels', in: 'body', wire: 'visualization_labels', probe: true },
  { field: 'stroke_width', in: 'body', wire: 'visualization_stroke_width', probe: 3 },
  { field: 'disable_preproc_auto_orientation', in: 'body', wire: 'disable_preproc_auto_orient', probe: true },
  { field: 'disable_preproc_contrast', in: 'body', wire: 'disable_preproc_contrast', probe: true },
  { field: 'disable_preproc_grayscale', in: 'body', wire: 'disable_preproc_grayscale', probe: true },
  { field: 'disable_preproc_static_crop', in: 'body', wire: 'disable_preproc_static_crop', probe: true },
  {
    field: 'disable_active_learning',
    in: 'body',
    wire: 'disable_active_learning',
    probe: true,
    unset: false,
  },
  {
    field: 'active_learning_target_dataset',
    in: 'body',
    wire: 'active_learning_target_dataset',
    probe: 'ds',
  },
  { field: 'source', in: 'body', wire: 'source', probe: 's' },
  { field: 'source_info', in: 'body', wire: 'source_info', probe: 'i' },
  { field: 'count_inference', in: 'query', wire: 'countinference', probe: true },
  { field: 'service_secret', in: 'query', wire: 'service_secret', probe: 'sec' },
]
