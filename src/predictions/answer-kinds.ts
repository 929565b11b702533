import type {
  ClassificationAnswer,
  InferenceAnswer,
  InstanceSegmentationAnswer,
  KeypointDetectionAnswer,
  MultiLabelClassificationAnswer,
  ObjectDetectionAnswer,
  VisualisationAnswer,
} from './answers'

type AnyAnswer = InferenceAnswer | VisualisationAnswer

/** Predictions with a box each, as those of segmentation and of keypoint detection have one, too. */
export const isObjectDetection = (answer: AnyAnswer): answer is ObjectDetectionAnswer =>
  Array.isArray(answer.predictions) && !isClassification(answer)

/** Predictions with an outline or a mask each; where nothing was found, nothing tells the difference. */
export const isInstanceSegmentation = (answer: AnyAnswer): answer is InstanceSegmentationAnswer =>
  isObjectDetection(answer) &&
  answer.predictions.every((prediction) => ['points', 'rle', 'rle_mask'].some((name) => name in prediction))

/** Predictions with keypoints each; where nothing was found, nothing tells the difference. */
export const isKeypointDetection = (answer: AnyAnswer): answer is KeypointDetectionAnswer =>
  isObjectDetection(answer) && answer.predictions.every((prediction) => 'keypoints' in prediction)

/** One label: classes by falling confidence, and the best of them as `top`. */
export const isClassification = (answer: AnyAnswer): answer is ClassificationAnswer => 'top' in answer

/** Several labels: each class with its confidence, and those above the threshold as `predicted_classes`. */
export const isMultiLabelClassification = (answer: AnyAnswer): answer is MultiLabelClassificationAnswer =>
  'predicted_classes' in answer

/** A drawing and nothing else (API v0, `format: 'image'`). */
export const isVisualisationOnly = (answer: AnyAnswer): answer is VisualisationAnswer =>
  answer.predictions === undefined
