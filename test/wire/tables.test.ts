import assert from 'node:assert/strict'
import path from 'node:path'
import { resolveAlias } from '../../src/client/shared/aliases'
import { modeOf } from '../../src/client/shared/client-mode'
import { fieldNames, fieldOf, snakeCase } from '../../src/configuration/fields'
import { redact } from '../../src/http/redaction'
import { downsizedSize } from '../../src/images/downsizing'
import { InferenceHTTPClient } from '../../src/index'
import { type StubServer, startStubServer } from '../support/stub-server'
import type { Row } from './rules/index'
import { rowsOf, tableOf } from './tables'

describe('tables of the Python SDK', () => {
  for (const { apiUrl, mode } of rowsOf('clientMode')) {
    it(`${apiUrl} is ${mode}`, () => assert.equal(modeOf(new URL(apiUrl)), mode))
  }

  for (const { width, height, maxWidth, maxHeight, factor, opencv } of rowsOf('downsizing')) {
    it(`${width} × ${height} fits into ${maxWidth} × ${maxHeight} as ${factor === null ? 'it is' : opencv.join(' × ')}`, () => {
      const size = downsizedSize({ width, height }, { width: maxWidth, height: maxHeight })
      assert.deepEqual(size && [size.width, size.height], factor === null ? undefined : opencv)
    })
  }

  it('aliases of models', () => {
    for (const [alias, id] of Object.entries(tableOf('aliases'))) assert.equal(resolveAlias(alias), id)
    for (const id of ['cars/3', 'YOLOv8n-640', 'constructor', '']) assert.equal(resolveAlias(id), id)
  })

  for (const { in: text, out } of rowsOf('redaction')) {
    it(`${text} is shown as ${out}`, () => assert.equal(redact(text), out))
  }
})

const routes: Record<string, string> = {
  'object-detection': '/infer/object_detection',
  'instance-segmentation': '/infer/instance_segmentation',
  'keypoint-detection': '/infer/keypoints_detection',
  classification: '/infer/classification',
}

describe('the configuration of the Python SDK on the wire', () => {
  let server: StubServer
  let client: InferenceHTTPClient

  before(async () => {
    server = await startStubServer()
    const models = Object.keys(routes).map((task) => ({ model_id: `${task}/1`, task_type: task }))
    server.answer = ({ path: asked }) => ({
      json: asked === '/model/registry' ? { models } : { image: { width: 64, height: 64 }, predictions: [] },
    })
    client = new InferenceHTTPClient({ apiUrl: server.url, apiKey: 'key' })
  })

  after(async () => {
    await client.close()
    await server.stop()
  })

  /** What goes over the wire for a place such as `v0.query` or `v1.classification.body`, key and image left out. */
  const sentTo = async (place: string, configuration: object): Promise<Row> => {
    const [mode, task = ''] = place.split('.')
    const modelId = `${task in routes ? task : 'object-detection'}/1`
    const copy = client.useConfiguration(configuration)
    const image = path.join(__dirname, 'images/d_64x64.jpg')
    await (mode === 'v0' ? copy.inferFromApiV0(image, { modelId }) : copy.inferFromApiV1(image, { modelId }))
    const { query, json } = server.requests.at(-1) ?? assert.fail('nothing was sent')
    const sent = place.endsWith('query') ? Object.fromEntries(query) : json
    const { api_key: _key, model_id: _id, image: _image, ...fields } = sent
    return fields
  }

  const assertSent = async (place: string, configuration: object, expected: Row): Promise<void> => {
    const fields = place.endsWith('query')
      ? Object.fromEntries(Object.entries(expected).map(asText))
      : expected
    assert.deepEqual(await sentTo(place, configuration), fields, place)
  }

  const asText = ([name, value]: [string, unknown]): [string, string] => [
    name,
    value === true ? 'True' : value === false ? 'False' : String(value),
  ]

  const defaults = tableOf('configDefaultsOnWire')
  // `core` is what models of other routes get
  const places = Object.keys(defaults).filter((place) => !place.startsWith('core.'))

  it('has the fields of the SDK, and no others', () => {
    const names = rowsOf('configFields').map(({ field }) => field)
    assert.deepEqual(fieldNames.map(snakeCase).sort(), names.sort())
  })

  it('is the defaults alone when nothing is set', async () => {
    for (const place of places) await assertSent(place, {}, defaults[place])
  })

  for (const { field, default: unset, probe, wire } of rowsOf('configFields')) {
    it(`has ${field} = ${JSON.stringify(probe)}`, async () => {
      const name = fieldNames.find((known) => snakeCase(known) === field) ?? assert.fail(`no field ${field}`)
      assert.deepEqual(fieldOf(name).default ?? null, unset)
      for (const place of places) {
        await assertSent(place, { [field]: probe }, { ...defaults[place], ...wire[place] })
      }
    })
  }

  it('has all fields at once', async () => {
    for (const row of rowsOf('configFull')) {
      for (const place of places) await assertSent(place, row.config, row[place])
    }
  })
})
