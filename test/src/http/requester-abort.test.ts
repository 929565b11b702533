import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { HTTPServerConnectionError } from '../../../src/errors'
import { type ApiRequest, defaultTimeouts, Requester } from '../../../src/http/requester'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { bareServers, requesters, stubServers } from '../opened'
import { assertNoMoreTimers, liveTimers } from './timers'

const get: ApiRequest = { method: 'GET', path: '/info' }
const enough = new Error('enough')
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

describe('aborting a request', () => {
  const startStub = stubServers()
  const startServer = bareServers()
  const requesterTo = requesters()

  it('sends nothing when it was aborted before', async () => {
    const stub = await startStub()
    const signal = AbortSignal.abort(enough)
    assert.equal(await failureOf(requesterTo(stub.url).request(get, { signal })), enough)
    assert.equal(stub.requests.length, 0)
    assert.equal(listeners(signal), 0)
  })

  it('rejects with the reason while the server has not answered, and closes the connection', async () => {
    let closed = false
    let asked = false
    const url = await startServer((_request, response) => {
      asked = true
      response.on('close', () => {
        closed = true
      })
    })
    const requester = requesterTo(url)
    const controller = new AbortController()
    const before = liveTimers()
    const failure = failureOf(requester.request(get, { signal: controller.signal }))
    await waitUntil(
      () => asked || undefined,
      () => 'the request did not arrive',
    )
    controller.abort(enough)
    assert.equal(await failure, enough)
    await assertNoMoreTimers(before)
    assert.equal(listeners(controller.signal), 0)
    await waitUntil(
      () => closed || undefined,
      () => 'the connection stayed open',
    )
  })

  it('rejects with the reason during the pause before the next attempt', async () => {
    const stub = await startStub()
    stub.answer = () => ({ status: 503, headers: { 'retry-after': '30' }, json: {} })
    let isAnswered = false
    const onConnection = () => {
      isAnswered = true
    }
    const requester = requesterTo(stub.url, { onConnection })
    const controller = new AbortController()
    const before = liveTimers()
    const failure = failureOf(requester.request(get, { signal: controller.signal }))
    // the pause begins with the answer
    await waitUntil(
      () => isAnswered || undefined,
      () => 'no answer came',
    )
    setTimeout(() => controller.abort(enough), 100)
    assert.equal(await failure, enough)
    await assertNoMoreTimers(before)
    assert.equal(listeners(controller.signal), 0)
    assert.equal(stub.requests.length, 1)
  })

  it('rejects with any reason, also one that is no error', async () => {
    const stub = await startStub()
    stub.answer = () => 'hang'
    for (const reason of ['stop', undefined, 0]) {
      const controller = new AbortController()
      const asked = stub.requests.length
      const failure = failureOf(requesterTo(stub.url).request(get, { signal: controller.signal }))
      await waitUntil(
        () => stub.requests.length > asked || undefined,
        () => 'the request did not arrive',
      )
      controller.abort(reason)
      assert.equal(await failure, controller.signal.reason)
    }
  })

  for (const reason of ['stop', 0]) {
    it(`sends nothing when it is aborted before a connection stands, with the reason ${reason}`, async () => {
      const stub = await startStub()
      stub.answer = () => 'hang'
      const controller = new AbortController()
      const options = { signal: controller.signal, timeout: 500 }
      const failure = failureOf(requesterTo(stub.url).request(get, options))
      controller.abort(reason)
      assert.equal(await failure, reason)
      assert.equal(stub.requests.length, 0)
    }).timeout(2_000)
  }

  it('does not take an abort for a lost server', async () => {
    const stub = await startStub()
    stub.answer = () => 'hang'
    const seen: boolean[] = []
    const requester = requesterTo(stub.url, { onConnection: (reachable) => seen.push(reachable) })
    const controller = new AbortController()
    const failure = failureOf(requester.request(get, { signal: controller.signal }))
    await waitUntil(
      () => stub.requests.length || undefined,
      () => 'the request did not arrive',
    )
    controller.abort(enough)
    assert.equal(await failure, enough)
    assert.deepEqual(seen, [])
  })

  it('rejects with the reason whatever the transport makes of it, and asks the transport nothing afterwards', async () => {
    const controller = new AbortController()
    let sent = 0
    const transport = {
      send: async () => {
        sent++
        controller.abort(enough)
        throw new HTTPServerConnectionError('ECONNRESET', 'Lost.')
      },
      close: async () => {},
    }
    const requester = new Requester(transport, {
      place: '',
      timeouts: defaultTimeouts,
      attempts: 3,
      basic: {},
      redact: (text) => text,
      onConnection: () => assert.fail('an abort says nothing about the server'),
    })
    for (const _call of ['during', 'before']) {
      assert.equal(await failureOf(requester.request(get, { signal: controller.signal })), enough)
    }
    assert.equal(sent, 1)
  })

  it('leaves the signal alone after an answer, an error and retries', async () => {
    const stub = await startStub()
    const requester = requesterTo(stub.url)
    const { signal } = new AbortController()
    await requester.request(get, { signal })
    stub.answer = () => ({ status: 400, json: {} })
    await failureOf(requester.request(get, { signal }))
    stub.answer = (_request, number) =>
      number < 5 ? { status: 503, headers: { 'retry-after': '0' }, json: {} } : undefined
    await requester.request(get, { signal })
    assert.equal(stub.requests.length, 5)
    assert.equal(listeners(signal), 0)
  })

  it('aborts one request and lets the others go on', async () => {
    const stub = await startStub()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    stub.answer = async () => {
      await held
      return undefined
    }
    const requester = requesterTo(stub.url)
    const controller = new AbortController()
    const aborted = failureOf(requester.request(get, { signal: controller.signal }))
    const other = requester.request(get)
    await waitUntil(
      () => stub.requests.length === 2 || undefined,
      () => 'the requests did not arrive',
    )
    controller.abort(enough)
    assert.equal(await aborted, enough)
    release()
    assert.equal((await other).status, 200)
  })
})
