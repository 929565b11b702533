import assert from 'node:assert/strict'
import type { NodeAPI } from 'node-red'
import { openAdminRoutes } from '../../../nodes/config/admin-routes'
import { inferenceFieldNames } from '../../../src/configuration/fields'
import { paint } from '../../support/images'
import type { StubRequest } from '../../support/stub-server'
import { admin, type Message, startFlow, stubForEachTest } from '../flow'

/** Every key that a request carries, in whatever place. */
const keysOf = ({ query, headers, json }: StubRequest) =>
  [query.get('api_key'), headers.authorization, json?.api_key].filter(Boolean)

describe('what the editor asks of the runtime', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(8, 6)
  })

  it('needs the permissions to read or write servers', () => {
    const routes: string[][] = []
    const register = (method: string) => (path: string, permission: string) =>
      routes.push([method, path, permission])
    const httpAdmin = { get: register('get'), post: register('post') }
    const auth = { needsPermission: (permission: string) => permission }
    openAdminRoutes({ httpAdmin, auth } as unknown as NodeAPI)
    assert.deepEqual(routes, [
      ['get', '/roboflow/configuration-fields', 'roboflow-config.read'],
      ['get', '/roboflow/previews', 'roboflow-config.read'],
      ['get', '/roboflow/devices', 'roboflow-config.read'],
      ['get', '/roboflow/aliases', 'roboflow-config.read'],
      ['post', '/roboflow/:id/test', 'roboflow-config.write'],
      ['get', '/roboflow/:id/models', 'roboflow-config.read'],
      ['post', '/roboflow/:id/workflow-interface', 'roboflow-config.read'],
    ])
  })

  it('gets small images that it does not know yet, of nodes that show them', async () => {
    const flow = await startFlow({ url: test.stub.url, properties: { preview: true } })
    flow.send({ payload: jpeg })
    await flow.out.next()
    const { body } = await admin().get('/roboflow/previews?known=infer:0,other:0').expect(200)
    assert.deepEqual(Object.keys(body), ['infer'])
    const { number, width, height, image } = body.infer
    assert.deepEqual([width, height], [8, 6])
    assert.match(image, /^data:image\/jpeg;base64,/)
    const again = await admin().get(`/roboflow/previews?known=infer:${number}`).expect(200)
    assert.deepEqual(again.body, {})
    for (const odd of ['', '?known=', '?known=a&known=b', '?known=infer:x', `?known=${'a:1,'.repeat(500)}`])
      await admin().get(`/roboflow/previews${odd}`).expect(200)
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
      assert.deepEqual(body, { models: [{ id: 'cars/3', task: 'object-detection' }], refused: [] })
      assert.deepEqual(test.stub.requests.flatMap(keysOf), ['stored-key'])
    })

    it('names the aliases that the server refused, until it takes them', async () => {
      const flow = await startFlow({
        url: test.stub.url,
        server: { retries: false },
        properties: { model: 'alias', modelType: 'msg' },
      })
      const refused = async () => (await admin().get('/roboflow/server/models').expect(200)).body.refused
      test.stub.answer = ({ path }) => (path === '/model/add' ? { status: 503, json: {} } : undefined)
      for (const alias of ['yolov8n-640', 'cars/4']) {
        flow.send({ payload: jpeg, alias })
        assert.equal((await flow.caught.next()).statusCode, 503)
      }
      assert.deepEqual(await refused(), ['yolov8n-640'])
      const coco = { model_id: 'coco/3', task_type: 'object-detection' }
      test.stub.answer = ({ path }) => (path.startsWith('/model') ? { json: { models: [coco] } } : undefined)
      flow.send({ payload: jpeg, alias: 'yolov8n-640' })
      await flow.out.next()
      assert.deepEqual(await refused(), [])
    })

    it('is none of a hosted API, which has any model that the key may use', async () => {
      await startFlow({ url: test.stub.url, server: { apiVersion: 'v0' } })
      const { body } = await admin().get('/roboflow/server/models').expect(200)
      assert.deepEqual(body, { models: [], hosted: true, refused: [] })
      assert.deepEqual(test.stub.requests, [])
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

  describe('the interface of a workflow', () => {
    const described = {
      inputs: { image: ['image'], conf: ['float_zero_to_one'] },
      outputs: { count: ['integer'] },
      typing_hints: { image: 'str' },
      kinds_schemas: {},
    }
    beforeEach(() => {
      test.stub.answer = ({ path }) => (path.endsWith('describe_interface') ? { json: described } : undefined)
    })
    const ask = (body: object, id = 'server') => admin().post(`/roboflow/${id}/workflow-interface`).send(body)
    const asked = () => test.stub.requests.map(({ path, json }) => [path, json])

    it('is what the server says of a saved one, asked with the stored key', async () => {
      await startFlow({ url: test.stub.url, credentials: { apiKey: 'stored-key' } })
      const saved = { workspaceName: 'tiny', workflowId: 'count' }
      const { inputs, outputs } = described
      assert.deepEqual((await ask(saved).expect(200)).body, { inputs, outputs })
      await ask({ ...saved, workflowVersionId: '3', useCache: false }).expect(200)
      const path = '/tiny/workflows/count/describe_interface'
      assert.deepEqual(asked(), [
        [path, { api_key: 'stored-key', use_cache: true }],
        [path, { api_key: 'stored-key', use_cache: false, workflow_version_id: '3' }],
      ])
    })

    it('is what the server says of a specification', async () => {
      await startFlow({ url: test.stub.url })
      await ask({ specification: { steps: [] } }).expect(200)
      assert.deepEqual(asked(), [
        ['/workflows/describe_interface', { api_key: null, specification: { steps: [] } }],
      ])
    })

    it('is asked for by nothing that a program adds, such as options of requests', async () => {
      await startFlow({ url: test.stub.url })
      await ask({ specification: {}, attempts: 'many', timeout: -1, apiKey: 'k', signal: 7 }).expect(200)
      assert.deepEqual(asked(), [['/workflows/describe_interface', { api_key: null, specification: {} }]])
    })

    it('is an error with a code for what is no workflow, and nothing is asked', async () => {
      await startFlow({ url: test.stub.url })
      const bodies = [
        {},
        [],
        { specification: 'text' },
        { workspaceName: {}, workflowId: ['a'] },
        { workspaceName: 'infer', workflowId: '..' },
        { workspaceName: 'a', workflowId: 'b', workflowVersionId: {} },
        { workspaceName: 'a', workflowId: 'b', useCache: 'no' },
      ]
      for (const body of bodies)
        assert.equal((await ask(body).expect(502)).body.code, 'INVALID_PARAMETER', JSON.stringify(body))
      assert.deepEqual(asked(), [])
    })

    it('is an error with the words of the server', async () => {
      await startFlow({ url: test.stub.url })
      test.stub.answer = () => ({ status: 404, json: { message: 'no such workflow' } })
      const { body } = await ask({ workspaceName: 'tiny', workflowId: 'none' }).expect(502)
      assert.equal(body.code, 'HTTP_CALL_ERROR')
      assert.match(body.message, /no such workflow/)
    })

    it('is 404 for a server that is not deployed', async () => {
      await startFlow({ url: test.stub.url })
      await ask({ specification: {} }, 'new').expect(404)
      await ask({ specification: {} }, 'out').expect(404)
    })
  })
})
