import assert from 'node:assert/strict'
import { fieldNames, fieldOf, snakeCase } from '../../../src/configuration/fields'
import { nearest } from '../../../src/configuration/nearest'

describe('the table of fields', () => {
  it('translates names as the specification writes them', () => {
    assert.equal(snakeCase('maxDetections'), 'max_detections')
    assert.equal(snakeCase('classAgnosticNms'), 'class_agnostic_nms')
    assert.equal(snakeCase('source'), 'source')
  })

  it('sends no two fields under one name', () => {
    const names = fieldNames.map((name) => fieldOf(name).v1?.name).filter((name) => name !== undefined)
    assert.equal(new Set(names).size, names.length)
  })

  it('says about each field what it does, in a sentence', () => {
    for (const name of fieldNames) assert.match(fieldOf(name).about, /^[A-Z].{15,}\.$/, name)
  })
})

describe('the nearest name', () => {
  const known = ['confidence_threshold', 'iou_threshold', 'max_detections', 'source', 'source_info']

  it('is the one with the fewest differences; shortened names are cheap', () => {
    assert.equal(nearest('sorce', known), 'source')
    assert.equal(nearest('SOURCE', known), 'source')
    assert.equal(nearest('sourceinfo', known), 'source_info')
    assert.equal(nearest('confidence', known), 'confidence_threshold')
    assert.equal(nearest('max_detektions', known), 'max_detections')
  })

  it('is the one that begins like the name, however short that is', () => {
    assert.equal(nearest('iou', known), 'iou_threshold')
    assert.equal(nearest('conf', known), 'confidence_threshold')
    assert.equal(nearest('max', known), 'max_detections')
  })

  it('is none where that is far-fetched, or nobody would mistype as much', () => {
    for (const name of ['foo', 'mox', 'so', 'temperature', 'confidense_of_keypoints'])
      assert.equal(nearest(name, known), undefined, name)
    assert.equal(nearest('x'.repeat(10_000_000), known), undefined)
  })

  it('is none where none is known', () => {
    assert.equal(nearest('x', []), undefined)
  })
})
