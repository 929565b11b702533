import assert from 'node:assert/strict'
import { mock } from 'node:test'
import type { Server } from '../../../nodes/shared/server'
import { nodeFromDialog } from '../../package/editor-definitions'
import { paint } from '../../support/images'
import { detection, type StubServer, startStubServer } from '../../support/stub-server'
import { waitUntil } from '../../support/wait-until'
import { collect, type Flow, type Message, startFlow, stopFlow, stubForEachTest, variable } from '../flow'
import { startPlainServer } from '../plain-server'

describe('roboflow-config', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
  })

  const clientOf = (flow: Flow) => (flow.node('server') as unknown as Server).client

  it('has one client for all of its nodes: what one learned, the others know', async () => {
    const second = nodeFromDialog('infer', {
      id: 'infer 2',
      server: 'server',
      model: 'cars/3',
      wires: [['out 2']],
    })
    const flow = await startFlow({ url: test.stub.url, nodes: [second, { id: 'out 2', type: 'helper' }] })
    const others = collect('out 2')
    flow.send({ payload: jpeg })
    await flow.out.next()
    flow.node('infer 2').receive({ payload: jpeg } as Message)
    await others.next()
    assert.equal(test.stub.requests.filter(({ path }) => path === '/model/registry').length, 1)
    assert.equal(test.stub.inferences.length, 2)
  })

  it('asks nothing of the server by itself', async () => {
    const flow = await startFlow({ url: test.stub.url })
    flow.send({ payload: jpeg })
    await flow.out.next()
    assert.deepEqual(
      test.stub.requests.map(({ path }) => path),
      ['/model/registry', '/infer/object_detection'],
    )
  })

  it('says what is wrong with its URL, and so do the messages of its nodes', async () => {
    for (const url of ['not a URL', 'ftp://127.0.0.1', '']) {
      const flow = await startFlow({ url })
      assert.equal(clientOf(flow), undefined)
      flow.send({ payload: jpeg })
      const { error } = await flow.caught.next()
      assert.equal(error.code, 'INVALID_PARAMETER')
      assert.match(error.message, /server URL/)
      await stopFlow()
    }
  })

  it('names the environment variable that its URL should come from, where that is not set', async () => {
    const flow = await startFlow({ url: variable('NOT_SET') })
    flow.send({ payload: jpeg })
    const { error } = await flow.caught.next()
    assert.equal(error.code, 'NOT_CONFIGURED')
    assert.match(
      error.message,
      /^The URL of the server is the environment variable NOT_SET, which is not set\./,
    )
  })

  it('has no key for Roboflow’s hosted servers: their messages fail before anything is sent', async () => {
    for (const url of ['https://serverless.roboflow.com', 'https://detect.roboflow.eu/']) {
      const flow = await startFlow({ url, server: { retries: false } })
      flow.send({ payload: jpeg })
      assert.equal((await flow.caught.next()).error.code, 'API_KEY_NOT_PROVIDED')
      await stopFlow()
    }
  })

  it('speaks the API version that is chosen for it, or in the node that uses it', async () => {
    test.stub.answer = ({ path }) => (path === '/cars/3' ? { json: detection } : undefined)
    const pathFor = async (server: Message, infer: Message) => {
      const flow = await startFlow({
        url: test.stub.url,
        server,
        properties: infer,
        credentials: { apiKey: 'key' },
      })
      flow.send({ payload: jpeg })
      await flow.out.next()
      await stopFlow()
      return test.stub.requests.at(-1)?.path
    }
    assert.equal(await pathFor({ apiVersion: 'v0' }, {}), '/cars/3')
    assert.equal(await pathFor({ apiVersion: 'v1' }, {}), '/infer/object_detection')
    assert.equal(await pathFor({ apiVersion: 'v0' }, { apiVersion: 'v1' }), '/infer/object_detection')
    assert.equal(await pathFor({ apiVersion: 'auto' }, { apiVersion: 'v0' }), '/cars/3')
  })

  it('takes its connections with it when it closes', async () => {
    const server = await startPlainServer((_request, response) =>
      response.end('{ "name": "a", "version": "1", "uuid": "u" }'),
    )
    try {
      const flow = await startFlow({ url: server.url })
      await clientOf(flow)?.getServerInfo()
      assert.equal(server.connections(), 1)
      await stopFlow()
      await waitUntil(
        () => server.connections() === 0 || undefined,
        () => 'still connected',
        // the server itself ends idle connections after 5 s
        2_000,
      )
    } finally {
      await server.stop()
    }
  })

  describe('whose server goes and comes back', () => {
    let again: StubServer | undefined
    afterEach(async () => {
      mock.timers.reset()
      await again?.stop()
    })

    it('reports it once each way, and its nodes work again by themselves', async () => {
      const flow = await startFlow({ url: test.stub.url, server: { retries: false, goneToCatch: true } })
      const send = async (collector: 'out' | 'caught') => {
        flow.send({ payload: jpeg })
        return flow[collector].next()
      }
      await send('out')
      const asked = test.stub.requests.length
      await send('out')
      assert.equal(test.stub.requests.length, asked + 1, 'nothing else is asked while all is well')
      assert.deepEqual([flow.serverErrors.messages, flow.serverStatuses.messages], [[], []])

      await test.stub.stop()
      mock.timers.enable({ apis: ['setInterval'] })
      for (let index = 0; index < 3; index++) {
        assert.equal((await send('caught')).error.code, 'SERVER_CONNECTION_ERROR')
      }
      const { error } = await flow.serverErrors.next()
      assert.equal(error.code, 'SERVER_GONE')
      assert.ok(error.message.includes(test.stub.url))
      const gone = (await flow.serverStatuses.next()).status
      assert.deepEqual([gone.fill, gone.text], ['red', 'roboflow-config.status.gone'])

      again = await startStubServer(test.stub.port)
      mock.timers.tick(5_000)
      const back = (await flow.serverStatuses.next()).status
      assert.deepEqual([back.fill, back.text], ['green', 'roboflow-config.status.back'])
      assert.deepEqual(
        again.requests.map(({ path }) => path),
        ['/info'],
      )
      await send('out')
      await send('out')
      assert.equal(flow.serverErrors.messages.length, 1)
      assert.equal(flow.serverStatuses.messages.length, 2)
    })

    it('notices at once when a message gets its answer before it has asked', async () => {
      const flow = await startFlow({ url: test.stub.url, server: { retries: false } })
      await test.stub.stop()
      flow.send({ payload: jpeg })
      await flow.serverStatuses.next()
      assert.deepEqual(flow.serverErrors.messages, [], 'Catch nodes hear of it only where they are to')
      again = await startStubServer(test.stub.port)
      flow.send({ payload: jpeg })
      await flow.out.next()
      assert.equal((await flow.serverStatuses.next()).status.fill, 'green')
      assert.ok(again.requests.every(({ path }) => path !== '/info'))
    })

    it('shows neither user nor password of its URL', async () => {
      const url = test.stub.url.replace('//', '//someone:hush42@')
      const flow = await startFlow({ url, server: { retries: false, goneToCatch: true } })
      await test.stub.stop()
      flow.send({ payload: jpeg })
      const seen = JSON.stringify([await flow.serverErrors.next(), await flow.caught.next()])
      assert.doesNotMatch(seen, /hush42/)
    })
  })
})
