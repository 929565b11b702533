import assert from 'node:assert/strict'
import {
  type ClassificationAnswer,
  countClasses,
  filterPredictions,
  type GazeAnswer,
  type MultiLabelClassificationAnswer,
  type ObjectDetectionAnswer,
  type OcrAnswer,
  type PredictionRule,
  rejectPredictions,
} from '../../../src/index'
import { detection } from '../../support/stub-server'
import { thrownBy } from '../failure'

// a: person 10 × 8 at 20, 15 (0.9) · b: car 12 × 10 at 40, 30 (0.7) · c: person 12 × 10 at 50, 30 (0.6), in 64 × 48
const answer: ObjectDetectionAnswer = detection

const taken = (rules: PredictionRule | PredictionRule[], of: object = answer): string =>
  filterPredictions(of as ObjectDetectionAnswer, rules)
    .predictions.map(({ detection_id: id }) => id)
    .join('')

/** The answer with one object of these centre, width and height. */
const oneAt = ([x, y, width, height]: readonly unknown[]) => ({
  ...answer,
  predictions: [{ ...detection.predictions[0], x, y, width, height }],
})

describe('filtering predictions', () => {
  for (const [name, rule, expected] of [
    ['nothing asked for', {}, 'abc'],
    ['a class', { classes: ['car'] }, 'b'],
    ['classes', { classes: ['person', 'tram'] }, 'ac'],
    ['no classes named', { classes: [] }, 'abc'],
    ['a class that is not there', { classes: ['Car'] }, ''],
    ['a least confidence', { minConfidence: 0.7 }, 'ab'],
    ['a greatest confidence', { maxConfidence: 0.7 }, 'bc'],
    ['a width in pixels', { sizeOf: 'width', minSize: 11 }, 'bc'],
    ['a height in pixels', { sizeOf: 'height', maxSize: 8 }, 'a'],
    ['an area in pixels', { minSize: 80, maxSize: 119 }, 'a'],
    ['an area in parts of the image', { unit: 'fraction', minSize: 0.03 }, 'bc'],
    ['a width in parts of the image', { unit: 'fraction', sizeOf: 'width', maxSize: 10 / 64 }, 'a'],
    ['a height in parts of the image', { unit: 'fraction', sizeOf: 'height', minSize: 10 / 48 }, 'bc'],
    ['centres in a rectangle', { region: [0, 0, 40, 48] }, 'ab'],
    ['whole boxes in a rectangle', { region: [0, 0, 40, 48], regionOf: 'box' }, 'a'],
    ['centres in parts of the image', { region: [0.5, 0, 1, 1], unit: 'fraction' }, 'bc'],
    ['centres in a triangle', { region: [0, 0, 1, 0, 0, 1], unit: 'fraction' }, 'a'],
    ['the most confident', { top: 1 }, 'a'],
    ['the largest two', { top: 2, topBy: 'size' }, 'bc'],
    ['the first of equals', { top: 1, topBy: 'size' }, 'b'],
    ['more than there are', { top: 9 }, 'abc'],
    ['the most confident of a class', { classes: ['person'], top: 1 }, 'a'],
    ['several at once', { classes: ['person'], maxConfidence: 0.8, region: [40, 0, 64, 48] }, 'c'],
  ] as [string, PredictionRule, string][]) {
    it(`takes those with ${name}`, () => assert.equal(taken(rule), expected))
  }

  it('takes what one of several rules takes, once and in the order of the answer', () => {
    assert.equal(taken([{ minConfidence: 0.8 }, { classes: ['person'] }]), 'ac')
    assert.equal(taken([{ classes: ['car'] }, { top: 1 }]), 'ab')
    assert.equal(taken([]), '')
  })

  it('rejects what no rule takes', () => {
    const left = rejectPredictions(answer, [{ classes: ['car'] }, { minConfidence: 0.8 }])
    assert.deepEqual(
      left.predictions.map(({ detection_id: id }) => id),
      ['c'],
    )
    assert.deepEqual(rejectPredictions(answer, {}).predictions, [])
  })

  it('keeps whatever else the answer says, and leaves the given one as it was', () => {
    const before = structuredClone(answer)
    assert.deepEqual(filterPredictions(answer, { classes: ['car'] }), {
      ...before,
      predictions: [before.predictions[1]],
    })
    assert.deepEqual(answer, before)
  })

  it('gives one for each of a batch, top of each', () => {
    const found = filterPredictions([answer, { ...answer, predictions: [] }, answer], { top: 1 })
    assert.deepEqual(
      found.map(({ predictions }) => predictions.length),
      [1, 0, 1],
    )
    assert.deepEqual(filterPredictions([], { top: 1 }), [])
  })

  it('takes the boxes of an answer in the resolution of its masks for what they are in the image', () => {
    const onGrid = {
      ...answer,
      image: { width: 32, height: 24 },
      original_image: answer.image,
      predictions: answer.predictions.map((prediction) => ({
        ...prediction,
        ...{
          x: prediction.x / 2,
          y: prediction.y / 2,
          width: prediction.width / 2,
          height: prediction.height / 2,
        },
      })),
    }
    assert.equal(taken({ region: [0, 0, 40, 48] }, onGrid), 'ab')
    assert.equal(taken({ region: [0.5, 0, 1, 1], unit: 'fraction' }, onGrid), 'bc')
    assert.equal(taken({ minSize: 80, maxSize: 119 }, onGrid), 'a')
  })

  it('finds what has no proper box nowhere, and otherwise asks nothing of it', () => {
    for (const box of [
      [Number.NaN, 1, 2, 3],
      [1, null, 2, 3],
      ['1', 1, 2, 3],
      [1, 1, 0, 3],
      [1, 1, -2, 3],
      [1, 1, Number.POSITIVE_INFINITY, 3],
    ]) {
      const odd = oneAt(box)
      assert.equal(taken({ region: [-100, -100, 100, 100] }, odd), '', String(box))
      assert.equal(taken({ minSize: 0 }, odd), '', String(box))
      assert.equal(taken({ classes: ['person'], top: 1, topBy: 'size' }, odd), 'a', String(box))
    }
  })

  it('takes boxes beyond the image as they are', () => {
    const beyond = oneAt([-10, 100, 40, 40])
    assert.equal(taken({ region: [-20, 90, 0, 110] }, beyond), 'a')
    assert.equal(taken({ region: [0, 0, 1, 1], unit: 'fraction' }, beyond), '')
    assert.equal(taken({ minSize: 1600, maxSize: 1600 }, beyond), 'a')
  })

  it('takes what tells no confidence for neither sure nor unsure', () => {
    const odd = { ...answer, predictions: [{ ...detection.predictions[0], confidence: undefined }] }
    assert.deepEqual(
      [taken({ minConfidence: 0 }, odd), taken({ maxConfidence: 1 }, odd), taken({}, odd)],
      ['', '', 'a'],
    )
  })

  it('leaves out what is none among the predictions', () => {
    const odd = { ...answer, predictions: [null, 7, 'text', [], ...answer.predictions] }
    assert.equal(taken({}, odd), 'abc')
    assert.deepEqual(filterPredictions({ ...answer, predictions: null as never }, {}).predictions, null)
  })

  it('is quick with 10,000 predictions', () => {
    const many = {
      ...answer,
      predictions: Array.from({ length: 10_000 }, () => detection.predictions).flat(),
    }
    const started = performance.now()
    const found = filterPredictions(many, {
      classes: ['person'],
      region: [0, 0, 1, 0, 1, 1, 0, 1],
      regionOf: 'box',
      unit: 'fraction',
      top: 5_000,
    })
    assert.equal(found.predictions.length, 5_000)
    assert.ok(performance.now() - started < 1_000, `${performance.now() - started} ms`)
  })
})

describe('filtering labels', () => {
  const single: ClassificationAnswer = {
    image: { width: 4, height: 4 },
    predictions: [
      { class: 'cat', class_id: 0, confidence: 0.7 },
      { class: 'dog', class_id: 1, confidence: 0.2 },
    ],
    top: 'cat',
    confidence: 0.7,
  }
  const several: MultiLabelClassificationAnswer = {
    image: { width: 4, height: 4 },
    predictions: {
      red: { confidence: 0.9, class_id: 0 },
      round: { confidence: 0.6, class_id: 1 },
      large: { confidence: 0.1, class_id: 2 },
    },
    predicted_classes: ['red', 'round'],
  }

  it('keeps a single label that a rule takes', () => {
    assert.deepEqual(filterPredictions(single, {}), single)
    assert.deepEqual(filterPredictions(single, { classes: ['cat'] }), {
      ...single,
      predictions: [single.predictions[0]],
    })
  })

  it('leaves none where no rule takes it, though others are taken', () => {
    const none = { ...single, predictions: [], top: '', confidence: 0 }
    assert.deepEqual(filterPredictions(single, { classes: ['dog'] }), none)
    assert.deepEqual(filterPredictions(single, { maxConfidence: 0.5 }), none)
    assert.deepEqual(filterPredictions(single, { region: [0, 0, 9, 9] }), none, 'a label has no place')
    assert.deepEqual(rejectPredictions(single, { classes: ['cat'] }), none)
    assert.equal(rejectPredictions(single, { classes: ['dog'] }).top, 'cat')
  })

  it('keeps those of several labels that a rule takes', () => {
    assert.deepEqual(filterPredictions(several, { classes: ['round', 'large'] }), {
      ...several,
      predictions: { round: several.predictions.round, large: several.predictions.large },
      predicted_classes: ['round'],
    })
    assert.deepEqual(filterPredictions(several, { top: 1 }).predicted_classes, ['red'])
    assert.deepEqual(rejectPredictions(several, { minConfidence: 0.8 }), {
      ...several,
      predictions: { round: several.predictions.round, large: several.predictions.large },
      predicted_classes: ['round'],
    })
  })
})

describe('filtering texts and gazes', () => {
  const box = { x: 20, y: 10, width: 10, height: 6, confidence: 0.9, class_id: 0, detection_id: 'a' }

  it('keeps the boxes of texts that a rule takes, and the whole text', () => {
    const read: OcrAnswer = {
      result: 'LOT 47',
      image: { width: 40, height: 20 },
      predictions: [
        { ...box, class: 'LOT' },
        { ...box, class: '47', x: 35 },
      ],
    }
    assert.deepEqual(filterPredictions(read, { region: [0.5, 0, 1, 1], unit: 'fraction', regionOf: 'box' }), {
      ...read,
      predictions: [read.predictions?.[1]],
    })
    assert.deepEqual(filterPredictions({ result: 'LOT 47', predictions: null }, { top: 1 }), {
      result: 'LOT 47',
      predictions: null,
    })
  })

  it('finds a gaze where its face is', () => {
    const gazes: GazeAnswer = {
      time: 0,
      predictions: [20, 80].map((x) => ({
        face: { ...box, x, class: 'face', landmarks: [] },
        yaw: 0,
        pitch: 0,
      })),
    }
    const [left] = gazes.predictions
    assert.deepEqual(filterPredictions(gazes, { region: [0, 0, 50, 50], classes: ['face'] }).predictions, [
      left,
    ])
    assert.deepEqual(countClasses(gazes), { face: 2 })
    const { code, message } = thrownBy(() => filterPredictions(gazes, { unit: 'fraction', minSize: 0.1 }))
    assert.equal(code, 'INVALID_PARAMETER')
    assert.match(message, /how large its image is\. Give sizes and regions in pixels/)
  })
})

describe('a rule', () => {
  for (const [rule, message] of [
    [{ minConfidence: 40 }, 'minConfidence takes a number from 0 to 1, not 40.'],
    [{ maxConfidence: Number.NaN }, 'maxConfidence takes a number from 0 to 1, not NaN.'],
    [{ classes: 'car' }, 'classes takes a list of texts, not "car".'],
    [{ minSize: -1 }, 'minSize takes a number, 0 or more, not -1.'],
    [{ top: 0.5 }, 'top takes a whole number from 1, not 0.5.'],
    [{ region: [0, 0, 1] }, /^region takes left, top, right and bottom, or x and y of three corners or more/],
    [{ region: [0, 0, 1, Number.NaN] }, /^region takes/],
    [{ unit: 'px' }, 'unit takes "pixels" or "fraction", not "px".'],
    [{ min_confidence: 0.4 }, '"min_confidence" is none of the options. Is minConfidence meant?'],
  ] as [PredictionRule, string | RegExp][]) {
    it(`cannot be ${JSON.stringify(rule)}`, () => {
      const error = thrownBy(() => filterPredictions(answer, rule))
      assert.equal(error.code, 'INVALID_PARAMETER')
      if (typeof message === 'string') assert.equal(error.message, message)
      else assert.match(error.message, message)
    })
  }
})
