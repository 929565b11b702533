import assert from 'node:assert/strict'
import { HTTPServerConnectionError } from '../../../src/errors'
import { UndiciTransport } from '../../../src/http/undici-transport'
import type { StubServer } from '../../support/stub-server'
import { failureOf } from '../failure'
import { deadUrl, stubServers } from '../opened'

describe('the transport over HTTP', () => {
  const startStub = stubServers()
  let stub: StubServer
  let transport: UndiciTransport
  const over = (url: string) => {
    transport = new UndiciTransport(new URL(url), { connectTimeout: 5_000 })
    return transport
  }
  beforeEach(async () => {
    stub = await startStub()
  })
  afterEach(() => transport.close())

  const request = (signal = new AbortController().signal) =>
    ({ method: 'GET', path: '/info', query: new URLSearchParams(), headers: {}, signal }) as const

  it('sends method, path, query, headers and body, and gives what comes', async () => {
    const answer = await over(`${stub.url}/base/`).send({
      ...request(),
      method: 'POST',
      path: '/a%20b',
      query: new URLSearchParams([
        ['x', '1 & 2'],
        ['x', 'é'],
      ]),
      headers: { 'x-mark': 'seen' },
      body: { json: { a: 1 } },
    })
    assert.equal(answer.status, 404)
    assert.match(String(answer.headers['content-type']), /json/)
    assert.deepEqual(JSON.parse(answer.body.toString()), { detail: 'Not Found' })
    const [seen] = stub.requests
    assert.equal(`${seen?.method} ${seen?.path}`, 'POST /base/a%20b')
    assert.deepEqual(seen?.query.getAll('x'), ['1 & 2', 'é'])
    assert.equal(seen?.headers['x-mark'], 'seen')
    assert.deepEqual(seen?.json, { a: 1 })
  })

  it('rejects with the signal’s reason', async () => {
    stub.answer = () => 'hang'
    const controller = new AbortController()
    const reason = new Error('enough')
    const failure = failureOf(over(stub.url).send(request(controller.signal)))
    setTimeout(() => controller.abort(reason), 50)
    assert.equal(await failure, reason)
    assert.equal(await failureOf(transport.send(request(controller.signal))), reason)
  })

  it('rejects with a connection error otherwise, without user and password of the URL', async () => {
    const url = (await deadUrl()).replace('http://', 'http://operator:hidden@')
    const error = await failureOf(over(url).send(request()))
    assert.ok(error instanceof HTTPServerConnectionError)
    assert.equal(error.reason, 'ECONNREFUSED')
    assert.doesNotMatch(error.message, /operator|hidden/)
  })

  it('repeats nothing by itself', async () => {
    stub.answer = () => 'drop'
    await failureOf(over(stub.url).send(request()))
    stub.answer = () => ({ status: 503, headers: { 'retry-after': '0' }, json: {} })
    assert.equal((await transport.send(request())).status, 503)
    assert.equal(stub.requests.length, 2)
  })

  it('ends what is under way when it is closed', async () => {
    stub.answer = () => 'hang'
    const failure = failureOf(over(stub.url).send(request()))
    while (stub.requests.length === 0) await new Promise(setImmediate)
    await transport.close()
    assert.ok((await failure) instanceof HTTPServerConnectionError)
  })
})
