import type {
  ClassificationAnswer,
  GazeAnswer,
  InstanceSegmentationAnswer,
  KeypointDetectionAnswer,
  MultiLabelClassificationAnswer,
  ObjectDetectionAnswer,
  ObjectDetectionPrediction,
  OcrAnswer,
} from '../../../src/index'

/** Answers of every kind about an image of this size. */
export const size = { width: 320, height: 240 }

export const box = (
  x: number,
  y: number,
  width: number,
  height: number,
  name = 'part',
  more: Partial<ObjectDetectionPrediction> = {},
): ObjectDetectionPrediction => ({
  x,
  y,
  width,
  height,
  confidence: 0.87,
  class: name,
  class_id: 0,
  detection_id: 'an id',
  ...more,
})

export const detection = (...predictions: ObjectDetectionPrediction[]): ObjectDetectionAnswer => ({
  image: size,
  predictions,
})

export const boxes = detection(
  box(80, 90, 100, 80, 'forklift', { class_id: 2, tracker_id: 7 }),
  box(230, 120, 80, 120, 'person', { class_id: 1, confidence: 0.924 }),
  // at the upper edge: its label has no room above
  box(150, 12, 60, 24, 'helmet', { class_id: 3 }),
  // at the right edge: its label would not end within the image
  box(308, 215, 30, 30, 'Sicherheitsschuh', { class_id: 4 }),
)

const triangle = [
  { x: 60, y: 40 },
  { x: 130, y: 150 },
  { x: 30, y: 160 },
]

export const polygons: InstanceSegmentationAnswer = {
  image: size,
  predictions: [
    { ...box(80, 100, 100, 120, 'leaf', { class_id: 1 }), points: triangle },
    {
      ...box(220, 120, 120, 80, 'cup', { class_id: 5 }),
      points: [
        { x: 160, y: 80 },
        { x: 280, y: 80 },
        { x: 250, y: 160 },
        { x: 190, y: 160 },
      ],
    },
  ],
}

const cocoPose: [string, number, number][] = [
  ['nose', 160, 50],
  ['left_eye', 165, 45],
  ['right_eye', 155, 45],
  ['left_ear', 172, 48],
  ['right_ear', 148, 48],
  ['left_shoulder', 190, 80],
  ['right_shoulder', 130, 80],
  ['left_elbow', 215, 110],
  ['right_elbow', 105, 110],
  ['left_wrist', 235, 85],
  ['right_wrist', 85, 135],
  ['left_hip', 180, 145],
  ['right_hip', 140, 145],
  ['left_knee', 190, 185],
  ['right_knee', 130, 185],
  ['left_ankle', 195, 225],
  ['right_ankle', 125, 225],
]

const keypoints = (points: [string, number, number][]) =>
  points.map(([name, x, y], index) => ({ x, y, confidence: 0.9, class: name, class_id: index }))

export const pose: KeypointDetectionAnswer = {
  image: size,
  predictions: [{ ...box(160, 130, 190, 210, 'person'), keypoints: keypoints(cocoPose) }],
}

/** Points without a skeleton that anybody knows. */
export const corners: KeypointDetectionAnswer = {
  image: size,
  predictions: [
    {
      ...box(160, 120, 160, 100, 'plate', { class_id: 5 }),
      keypoints: keypoints([
        ['top-left', 90, 80],
        ['top-right', 232, 76],
        ['bottom-right', 236, 160],
        ['bottom-left', 86, 164],
      ]),
    },
  ],
}

export const oneLabel: ClassificationAnswer = {
  image: size,
  predictions: [
    { class: 'ripe', class_id: 1, confidence: 0.81 },
    { class: 'unripe', class_id: 0, confidence: 0.19 },
  ],
  top: 'ripe',
  confidence: 0.81,
}

export const severalLabels: MultiLabelClassificationAnswer = {
  image: size,
  predictions: {
    sunny: { confidence: 0.91, class_id: 0 },
    rainy: { confidence: 0.12, class_id: 1 },
    road: { confidence: 0.77, class_id: 2 },
  },
  predicted_classes: ['sunny', 'road'],
}

/** As most engines give it: the class is the text. */
export const texts: OcrAnswer = {
  result: 'EXIT 12',
  image: size,
  predictions: [box(90, 80, 100, 40, 'EXIT'), box(220, 80, 60, 40, '12')],
}

/** As newer engines of DocTR give it: the class says what it is. */
export const words: OcrAnswer = {
  result: 'EXIT\n12',
  image: size,
  predictions: [
    box(90, 80, 100, 40, 'word', { class_id: 2 }),
    box(90, 80, 110, 50, 'line', { class_id: 1 }),
    box(90, 140, 60, 40, 'word', { class_id: 2 }),
    box(90, 140, 70, 50, 'line', { class_id: 1 }),
    box(90, 110, 120, 120, 'block', { class_id: 0 }),
  ],
}

export const gazes: GazeAnswer = {
  time: 0.1,
  predictions: [
    {
      face: {
        ...box(170, 110, 70, 90, 'face'),
        landmarks: [
          { x: 155, y: 95 },
          { x: 185, y: 95 },
          { x: 170, y: 115 },
          { x: 170, y: 135 },
        ],
      },
      // to the left and up
      yaw: 0.6,
      pitch: 0.4,
    },
  ],
}
