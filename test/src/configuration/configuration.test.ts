import assert from 'node:assert/strict'
import { readConfiguration } from '../../../src/configuration/configuration'
import type { FieldName } from '../../../src/configuration/fields'
import { InvalidParameterError } from '../../../src/errors'
import { thrownBy } from '../failure'
import { fieldsOnTheWire } from './fields-on-the-wire'

const read = (written: object, allowed?: readonly FieldName[]): object => readConfiguration(written, allowed)

const refusalOf = (written: object, allowed?: readonly FieldName[]): string => {
  const error = thrownBy(() => readConfiguration(written, allowed))
  assert.ok(error instanceof InvalidParameterError, error.stack)
  assert.equal(error.code, 'INVALID_PARAMETER')
  return error.message
}

describe('reading a configuration', () => {
  it('accepts every field by both its names', () => {
    const fields = [...fieldsOnTheWire, { field: 'api_key_transport', probe: 'both' }]
    for (const { field, probe } of fields) {
      const name = field.replace(/_([a-z])/g, (_all, letter) => letter.toUpperCase())
      assert.deepEqual(read({ [name]: probe }), { [name]: probe })
      assert.deepEqual(read({ [field]: probe }), { [name]: probe })
    }
    for (const confidence_threshold of ['best', 'default', 0, 1]) {
      assert.deepEqual(read({ confidence_threshold }), { confidenceThreshold: confidence_threshold })
    }
  })

  it('leaves out null and undefined, and keeps 0, false, an empty text and an empty list', () => {
    assert.deepEqual(read({ maxDetections: null, source: undefined }), {})
    const falsy = { iouThreshold: 0, visualizeLabels: false, source: '', classFilter: [] }
    assert.deepEqual(read(falsy), falsy)
  })

  it('names the nearest field for a name that it does not know', () => {
    for (const [name, meant] of [
      ['confidence', 'confidence_threshold'],
      ['confidence_treshold', 'confidence_threshold'],
      ['Confidence_Threshold', 'confidence_threshold'],
      ['max_detection', 'max_detections'],
      ['maxdetections', 'max_detections'],
      ['class_filters', 'class_filter'],
      ['visualise_labels', 'visualize_labels'],
    ] as const) {
      const message = refusalOf({ [name]: 1 })
      assert.ok(message.includes(JSON.stringify(name)), message)
      assert.match(message, new RegExp(`Is ${meant} meant\\?`))
    }
  })

  it('knows what dialogs and people call a field', () => {
    for (const [name, meant] of [
      ['overlap', 'iou_threshold'],
      ['detections', 'max_detections'],
      ['batch size', 'max_batch_size'],
      ['classes', 'class_filter'],
    ] as const) {
      assert.match(refusalOf({ [name]: 1 }), new RegExp(`Is ${meant} meant\\?`))
    }
  })

  it('guesses nothing far-fetched', () => {
    assert.doesNotMatch(refusalOf({ foo: 1 }), /meant/)
  })

  it('refuses at once a name of any length', () => {
    const message = refusalOf({ ['x'.repeat(10_000_000)]: 1 })
    assert.ok(message.length < 200, `${message.length} letters`)
  })

  it('refuses what is no object of fields without looking through it', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field${index}`, 1]))
    const odd = [Buffer.alloc(50 * 2 ** 20), new Map(), [1], 'text', 7, many, new Date()]
    for (const written of odd) assert.match(refusalOf(written as object), /should be an object of fields/)
  })

  it('knows no names that every object has', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      refusalOf(Object.fromEntries([[name, 1]]))
    }
  })

  it('refuses a field that may not be set here, and names one that may', () => {
    const allowed: FieldName[] = ['confidenceThreshold', 'source']
    assert.deepEqual(read({ source: 'x' }, allowed), { source: 'x' })
    for (const name of ['service_secret', 'serviceSecret', 'max_detections']) {
      const message = refusalOf({ [name]: 'hidden-value' }, allowed)
      assert.ok(message.includes(name), message)
      assert.doesNotMatch(message, /hidden-value|meant/)
    }
  })

  const wrong: [string, unknown, RegExp][] = [
    ['confidence_threshold', 'high', /takes a number from 0 to 1, "best" or "default", not "high"/],
    ['confidence_threshold', NaN, /takes a number/],
    ['confidence_threshold', true, /takes a number/],
    ['iou_threshold', '0.5', /takes a number from 0 to 1, not "0.5"/],
    ['iou_threshold', -3, /takes a number from 0 to 1, not -3\.$/],
    ['iou_threshold', 50, /takes a number from 0 to 1, not 50\. Is 0\.5 meant\?/],
    ['confidence_threshold', 40, /from 0 to 1, "best" or "default", not 40\. Is 0\.4 meant\?/],
    ['confidence_threshold', -0.1, /from 0 to 1/],
    ['keypoint_confidence_threshold', 1.01, /from 0 to 1/],
    ['max_batch_size', -1, /takes a whole number, 0 or more, not -1/],
    ['iou_threshold', Infinity, /takes a number/],
    ['iou_threshold', 10n, /takes a number/],
    ['max_detections', 1.5, /takes a whole number, 0 or more, not 1.5/],
    ['max_detections', '3', /takes a whole number/],
    ['default_max_input_size', 0, /takes a whole number, 1 or more, not 0/],
    ['default_max_input_size', -640, /takes a whole number, 1 or more, not -640/],
    ['default_max_input_size', 640.5, /takes a whole number, 1 or more, not 640\.5/],
    ['class_agnostic_nms', 'true', /takes true or false, not "true"/],
    ['class_agnostic_nms', 1, /takes true or false/],
    ['source', 7, /takes a text, not 7/],
    ['class_filter', 'person', /takes a list of texts, not "person"/],
    ['class_filter', ['a', 1], /takes a list of texts/],
    ['class_filter', { 0: 'a' }, /takes a list of texts/],
    ['api_key_transport', 'query', /takes "legacy", "both" or "header", not "query"/],
  ]
  for (const [name, value, words] of wrong) {
    it(`refuses ${name} = ${typeof value === 'bigint' ? '10n' : JSON.stringify(value)}`, () => {
      const message = refusalOf({ [name]: value })
      assert.match(message, words)
      assert.ok(message.startsWith(name), message)
    })
  }

  it('refuses what cannot be written as JSON in the same way', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    assert.match(refusalOf({ max_detections: circle }), /takes a whole number/)
    assert.match(refusalOf({ max_detections: () => 1 }), /takes a whole number/)
  })

  it('shortens a long value that it refuses', () => {
    assert.ok(refusalOf({ max_detections: 'x'.repeat(10_000) }).length < 150)
  })

  it('does not show a service secret that it refuses', () => {
    assert.doesNotMatch(refusalOf({ service_secret: 123456789 }), /123456789/)
    assert.doesNotMatch(refusalOf({ service_secret: ['hidden'] }), /hidden/)
  })

  it('leaves what was written as it was, and is not changed with it', () => {
    const written = Object.freeze({ class_filter: ['a'], max_detections: 3 })
    const configuration = readConfiguration(written)
    written.class_filter.push('b')
    assert.deepEqual(configuration, { classFilter: ['a'], maxDetections: 3 })
  })
})
