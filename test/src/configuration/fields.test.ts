import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import {
  type FieldName,
  type FieldTypes,
  fieldNames,
  fieldOf,
  type fields,
  snakeCase,
} from '../../../src/configuration/fields'
import type { InferenceConfiguration } from '../../../src/configuration/inference-configuration'
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

describe('the interface InferenceConfiguration', () => {
  type Fields = { [Name in FieldName]?: FieldTypes[(typeof fields)[Name]['type']] | null | undefined }
  const source = fs.readFileSync(
    path.join(__dirname, '../../../src/configuration/inference-configuration.ts'),
    'utf8',
  )

  it('has the fields of the table, with their types', () => {
    // whether these compile is the test
    const there: Required<InferenceConfiguration> = {} as Required<Fields>
    const back: Required<Fields> = {} as Required<InferenceConfiguration>
    assert.deepEqual([there, back], [{}, {}])
  })

  it('tells of each field what the table tells', () => {
    const told = [...source.matchAll(/\/\*\*([^/]*?)\*\/\n {2}(\w+)\?:/g)].map(([, text = '', name = '']) => [
      name,
      text.replace(/\s*\*\s*|\s+/g, ' ').trim(),
    ])
    assert.deepEqual(
      told,
      fieldNames.map((name) => [name, fieldOf(name).about]),
    )
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
