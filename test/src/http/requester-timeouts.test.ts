import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import { HTTPServerTimeoutError } from '../../../src/errors'
import type { ApiRequest, RequestOptions } from '../../../src/http/requester'
import type { StubServer } from '../../support/stub-server'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { bareServers, requesters, stubServers } from '../opened'
import { assertNoMoreTimers, liveTimers } from './timers'

const get: ApiRequest = { method: 'GET', path: '/info' }
const loading = (model: string): ApiRequest => ({ ...get, loads: model })

const slow = (stub: StubServer, milliseconds: number) => {
  stub.answer = async () => {
    await pause(milliseconds)
    return undefined
  }
}

describe('the timeouts of a requester', () => {
  const startStub = stubServers()
  const startServer = bareServers()
  const requesterTo = requesters()
  const timeouts = { connect: 5_000, first: 10_000, request: 60 }

  it('ends a request that is never answered with code TIMEOUT, and does not repeat it', async () => {
    const stub = await startStub()
    stub.answer = () => 'hang'
    const error = await failureOf(requesterTo(stub.url, { timeouts }).request({ ...get, path: '/slow' }))
    assert.ok(error instanceof HTTPServerTimeoutError)
    assert.equal(error.code, 'TIMEOUT')
    assert.match(error.message, /\/slow gave no answer in 0\.06 s/)
    assert.ok(error.hint)
    // when the server is asked whether it is there, no other attempt is under way
    await waitUntil(
      () => stub.requests.some(({ path }) => path === '/info') || undefined,
      () => 'the server was not asked whether it is there',
    )
    assert.ok(stub.requests.filter(({ path }) => path === '/slow').length <= 1)
  })

  for (const timeout of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
    it(`refuses a timeout of ${timeout}: a timer would end at once`, async () => {
      const stub = await startStub()
      const error = await failureOf(requesterTo(stub.url).request(get, { timeout }))
      assert.equal(error.code, 'INVALID_PARAMETER')
      assert.equal(stub.requests.length, 0)
    })
  }

  it('ends an answer whose body stops on the way', async () => {
    const url = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{')
    })
    const error = await failureOf(requesterTo(url, { timeouts }).request(get))
    assert.equal(error.code, 'TIMEOUT')
  })

  it('gives the first answer of a model the longer time, later ones the shorter', async () => {
    const stub = await startStub()
    slow(stub, 200)
    const requester = requesterTo(stub.url, { timeouts })
    await requester.request(loading('cars/3'))
    assert.equal((await failureOf(requester.request(loading('cars/3')))).code, 'TIMEOUT')
  })

  it('gives each model the longer time once', async () => {
    const stub = await startStub()
    slow(stub, 200)
    const requester = requesterTo(stub.url, { timeouts })
    await requester.request(loading('cars/3'))
    await requester.request(loading('cars/4'))
    assert.equal((await failureOf(requester.request(loading('cars/4')))).code, 'TIMEOUT')
  })

  it('gives what loads nothing the shorter time', async () => {
    const stub = await startStub()
    slow(stub, 200)
    assert.equal((await failureOf(requesterTo(stub.url, { timeouts }).request(get))).code, 'TIMEOUT')
  })

  it('gives the longer time again after an answer that was an error', async () => {
    const stub = await startStub()
    stub.answer = () => ({ status: 500, json: {} })
    const requester = requesterTo(stub.url, { timeouts })
    await failureOf(requester.request(loading('cars/3')))
    slow(stub, 200)
    await requester.request(loading('cars/3'))
  })

  it('gives the longer time again after the connection was lost', async () => {
    const stub = await startStub()
    const requester = requesterTo(stub.url, { timeouts })
    await requester.request(loading('cars/3'))
    stub.answer = () => 'drop'
    await failureOf(requester.request(get, { attempts: 1 }))
    slow(stub, 200)
    await requester.request(loading('cars/3'))
  })

  it('takes the time of the call before its own', async () => {
    const stub = await startStub()
    slow(stub, 200)
    const requester = requesterTo(stub.url, { timeouts })
    await requester.request(get, { timeout: 10_000 })
    assert.equal((await failureOf(requester.request(loading('a/1'), { timeout: 50 }))).code, 'TIMEOUT')
  })

  it('takes a later time of the call for later answers alone', async () => {
    const stub = await startStub()
    slow(stub, 200)
    const requester = requesterTo(stub.url, { timeouts: { ...timeouts, request: 10_000 } })
    const options = { timeouts: { request: 50 } }
    await requester.request(loading('cars/3'), options)
    assert.equal((await failureOf(requester.request(loading('cars/3'), options))).code, 'TIMEOUT')
    assert.equal((await failureOf(requester.request(get, options))).code, 'TIMEOUT')
    await requester.request(loading('cars/3'))
  })

  it('takes a first time of the call for first answers alone, and its one time before both', async () => {
    const stub = await startStub()
    slow(stub, 200)
    const requester = requesterTo(stub.url, { timeouts: { ...timeouts, request: 10_000 } })
    const options = { timeouts: { first: 50 } }
    assert.equal((await failureOf(requester.request(loading('cars/3'), options))).code, 'TIMEOUT')
    await requester.request(get, options)
    await requester.request(loading('cars/3'), { ...options, timeout: 10_000 })
    await requester.request(loading('cars/3'), options)
  })

  for (const timeouts of [{ first: 0 }, { request: Number.POSITIVE_INFINITY }, { request: null }]) {
    it(`refuses ${inspect(timeouts)}, and names it`, async () => {
      const stub = await startStub()
      const error = await failureOf(requesterTo(stub.url).request(get, { timeouts } as RequestOptions))
      assert.equal(error.code, 'INVALID_PARAMETER')
      assert.ok(error.message.includes(`timeouts.${Object.keys(timeouts)[0]} takes`), error.message)
      assert.equal(stub.requests.length, 0)
    })
  }

  it('remembers the models that answered last, not every one that ever did', async () => {
    const stub = await startStub()
    const requester = requesterTo(stub.url, { timeouts })
    for (let number = 0; number < 1_001; number++) await requester.request(loading(`cars/${number}`))
    slow(stub, 200)
    await requester.request(loading('cars/0'))
    assert.equal((await failureOf(requester.request(loading('cars/2')))).code, 'TIMEOUT')
  })

  it('leaves no timer after an answer, an error and a timeout', async () => {
    const stub = await startStub()
    const requester = requesterTo(stub.url)
    await requester.request(get)
    const before = liveTimers()
    await requester.request(loading('cars/3'))
    stub.answer = () => ({ status: 400, json: {} })
    await failureOf(requester.request(loading('cars/4')))
    stub.answer = ({ path }) => (path === '/info' ? undefined : 'hang')
    await failureOf(requester.request({ ...get, path: '/slow' }, { timeout: 50 }))
    await assertNoMoreTimers(before)
  })
})
