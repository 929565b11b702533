import assert from 'node:assert/strict'
import { util } from '@node-red/util'
import type { Node, NodeAPI } from 'node-red'
import { configurationFor } from '../../../nodes/shared/configuration'
import type { Evaluation } from '../../../nodes/shared/evaluate'
import type { InferenceConfiguration } from '../../../src/index'

const named = {
  confidence: 'confidenceThreshold',
  maxDetections: 'maxDetections',
  classFilter: 'classFilter',
} as const

/** What becomes of a dialog's properties and a message, over what the client has. */
const configured = (
  properties: Record<string, unknown>,
  msg: Record<string, unknown> = {},
  ofClient: InferenceConfiguration = {},
): Promise<InferenceConfiguration> => {
  const { signal } = new AbortController()
  const evaluation = { RED: { util } as unknown as NodeAPI, node: {} as Node, properties, msg, signal }
  return configurationFor(evaluation as unknown as Evaluation, named, ofClient)
}

const row = (field: string, value: string, type: string) => ({ configuration: [{ field, value, type }] })

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    (value) => assert.fail(`accepted: ${JSON.stringify(value)}`),
    (thrown) => thrown,
  )
  assert.equal(error.code, 'INVALID_PARAMETER', error.stack)
  return error.message
}

describe('the configuration for a message', () => {
  it('merges field by field: the client, the dialog, its list, the message', async () => {
    const client = { confidenceThreshold: 0.1, iouThreshold: 0.1, maxDetections: 1, maxCandidates: 1 }
    const dialog = {
      confidence: '0.2',
      confidenceType: 'num',
      maxDetections: '2',
      maxDetectionsType: 'num',
      configuration: [
        { field: 'maxDetections', value: '3', type: 'num' },
        { field: 'strokeWidth', value: '3', type: 'num' },
      ],
    }
    assert.deepEqual(await configured(dialog, { configuration: { confidence_threshold: 0.4 } }, client), {
      confidenceThreshold: 0.4,
      iouThreshold: 0.1,
      maxDetections: 3,
      maxCandidates: 1,
      strokeWidth: 3,
    })
  })

  it('leaves out blank fields of the dialog, of whatever type', async () => {
    const client = { confidenceThreshold: 0.1, classFilter: ['person'] }
    for (const type of ['num', 'str', 'msg', 'env', 'json', 'jsonata']) {
      const dialog = { confidence: '', confidenceType: type, classFilter: '', classFilterType: type }
      assert.deepEqual(await configured({ ...dialog, ...row('strokeWidth', '', type) }, {}, client), client)
    }
  })

  it('leaves out fields whose property or variable is empty', async () => {
    const dialog = { confidence: 'threshold', confidenceType: 'msg' }
    assert.deepEqual(await configured(dialog, {}, { maxDetections: 1 }), { maxDetections: 1 })
    assert.deepEqual(await configured(dialog, { threshold: null }), {})
    assert.deepEqual(await configured(dialog, { threshold: '' }), {})
  })

  it('leaves out null in the message', async () => {
    const client = { confidenceThreshold: 0.1 }
    assert.deepEqual(await configured({}, { configuration: { confidence_threshold: null } }, client), client)
  })

  it('takes a 0 and a false for what they are', async () => {
    const dialog = { confidence: '0', confidenceType: 'num', ...row('visualizeLabels', 'false', 'bool') }
    const message = { configuration: { iouThreshold: 0, disableActiveLearning: false } }
    assert.deepEqual(await configured(dialog, message), {
      confidenceThreshold: 0,
      visualizeLabels: false,
      iouThreshold: 0,
      disableActiveLearning: false,
    })
  })

  it('takes names in snake_case and camelCase from messages', async () => {
    const message = { configuration: { max_detections: 5, classFilter: ['car'] } }
    assert.deepEqual(await configured({}, message), { maxDetections: 5, classFilter: ['car'] })
  })

  it('changes neither the message nor what the client has', async () => {
    const client = Object.freeze({ maxDetections: 1 })
    const configuration = Object.freeze({ max_detections: 5 })
    await configured({}, Object.freeze({ configuration }), client)
  })

  describe('from environment variables', () => {
    const variables = {
      TEST_CONFIDENCE: '0.25',
      TEST_COUNT: '7',
      TEST_LIST: ' person, traffic light ,,car ',
      TEST_YES: 'True',
    }
    before(() => Object.assign(process.env, variables))
    after(() => {
      for (const name of Object.keys(variables)) delete process.env[name]
    })

    it('makes numbers, lists and booleans of texts', async () => {
      const dialog = {
        confidence: 'TEST_CONFIDENCE',
        confidenceType: 'env',
        maxDetections: ['$', '{TEST_COUNT}'].join(''),
        maxDetectionsType: 'env',
        classFilter: 'TEST_LIST',
        classFilterType: 'env',
        ...row('visualizePredictions', 'TEST_YES', 'env'),
      }
      assert.deepEqual(await configured(dialog), {
        confidenceThreshold: 0.25,
        maxDetections: 7,
        classFilter: ['person', 'traffic light', 'car'],
        visualizePredictions: true,
      })
    })
  })

  it('takes a list typed with commas, as JSON, or from the message', async () => {
    const expected = { classFilter: ['person', 'car'] }
    for (const [value, type] of [
      ['person, car', 'str'],
      ['["person", "car"]', 'json'],
      ['wanted', 'msg'],
      ['"person, " & "car"', 'jsonata'],
    ]) {
      const dialog = { classFilter: value, classFilterType: type }
      assert.deepEqual(await configured(dialog, { wanted: ['person', 'car'] }), expected, type)
    }
  })

  it('takes what the model’s author chose as confidence', async () => {
    assert.deepEqual(await configured({ confidence: 'best', confidenceType: 'str' }), {
      confidenceThreshold: 'best',
    })
  })

  it('refuses an unknown name and names the nearest', async () => {
    assert.match(
      await refusal(configured({}, { configuration: { confidence: 0.4 } })),
      /confidence_threshold/,
    )
    assert.match(await refusal(configured({}, { configuration: { maxDetection: 4 } })), /max_detections/)
    assert.match(await refusal(configured(row('strokewidth', '3', 'num'))), /stroke_width/)
  })

  it('refuses a wrong type and says what is expected', async () => {
    const wrong = {
      confidence_threshold: 'high',
      max_detections: 1.5,
      class_filter: 'car',
      fix_batch_size: 1,
    }
    for (const [name, value] of Object.entries(wrong)) {
      assert.match(await refusal(configured({}, { configuration: { [name]: value } })), new RegExp(name))
    }
    assert.match(await refusal(configured({ confidence: 'high', confidenceType: 'str' })), /confidence/)
  })

  it('refuses a configuration that is no object', async () => {
    for (const configuration of ['confidence_threshold=0.4', 0.4, true, [{ confidence_threshold: 0.4 }]]) {
      assert.match(await refusal(configured({}, { configuration })), /should be an object/)
    }
  })

  it('lets neither messages nor the list set the service secret or where the key travels', async () => {
    await refusal(configured(row('serviceSecret', 'hush', 'str')))
    await refusal(configured(row('apiKeyTransport', 'header', 'str')))
    for (const name of ['service_secret', 'serviceSecret', 'api_key_transport', 'apiKeyTransport']) {
      const value = /secret/i.test(name) ? 'hush' : 'header'
      const message = await refusal(configured({}, { configuration: { [name]: value } }))
      assert.match(message, new RegExp(name))
      assert.doesNotMatch(message, /hush/)
    }
  })

  it('keeps the service secret and the key’s way of the client', async () => {
    const client = { serviceSecret: 'hush', apiKeyTransport: 'header' } as const
    assert.deepEqual(await configured({}, { configuration: {} }, client), client)
  })

  it('refuses a row of the list whose field this version does not know', async () => {
    assert.match(await refusal(configured(row('fieldOfTheFuture', 'yes', 'str'))), /fieldOfTheFuture/)
  })

  for (const [type, value] of Object.entries({ json: '["person"', jsonata: '1 +' })) {
    it(`says that ${type} in the dialog cannot be read`, async () => {
      assert.match(await refusal(configured({ classFilter: value, classFilterType: type })), /cannot be read/)
    })
  }
})
