import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { type ApiRequest, defaultTimeouts } from '../../../src/http/requester'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { rawServers, requesters } from '../opened'

const call: ApiRequest = { method: 'POST', path: '/infer', body: { json: { a: 1 } }, loads: 'cars/3' }
const answer = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'

/** Until the connection of the last answer is free again: undici takes two turns for that. */
const untilFree = async () => {
  for (let turns = 0; turns < 5; turns++) await turn()
}

describe('a connection that is kept', () => {
  const startServer = rawServers()
  const requesterTo = requesters()

  /** A server that answers the first request on each connection, and does something else with the second. */
  const opened = async (second: (socket: Socket, connection: number) => void, options = {}) => {
    const requests: string[] = []
    const sockets: Socket[] = []
    const url = await startServer((socket, connection) => {
      sockets.push(socket)
      let number = 0
      let text = ''
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1')
        if (!/\r\n\r\n(\{"a":1\})?$/.test(text)) return
        requests.push(`${connection}.${++number} ${text.slice(0, text.indexOf(' HTTP'))}`)
        text = ''
        if (number === 1) socket.write(answer)
        else second(socket, connection)
      })
    })
    const told: boolean[] = []
    const requester = requesterTo(url, {
      attempts: 1,
      onConnection: (reachable) => told.push(reachable),
      ...options,
    })
    return { requester, requests, sockets, told }
  }

  for (const [how, end] of [
    ['closed', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ] as const) {
    it(`and was ${how} as the next request left is no lost server: it is sent again, on another one`, async () => {
      const { requester, requests, told } = await opened(end)
      await requester.request(call)
      await untilFree()
      assert.equal((await requester.request(call)).status, 200)
      assert.deepEqual(requests, ['1.1 POST /infer', '1.2 POST /infer', '2.1 POST /infer'])
      assert.deepEqual(told, [true, true])
    })
  }

  it('is not counted as an attempt, and only once for a call', async () => {
    // every connection but the first ends with its first request
    const requests: number[] = []
    const url = await startServer((socket, connection) => {
      socket.on('data', () => {
        requests.push(connection)
        if (requests.length === 1) socket.write(answer)
        else socket.end()
      })
    })
    const told: boolean[] = []
    const requester = requesterTo(url, { attempts: 1, onConnection: (reachable) => told.push(reachable) })
    await requester.request({ method: 'GET', path: '/models' })
    await untilFree()
    const error = await failureOf(requester.request({ method: 'GET', path: '/models' }))
    assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
    assert.deepEqual(requests, [1, 1, 2])
    assert.deepEqual(told, [true, false])
  })

  it('is not taken for idle once something of the answer came', async () => {
    const { requester, requests, told } = await opened((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{')
    })
    await requester.request(call)
    await untilFree()
    assert.equal((await failureOf(requester.request(call))).code, 'SERVER_CONNECTION_ERROR')
    assert.deepEqual(requests, ['1.1 POST /infer', '1.2 POST /infer'])
    assert.deepEqual(
      told,
      [true, true, false].filter((_each, index) => index !== 1),
    )
  })

  it('is not sent on again what has effects, and asks whether the server is there before it is called gone', async () => {
    const { requester, requests, told } = await opened((socket) => socket.end(), { attempts: 3 })
    await requester.request(call)
    await untilFree()
    const error = await failureOf(requester.request({ ...call, hasEffects: true }))
    assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
    await waitUntil(
      () => told.length === 2 || undefined,
      () => 'nothing was told',
    )
    assert.deepEqual(told, [true, true])
    assert.deepEqual(requests, ['1.1 POST /infer', '1.2 POST /infer', '2.1 GET /info'])
  })

  it('gives the first answer its longer time again where it was closed: the server may have restarted', async () => {
    const timeouts = { ...defaultTimeouts, request: 100 }
    const url = await startServer((socket, connection) => {
      let number = 0
      socket.on('data', async () => {
        if (connection > 1) await pause(300)
        if (++number === 1) socket.write(answer)
        else socket.end()
      })
    })
    const requester = requesterTo(url, { attempts: 1, timeouts })
    await requester.request(call)
    await untilFree()
    assert.equal((await requester.request(call)).status, 200)
  })

  it('gives it again, too, where it was closed while it lay idle', async () => {
    const timeouts = { ...defaultTimeouts, request: 100 }
    let closed = false
    const url = await startServer((socket, connection) => {
      socket.on('data', async () => {
        if (connection > 1) await pause(300)
        socket.write(answer)
        if (connection > 1) return
        socket.on('close', () => {
          closed = true
        })
        setImmediate(() => socket.end())
      })
    })
    const requester = requesterTo(url, { attempts: 1, timeouts })
    await requester.request(call)
    await waitUntil(
      () => closed || undefined,
      () => 'the connection stayed open',
    )
    assert.equal((await requester.request(call)).status, 200)
    await untilFree()
    assert.equal((await failureOf(requester.request(call))).code, 'TIMEOUT')
  })
})
