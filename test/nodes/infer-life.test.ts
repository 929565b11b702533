import assert from 'node:assert/strict'
import { paint } from '../support/images'
import { waitUntil } from '../support/wait-until'
import { type Flow, type Message, startFlow, stopFlow, stubForEachTest } from './flow'
import { startPlainServer } from './plain-server'

const description = { task_type: 'object-detection', input_height: 640, input_width: 640 }

describe('infer from deploy to close', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
  })

  describe('that closes during a request', () => {
    /** A server that knows the model and never answers inference; tells when a request's connection is closed. */
    const startHangingServer = async () => {
      const held = { arrived: 0, closed: 0 }
      const server = await startPlainServer((request, response) => {
        if (!request.url?.startsWith('/infer')) {
          response.setHeader('content-type', 'application/json')
          response.end(JSON.stringify({ models: [{ model_id: 'cars/3', ...description }] }))
          return
        }
        held.arrived++
        response.on('close', () => held.closed++)
      })
      return Object.assign(held, server)
    }

    it('ends the request, every message as one without an answer, and itself within 2 s', async () => {
      const server = await startHangingServer()
      try {
        const flow = await startFlow({ url: server.url, properties: { atOnce: 2 } })
        const ends = flow.noteEnds()
        for (let index = 0; index < 5; index++) flow.send({ payload: jpeg })
        await until(() => server.arrived === 2)
        const started = Date.now()
        await stopFlow()
        assert.ok(Date.now() - started < 2_000, `took ${Date.now() - started} ms`)
        await until(() => server.closed === 2)
        assert.deepEqual(ends.map(codeOf), Array(5).fill('NODE_CLOSED'))
        assert.deepEqual(flow.out.messages, [])
        assert.equal(server.arrived, 2, 'what waited is not sent')
      } finally {
        await server.stop()
      }
    })

    it('ends within 2 s also while it reads an image that does not come', async () => {
      const server = await startHangingServer()
      try {
        const flow = await startFlow({ url: test.stub.url })
        const ends = flow.noteEnds()
        flow.send({ payload: `${server.url}/infer.jpg` })
        await until(() => server.arrived === 1)
        const started = Date.now()
        await stopFlow()
        assert.ok(Date.now() - started < 2_000, `took ${Date.now() - started} ms`)
        await until(() => server.closed === 1)
        assert.deepEqual(ends.map(codeOf), ['NODE_CLOSED'])
      } finally {
        await server.stop()
      }
    })

    it('ends at once when nothing runs', async () => {
      await startFlow({ url: test.stub.url })
      const started = Date.now()
      await stopFlow()
      assert.ok(Date.now() - started < 500)
    })
  })

  describe('tries again', () => {
    /** The server is busy once, and asks to be left alone for no time. */
    const busyOnce = () => {
      const busy = { status: 503, headers: { 'retry-after': '0' }, json: { message: 'busy' } }
      test.stub.answer = ({ path }) =>
        path.startsWith('/infer') && test.stub.inferences.length === 1 ? busy : undefined
    }

    it('when the server was busy', async () => {
      const flow = await startFlow({ url: test.stub.url })
      busyOnce()
      flow.send({ payload: jpeg })
      await flow.out.next()
      assert.equal(test.stub.inferences.length, 2)
    })

    it('but not where retries are switched off', async () => {
      const flow = await startFlow({ url: test.stub.url, server: { retries: false } })
      busyOnce()
      flow.send({ payload: jpeg })
      assert.equal((await flow.caught.next()).error.code, 'HTTP_CALL_ERROR')
      assert.equal(test.stub.inferences.length, 1)
    })

    it('but not with a frame of a live source', async () => {
      const flow = await startFlow({ url: test.stub.url })
      busyOnce()
      flow.send({ payload: jpeg, frame: { source: 's', live: true } })
      assert.equal((await flow.caught.next()).error.code, 'HTTP_CALL_ERROR')
      assert.equal(test.stub.inferences.length, 1)
    })

    it('with a frame of a file', async () => {
      const flow = await startFlow({ url: test.stub.url })
      busyOnce()
      flow.send({ payload: jpeg, frame: { source: 's', live: false } })
      await flow.out.next()
      assert.equal(test.stub.inferences.length, 2)
    })
  })

  describe('with "load on deploy"', () => {
    const onlyAdded = () => {
      test.stub.answer = ({ path, json }) => {
        if (path === '/model/registry') return { json: { models: [] } }
        return path === '/model/add'
          ? { json: { models: [{ model_id: json.model_id, ...description }] } }
          : undefined
      }
    }
    const added = () =>
      test.stub.requests.filter(({ path }) => path === '/model/add').map(({ json }) => json.model_id)
    const shows = (flow: Flow, text: RegExp, fill: string) =>
      until(() => flow.statuses.messages.some(({ status }) => text.test(status.text) && status.fill === fill))

    it('loads the model when it starts, and says so', async () => {
      onlyAdded()
      const flow = await startFlow({ url: test.stub.url, properties: { loadOnDeploy: true } })
      await until(() => added().length === 1)
      assert.deepEqual(added(), ['cars/3'])
      await shows(flow, /model-ready/, 'green')
      flow.send({ payload: jpeg })
      await flow.out.next()
      assert.deepEqual(added(), ['cars/3'], 'once is enough')
    })

    it('loads the model that an environment variable names', async () => {
      onlyAdded()
      process.env.TEST_MODEL = 'trucks/9'
      try {
        const infer = { loadOnDeploy: true, model: 'TEST_MODEL', modelType: 'env' }
        await startFlow({ url: test.stub.url, properties: infer })
        await until(() => added().length === 1)
        assert.deepEqual(added(), ['trucks/9'])
      } finally {
        delete process.env.TEST_MODEL
      }
    })

    it('loads none where messages name it, nor without being asked', async () => {
      onlyAdded()
      for (const infer of [
        { loadOnDeploy: true, model: 'payload', modelType: 'msg' },
        { loadOnDeploy: false },
      ]) {
        const flow = await startFlow({ url: test.stub.url, properties: infer as Message })
        // what it does when it starts comes before what it does with a message
        flow.send({ payload: Buffer.from('no image') })
        await flow.caught.next()
        await stopFlow()
      }
      assert.deepEqual(test.stub.requests, [])
    })

    it('warns when that fails, and works on', async () => {
      test.stub.answer = ({ path }) =>
        path === '/model/registry' ? { json: { models: [] } } : { status: 500 }
      const flow = await startFlow({ url: test.stub.url, properties: { loadOnDeploy: true } })
      await shows(flow, /500/, 'red')
      test.stub.answer = () => undefined
      flow.send({ payload: jpeg })
      await flow.out.next()
    })
  })

  it('shows that a model is being loaded while the first image waits for it', async () => {
    let release = () => {}
    test.stub.answer = async ({ path }) => {
      if (path === '/model/registry') return { json: { models: [] } }
      if (path === '/model/add') await new Promise<void>((resolve) => (release = resolve))
      return undefined
    }
    const flow = await startFlow({ url: test.stub.url })
    flow.send({ payload: jpeg })
    await until(() => flow.statuses.messages.some(({ status }) => /loading-model/.test(status.text)))
    release()
    await flow.out.next()
  })
})

const codeOf = (end: unknown) => (end as { code?: string } | undefined)?.code

const until = (condition: () => boolean) =>
  waitUntil(
    () => condition() || undefined,
    () => String(condition),
  )
