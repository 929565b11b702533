import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { InferenceHTTPClient, type RequestOptions } from '../../../src/index'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { assertNoMoreTimers, liveTimers } from '../http/timers'
import { bareServers, clients, stubServers } from '../opened'
import { aboutImages, answerAll, everyMethod, type Method } from './every-method'

const enough = new Error('enough')
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length
const openSockets = () =>
  process.getActiveResourcesInfo().filter((kind) => /^(TCPSocketWrap|TLSWrap)$/.test(kind)).length

describe('aborting every method besides inference', () => {
  const startStub = stubServers()
  const startServer = bareServers()
  const clientOf = clients()

  interface Abortion {
    apiUrl: string
    call: (client: InferenceHTTPClient, options: RequestOptions) => Promise<unknown>
    /** Whether the call has come so far that it can be aborted. */
    isUnderWay: () => boolean
  }

  /** The call ends at once, by the signal's reason, and nothing of it is left. */
  const assertEnds = async ({ apiUrl, call, isUnderWay }: Abortion) => {
    // mocha's own timer begins when a test has returned its promise
    await nextTurn()
    const timers = liveTimers()
    const sockets = openSockets()
    const client = new InferenceHTTPClient({ apiUrl })
    const controller = new AbortController()
    const { signal } = controller
    const failure = failureOf(call(client, { signal }))
    await waitUntil(
      () => isUnderWay() || undefined,
      () => 'it did not come so far',
    )
    assert.notEqual(listeners(signal), 0)
    const began = performance.now()
    controller.abort(enough)
    assert.equal(await failure, enough)
    const took = performance.now() - began
    assert.ok(took < 100, `${took} ms`)
    assert.equal(listeners(signal), 0)
    await client.close()
    await assertNoMoreTimers(timers)
    await waitUntil(
      () => openSockets() <= sockets || undefined,
      () => `${openSockets()} sockets are open; there were ${sockets}`,
      1_000,
    )
  }

  for (const method of everyMethod) {
    it(`${method.name} asks nothing when it was aborted before`, async () => {
      const stub = await startStub()
      const signal = AbortSignal.abort(enough)
      const timers = liveTimers()
      assert.equal(await failureOf(method.call(clientOf(stub.url), { signal })), enough)
      assert.equal(stub.requests.length, 0)
      assert.equal(listeners(signal), 0)
      await assertNoMoreTimers(timers)
    })

    it(`${method.name} leaves the signal alone after an answer and after an error`, async () => {
      const stub = await startStub()
      answerAll(stub)
      const client = clientOf(stub.url)
      const { signal } = new AbortController()
      await method.call(client, { signal })
      stub.answer = () => ({ status: 400, json: {} })
      await failureOf(method.call(client, { signal }))
      assert.equal(listeners(signal), 0)
    })

    it(`${method.name} ends while it waits for the answer`, async () => {
      const stub = await startStub()
      stub.answer = () => 'hang'
      await assertEnds({
        apiUrl: stub.url,
        call: (client, options) => method.call(client, options),
        isUnderWay: () => stub.requests.length === 1,
      })
    })

    it(`${method.name} ends in the pause before another attempt`, async () => {
      const stub = await startStub()
      stub.answer = () => ({ status: 503, headers: { 'retry-after': '30' }, json: {} })
      const timers = liveTimers()
      await assertEnds({
        apiUrl: stub.url,
        call: (client, options) => method.call(client, { ...options, attempts: 3 }),
        isUnderWay: () => stub.requests.length === 1 && liveTimers() > timers,
      })
      assert.equal(stub.requests.length, 1)
    })
  }

  describe('while a connection is made', () => {
    let silent: Server
    let connected: Socket[]
    let url: string
    beforeEach(async () => {
      connected = []
      // takes connections, but never says a word of TLS
      silent = createServer((socket) => {
        connected.push(socket.on('error', () => {}).resume())
      })
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
      url = `https://127.0.0.1:${(silent.address() as { port: number }).port}`
    })
    afterEach(async () => {
      for (const socket of connected) socket.destroy()
      await new Promise((resolve) => silent.close(resolve))
    })

    for (const method of everyMethod) {
      it(`${method.name} ends`, () =>
        assertEnds({
          apiUrl: url,
          call: (client, options) => method.call(client, options),
          isUnderWay: () => connected.length === 1,
        }))
    }
  })

  for (const method of aboutImages) {
    it(`${method.name} ends while it reads an image by URL`, async () => {
      const stub = await startStub()
      answerAll(stub)
      let asked = 0
      const images = await startServer((_request, response) => {
        asked++
        // the beginning of an image, and no more
        response.write('GIF89a')
      })
      await assertEnds({
        apiUrl: stub.url,
        call: (client, options) => method.call(client, options, `${images}/car.gif`),
        isUnderWay: () => asked === 1,
      })
      assert.equal(stub.requests.length, 0)
    })
  }

  const removed = everyMethod.filter(({ name }) => ['detectGazes', 'promptCogvlm'].includes(name))
  for (const { name, path, call } of removed satisfies Method[]) {
    it(`${name} ends while it asks for the server's version`, async () => {
      const stub = await startStub()
      stub.answer = (request) => (request.path === path ? { status: 410, json: {} } : 'hang')
      await assertEnds({
        apiUrl: stub.url,
        call,
        isUnderWay: () => stub.requests.at(-1)?.path === '/info',
      })
    })
  }
})
