import assert from 'node:assert/strict'
import { HTTPCallErrorError, HTTPServerConnectionError } from '../../../src/errors'
import type { ApiRequest } from '../../../src/http/requester'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { bareServers, deadUrl, rawServers, requesters, stubServers } from '../opened'

const get: ApiRequest = { method: 'GET', path: '/info' }

describe('the connection of a requester', () => {
  const startStub = stubServers()
  const startServer = bareServers()
  const startRaw = rawServers()
  const requesterTo = requesters()

  it('says what is wrong when nothing listens there', async () => {
    const url = await deadUrl()
    const error = await failureOf(requesterTo(url, { attempts: 1 }).request(get))
    assert.ok(error instanceof HTTPServerConnectionError)
    assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
    assert.equal(error.reason, 'ECONNREFUSED')
    assert.match(String(error.hint), /running there.*9001/)
    assert.ok(error.message.includes(url), error.message)
    assert.ok(error.message.includes(String(error.hint)), error.message)
    assert.equal('cause' in error, false)
  })

  it('names the system’s reason for "localhost" too, which has two addresses', async () => {
    const url = (await deadUrl()).replace('127.0.0.1', 'localhost')
    const error = await failureOf(requesterTo(url, { attempts: 1 }).request(get))
    assert.equal(error.reason, 'ECONNREFUSED')
  })

  it('tells that the server is there: with each answer, errors too', async () => {
    const stub = await startStub()
    const seen: boolean[] = []
    const requester = requesterTo(stub.url, { onConnection: (reachable) => seen.push(reachable) })
    await requester.request(get)
    stub.answer = () => ({ status: 500, json: {} })
    await failureOf(requester.request(get))
    assert.deepEqual(seen, [true, true])
  })

  it('tells that the server is gone: refused, dropped', async () => {
    const stub = await startStub()
    const seen: boolean[] = []
    const onConnection = (reachable: boolean) => seen.push(reachable)
    const once = { attempts: 1, onConnection }
    await failureOf(requesterTo(await deadUrl(), once).request(get))
    stub.answer = () => 'drop'
    await failureOf(requesterTo(stub.url, once).request(get))
    assert.deepEqual(seen, [false, false])
  })

  it('tells each attempt: gone, then back', async () => {
    const stub = await startStub()
    stub.answer = (_request, number) => (number === 1 ? 'drop' : undefined)
    const seen: boolean[] = []
    await requesterTo(stub.url, { onConnection: (reachable) => seen.push(reachable) }).request(get)
    assert.deepEqual(seen, [false, true])
  })

  it('takes an answer that ends in the middle for a lost connection, and asks again', async () => {
    let asked = 0
    const url = await startServer((_request, response) => {
      asked++
      if (asked > 1) {
        response.end('{"whole":true}')
        return
      }
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"whole":')
      setTimeout(() => response.destroy(), 20)
    })
    const answer = await requesterTo(url).request(get)
    assert.equal(answer.body.toString(), '{"whole":true}')
    assert.equal(asked, 2)
  })

  it('asks whether it is http or https where something else answers, and does not try again', async () => {
    let connections = 0
    const url = await startRaw((socket) => {
      connections++
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    })
    const told: boolean[] = []
    const requester = requesterTo(url, { onConnection: (reachable) => told.push(reachable) })
    const error = await failureOf(requester.request({ ...get, path: '/models' }))
    assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
    assert.match(String(error.reason), /^HPE_/)
    assert.match(error.message, /http instead of https/)
    // asked whether it is there, it does not say so either
    await waitUntil(
      () => told.length || undefined,
      () => 'nothing was told',
    )
    assert.deepEqual(told, [false])
    assert.equal(connections, 2)
  })

  it('takes a request that is too long for the server for no lost server, and does not try again', async () => {
    let heads = 0
    const url = await startRaw((socket) => {
      socket.on('data', (bytes) => {
        if (String(bytes).startsWith('GET /info ')) {
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
          return
        }
        heads += Number(bytes.includes('HTTP/1.1'))
        if (heads > 0) socket.destroy()
      })
    })
    const told: boolean[] = []
    const requester = requesterTo(url, { onConnection: (reachable) => told.push(reachable) })
    for (const call of [
      { ...get, path: `/${'x'.repeat(20_000)}/3` },
      { ...get, path: '/cars/3', query: new URLSearchParams({ classes: 'x'.repeat(20_000) }) },
      { ...get, path: '/cars/3', headers: { authorization: `Bearer ${'x'.repeat(20_000)}` } },
    ]) {
      told.length = 0
      heads = 0
      const error = await failureOf(requester.request(call))
      assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
      assert.match(error.message, /did not take a request with 20 KiB of address and headers.*too long/)
      assert.ok(error.message.length < 400)
      assert.equal(heads, 1)
      await waitUntil(
        () => told.length || undefined,
        () => 'nothing was told',
      )
      assert.deepEqual(told, [true])
    }
  })

  it('says which server refused a request for its length, by 431 or 414, and does not try again', async () => {
    const stub = await startStub()
    const error = await failureOf(requesterTo(stub.url).request({ ...get, path: `/${'x'.repeat(20_000)}/3` }))
    assert.equal(error.statusCode, 431)
    assert.match(error.message, /too long/)
    assert.ok(error.message.length < 600)
    stub.answer = () => ({ status: 414, json: {} })
    assert.equal((await failureOf(requesterTo(stub.url).request(get))).statusCode, 414)
    assert.equal(stub.requests.length, 1)
  })

  it('does not follow a redirect; the hint names the new place', async () => {
    const elsewhere = await startStub()
    for (const status of [301, 302, 303, 307, 308]) {
      const stub = await startStub()
      stub.answer = () => ({ status, headers: { location: `${elsewhere.url}/info` }, text: '' })
      const error = await failureOf(requesterTo(stub.url).request(get))
      assert.ok(error instanceof HTTPCallErrorError)
      assert.equal(error.statusCode, status)
      assert.ok(String(error.hint).includes(`${elsewhere.url}/info`), error.hint)
      assert.equal(stub.requests.length, 1)
    }
    assert.equal(elsewhere.requests.length, 0)
  })

  it('opens new connections after it was closed', async () => {
    const stub = await startStub()
    const requester = requesterTo(stub.url)
    await requester.request(get)
    await requester.close()
    assert.equal((await requester.request(get)).status, 200)
  })

  it('hands on status, headers and the body’s bytes', async () => {
    const bytes = Buffer.from([0, 255, 128, 10])
    const url = await startServer((_request, response) => {
      response.writeHead(201, { 'X-Mark': 'seen', 'set-cookie': ['a', 'b'] }).end(bytes)
    })
    const answer = await requesterTo(url).request(get)
    assert.equal(answer.status, 201)
    assert.equal(answer.headers['x-mark'], 'seen')
    assert.equal(answer.headers['set-cookie'], 'a')
    assert.deepEqual(answer.body, bytes)
  })
})
