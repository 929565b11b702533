import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { ApiRequest } from '../../../src/http/requester'
import { failureOf } from '../failure'
import { rawServers, requesters } from '../opened'

const call: ApiRequest = { method: 'POST', path: '/infer', body: { json: { a: 1 } } }
const answer = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'
const once = { attempts: 1 }

describe('interim answers before the answer', () => {
  const startServer = rawServers()
  const requesterTo = requesters()

  /** Answers each request with these pieces, one after the other. */
  const answering = (...pieces: string[]) => startServer((socket) => answerWith(socket, pieces))

  for (const [what, interim] of [
    ['100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['100 Continue of HTTP/1.0, with headers', 'HTTP/1.0 100 Continue\r\nvia: proxy\r\n\r\n'],
    ['102 Processing, twice', 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n'],
    ['103 Early Hints', 'HTTP/1.1 103 Early Hints\r\nlink: </x.css>; rel=preload\r\n\r\n'],
  ] as const) {
    it(`are read past: ${what}, in one piece with it`, async () => {
      const requester = requesterTo(await answering(interim + answer), once)
      for (let number = 0; number < 3; number++) {
        assert.equal((await requester.request(call)).body.toString(), '{}')
        await turn()
      }
    })

    it(`are read past: ${what}, in pieces of a byte`, async () => {
      const requester = requesterTo(await answering(...interim, ...answer), once)
      assert.equal((await requester.request(call)).body.toString(), '{}')
    })
  }

  it('are told from a body that looks like one', async () => {
    const body = 'HTTP/1.1 100 Continue\r\n\r\n'
    const head = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`
    for (const pieces of [[head + body], [head, body], [...head, ...body]]) {
      const requester = requesterTo(await answering(...pieces), once)
      assert.equal((await requester.request(call)).body.toString(), body)
    }
  })

  it('are waited for only as long as a head may be', async () => {
    const url = await answering(`HTTP/1.1 103 Early Hints\r\nx: ${'x'.repeat(100_000)}`)
    const error = await failureOf(requesterTo(url, once).request(call))
    assert.equal(error.reason, 'UND_ERR_HEADERS_OVERFLOW')
  })

  for (const piece of ['', 'HTTP/1.1 1', 'HTTP/1.1 103 Early Hints\r\n', 'HTTP/1.1 100 Continue\r\n\r\n']) {
    it(`end in a lost connection where nothing follows ${JSON.stringify(piece)}`, async () => {
      const url = await startServer((socket) => socket.once('data', () => socket.end(piece)))
      const error = await failureOf(requesterTo(url, once).request(call))
      assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
    })
  }
})

const answerWith = (socket: Socket, pieces: string[]) => {
  socket.setNoDelay(true)
  socket.on('data', async (bytes) => {
    if (!bytes.toString('latin1').endsWith('{"a":1}')) return
    for (const piece of pieces) {
      socket.write(piece)
      await turn()
    }
  })
}
