import assert from 'node:assert/strict'
import type { NodeAPI } from 'node-red'
import { openAdminRoutes } from '../../../nodes/config/admin-routes'
import { inferenceFieldNames } from '../../../src/configuration/fields'
import type { StubRequest } from '../../support/stub-server'
import { admin, type Message, startFlow, stubForEachTest } from '../flow'

/** Every key that a request carries, in whatever place. */
const keysOf = ({ query, headers, json }: StubRequest) =>
  [query.get('api_key'), headers.authorization, json?.api_key].filter(Boolean)

describe('what the editor asks of the runtime', () => {
  const test = stubForEachTest()

  it('needs the permissions to read or write servers', () => {
    const routes: string[][] = []
    const register = (method: string) => (path: string, permission: string) =>
      routes.push([method, path, permission])
    const httpAdmin = { get: register('get'), post: register('post') }
    const auth = { needsPermission: (permission: string) => permission }
    openAdminRoutes({ httpAdmin, auth } as unknown as NodeAPI)
    assert.deepEqual(routes, [
      ['get', '/roboflow/configuration-fields', 'roboflow-config.read'],
      ['get', '/roboflow/aliases', 'roboflow-config.read'],
      ['post', '/roboflow/:id/test', 'roboflow-config.write'],
      ['get', '/roboflow/:id/models', 'roboflow-config.read'],
    ])
  })

  it('gets every configuration field that a dialog may set', async () => {
    await startFlow({ url: test.stub.url })
    const { body } = await admin().get('/roboflow/configuration-fields').expect(200)
    const names = body.map(({ name }: Message) => name)
    assert.deepEqual(names, inferenceFieldNames)
    for (const other of ['serviceSecret', 'apiKeyTransport', 'profilingDirectory'] as const) {
      assert.equal(names.includes(other), false, other)
    }
    assert.ok(body.every(({ about, type }: Message) => about.length > 10 && typeof type === 'string'))
    assert.equal(body.find(({ name }: Message) => name === 'maxDetections').label, 'max_detections')
  })

  it('gets the short names of public models', async () => {
    await startFlow({ url: test.stub.url })
    const { body } = await admin().get('/roboflow/aliases').expect(200)
    assert.equal(body['yolov8n-640'], 'coco/3')
    assert.ok(Object.keys(body).length > 50)
  })

  describe('the list of models', () => {
    it('is what the server has loaded', async () => {
      await startFlow({ url: test.stub.url, credentials: { apiKey: 'stored-key' } })
      const { body } = await admin().get('/roboflow/server/models').expect(200)
      assert.deepEqual(body, [{ id: 'cars/3', task: 'object-detection' }])
      assert.deepEqual(test.stub.requests.flatMap(keysOf), ['stored-key'])
    })

    it('is 404 for a server that is not deployed or has no client', async () => {
      await startFlow({ url: 'not a URL' })
      await admin().get('/roboflow/new/models').expect(404)
      await admin().get('/roboflow/server/models').expect(404)
    })

    it('is 404 for a node of another kind, even one that has a client too', async () => {
      const flow = await startFlow({ url: test.stub.url })
      Object.assign(flow.node('out'), { client: {} })
      await admin().get('/roboflow/out/models').expect(404)
    })

    it('is an error with a code when the server does not answer', async () => {
      await startFlow({ url: test.stub.url })
      await test.stub.stop()
      const { body } = await admin().get('/roboflow/server/models').expect(502)
      assert.equal(body.code, 'SERVER_CONNECTION_ERROR')
    })
  })
})
