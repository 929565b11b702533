import assert from 'node:assert/strict'
import type { InferenceConfiguration } from '../../../src/index'
import { paint } from '../../support/images'
import type { StubServer } from '../../support/stub-server'
import { clients, stubServers } from '../opened'
import { fieldsOnTheWire } from './fields-on-the-wire'

const defaults = Object.fromEntries(
  fieldsOnTheWire.filter(({ unset }) => unset !== undefined).map(({ wire, unset }) => [wire, unset]),
)

/** As a query writes it. */
const inQuery = (value: unknown): string =>
  value === true ? 'True' : value === false ? 'False' : String(value)

describe('a configuration on the wire', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  beforeEach(async () => {
    stub = await startStub()
  })

  /** What a configuration adds to the body and the query of an inference. */
  const sent = async (configuration: object) => {
    const client = clientOf(stub.url, { configuration: configuration as InferenceConfiguration })
    await client.infer(await paint(8, 6), { modelId: 'cars/3' })
    const { query, json } = stub.inferences.at(-1) ?? assert.fail('nothing was sent')
    const { api_key: _key, model_id: _id, image: _image, ...body } = json
    return { body, query: Object.fromEntries(query) }
  }

  it('is the defaults alone when nothing is set', async () => {
    assert.deepEqual(defaults, { visualize_predictions: false, disable_active_learning: false })
    assert.deepEqual(await sent({}), { body: defaults, query: {} })
  })

  for (const { field, in: place, wire, probe } of fieldsOnTheWire) {
    it(`has ${field} as ${wire} in the ${place}`, async () => {
      assert.deepEqual(await sent({ [field]: probe }), {
        body: place === 'body' ? { ...defaults, [wire]: probe } : defaults,
        query: place === 'query' ? { [wire]: inQuery(probe) } : {},
      })
    })
  }

  it('has everything that is set', async () => {
    const of = (place: string) => fieldsOnTheWire.filter((field) => field.in === place)
    const all = Object.fromEntries(fieldsOnTheWire.map(({ field, probe }) => [field, probe]))
    assert.deepEqual(await sent(all), {
      body: Object.fromEntries(of('body').map(({ wire, probe }) => [wire, probe])),
      query: Object.fromEntries(of('query').map(({ wire, probe }) => [wire, inQuery(probe)])),
    })
  })

  it('keeps false and 0 apart from what is not set', async () => {
    const set = { classAgnosticNms: false, iouThreshold: 0, maxDetections: null, countInference: false }
    assert.deepEqual(await sent(set), {
      body: { ...defaults, class_agnostic_nms: false, iou_threshold: 0 },
      query: { countinference: 'False' },
    })
  })

  it('has odd characters as they are', async () => {
    const { query, body } = await sent({ serviceSecret: 's3 cr&t+/€', sourceInfo: 'rev 7/é' })
    assert.equal(query.service_secret, 's3 cr&t+/€')
    assert.equal(body.source_info, 'rev 7/é')
  })
})
