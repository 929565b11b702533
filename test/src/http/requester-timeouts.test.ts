import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { HTTPServerTimeoutError } from '../../../src/errors'
import type { ApiRequest } from '../../../src/http/requester'
import type { StubServer } from '../../support/stub-server'
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
    const error = await failureOf(requesterTo(stub.url, { timeouts }).request(get))
    assert.ok(error instanceof HTTPServerTimeoutError)
    assert.equal(error.code, 'TIMEOUT')
    assert.match(error.message, /\/info gave no answer in 0\.06 s/)
    assert.ok(error.hint)
    await pause(100)
    assert.equal(stub.requests.length, 1)
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

  it('leaves no timer after an answer, an error and a timeout', async () => {
    const stub = await startStub()
    const requester = requesterTo(stub.url)
    await requester.request(get)
    const before = liveTimers()
    await requester.request(loading('cars/3'))
    stub.answer = () => ({ status: 400, json: {} })
    await failureOf(requester.request(loading('cars/4')))
    stub.answer = () => 'hang'
    await failureOf(requester.request(get, { timeout: 50 }))
    await assertNoMoreTimers(before)
  })
})
