import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { HTTPServerConnectionError } from '../../../src/errors'
import { type ApiRequest, defaultTimeouts, Requester } from '../../../src/http/requester'
import type { Transport, TransportRequest } from '../../../src/http/transport'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { requesters, stubServers } from '../opened'

const slow: ApiRequest = { method: 'POST', path: '/infer/slow', loads: '/infer/slow', body: { json: {} } }
const soon = { timeout: 50 }
const probeTimeout = 600

describe('a server that takes too long', () => {
  const startStub = stubServers()
  const requesterTo = requesters()

  const opened = async (info: 'answers' | 'hangs' | 'drops' | 'is slow') => {
    const stub = await startStub()
    const seen: boolean[] = []
    stub.answer = async ({ path }) => {
      if (path !== '/info') return 'hang'
      if (info === 'is slow') await pause(300)
      return info === 'hangs' ? 'hang' : info === 'drops' ? 'drop' : undefined
    }
    const requester = requesterTo(stub.url, {
      attempts: 1,
      basic: { authorization: 'Basic b3BlcmF0b3I6cHc=' },
      onConnection: (reachable) => seen.push(reachable),
      probeTimeout,
    })
    const asked = () => stub.requests.filter(({ path }) => path === '/info')
    const heard = (...expected: boolean[]) =>
      waitUntil(
        () => seen.length >= expected.length || undefined,
        () => `only ${seen} was told`,
      ).then(() => assert.deepEqual(seen, expected))
    return { stub, requester, seen, asked, heard }
  }

  it('is asked whether it is there, and not called gone when it is', async () => {
    const { requester, asked, heard } = await opened('answers')
    assert.equal((await failureOf(requester.request(slow, soon))).code, 'TIMEOUT')
    await heard(true)
    const [info] = asked()
    assert.equal(String(info?.query), '')
    assert.equal(info?.headers.authorization, 'Basic b3BlcmF0b3I6cHc=')
    assert.equal(info?.body.length, 0)
  })

  it('is called gone when the connection is lost then', async () => {
    const { requester, heard } = await opened('drops')
    await failureOf(requester.request(slow, soon))
    await heard(false)
  })

  it('is called gone when that is not answered either', async () => {
    const { requester, seen, heard } = await opened('hangs')
    await failureOf(requester.request(slow, soon))
    assert.deepEqual(seen, [], 'nothing is said before it was asked')
    await heard(false)
  })

  it('is asked by one request at a time', async () => {
    const { requester, asked, heard } = await opened('is slow')
    await Promise.all([1, 2, 3].map(() => failureOf(requester.request(slow, soon))))
    await heard(true)
    assert.equal(asked().length, 1)
    await failureOf(requester.request(slow, soon))
    await heard(true, true)
    assert.equal(asked().length, 2)
  })

  it('is not called gone when another request was answered meanwhile', async () => {
    const { stub, requester, seen, heard } = await opened('drops')
    let drop = () => {}
    const held = new Promise<void>((resolve) => {
      drop = resolve
    })
    stub.answer = async ({ path }) => {
      if (path === '/other') return { json: {} }
      if (path === '/info') await held
      return path === '/info' ? 'drop' : 'hang'
    }
    await failureOf(requester.request(slow, soon))
    await waitUntil(
      () => stub.requests.some(({ path }) => path === '/info') || undefined,
      () => 'it was not asked',
    )
    await requester.request({ method: 'GET', path: '/other' })
    drop()
    // the next time-out is asked about by a request of its own, so the one before has ended
    await waitUntil(
      async () => {
        await failureOf(requester.request(slow, soon))
        return stub.requests.filter(({ path }) => path === '/info').length > 1 || undefined
      },
      () => 'it was not asked again',
    )
    await heard(true, false)
    assert.deepEqual(seen, [true, false])
  })

  it('keeps its loaded models while it is there, and loses them when it is gone', async () => {
    const stub = await startStub()
    const seen: boolean[] = []
    const requester = requesterTo(stub.url, {
      attempts: 1,
      timeouts: { ...defaultTimeouts, request: 60 },
      onConnection: (reachable) => seen.push(reachable),
    })
    let info: 'drop' | undefined
    let wait = 0
    stub.answer = async ({ path }) => {
      if (path === '/info') return info
      await pause(wait)
      return { json: {} }
    }
    await requester.request(slow)
    wait = 200
    assert.equal((await failureOf(requester.request(slow))).code, 'TIMEOUT')
    await waitUntil(
      () => seen.length === 2 || undefined,
      () => 'it was not asked',
    )
    assert.equal((await failureOf(requester.request(slow))).code, 'TIMEOUT', 'later answers have 60 ms')
    await waitUntil(
      () => seen.length === 3 || undefined,
      () => 'it was not asked',
    )
    info = 'drop'
    await failureOf(requester.request(slow))
    await waitUntil(
      () => seen.at(-1) === false || undefined,
      () => 'it was not told',
    )
    await requester.request(slow)
  })

  it('says so at once where it was just asked whether it is there', async () => {
    const sent: string[] = []
    const { requester, told } = requesterOver(sent, (request) => aborted(request))
    await failureOf(requester.request({ method: 'GET', path: '/info' }, { timeout: probeTimeout }))
    assert.deepEqual(told, [false])
    assert.deepEqual(sent, ['/info'])
  })

  it('is asked once more where the kept connection that asked was closed', async () => {
    const sent: string[] = []
    const { requester, told } = requesterOver(sent, async (request) => {
      if (request.path !== '/info') return aborted(request)
      if (sent.length > 2) return { status: 404, headers: {}, body: Buffer.from('') }
      request.onStaleConnection?.()
      throw new HTTPServerConnectionError('UND_ERR_SOCKET', 'Closed.')
    })
    await failureOf(requester.request(slow, soon))
    await waitUntil(
      () => told.length || undefined,
      () => 'nothing was told',
    )
    assert.deepEqual(sent, ['/infer/slow', '/info', '/info'])
    assert.deepEqual(told, [true])
  })

  it('is asked nothing once the client is closed, and nothing is told', async () => {
    const { requester, asked, seen } = await opened('hangs')
    await failureOf(requester.request(slow, soon))
    await waitUntil(
      () => asked().length || undefined,
      () => 'it was not asked',
    )
    await requester.close()
    assert.deepEqual(seen, [])
    const late = failureOf(requester.request(slow, soon))
    await requester.close()
    assert.ok((await late) instanceof HTTPServerConnectionError)
    assert.equal(asked().length, 1)
    assert.deepEqual(seen, [])
  })

  it('gets no further attempt once the client is closed', async () => {
    const stub = await startStub()
    stub.answer = () => ({ status: 503, headers: { 'retry-after': '30' }, json: {} })
    const told: boolean[] = []
    const requester = requesterTo(stub.url, {
      attempts: 3,
      onConnection: (reachable) => told.push(reachable),
    })
    const failure = failureOf(requester.request(slow))
    // the pause before the next attempt begins with the answer
    await waitUntil(
      () => told.length || undefined,
      () => 'no answer came',
    )
    await requester.close()
    assert.ok((await failure).code)
    assert.equal(stub.requests.length, 1)
  }).timeout(5_000)

  for (const reason of ['HPE_INVALID_CONSTANT', 'UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_INVALID_ARG']) {
    it(`is asked after ${reason} too, which is not tried again`, async () => {
      const sent: string[] = []
      const { requester, told } = requesterOver(sent, async ({ path }) => {
        if (path === '/info') return { status: 200, headers: {}, body: Buffer.from('{}') }
        throw new HTTPServerConnectionError(reason, 'No answer.')
      })
      assert.equal((await failureOf(requester.request(slow))).reason, reason)
      await waitUntil(
        () => told.length || undefined,
        () => 'nothing was told',
      )
      assert.deepEqual(told, [true])
      assert.deepEqual(sent, ['/infer/slow', '/info'])
    })
  }
})

/** Rejects when the time of a request is over. */
const aborted = ({ signal }: TransportRequest): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

const requesterOver = (sent: string[], send: Transport['send']) => {
  const told: boolean[] = []
  const transport: Transport = {
    send(request) {
      sent.push(request.path)
      return send(request)
    },
    close: async () => {},
  }
  const requester = new Requester(transport, {
    place: 'http://there',
    timeouts: defaultTimeouts,
    attempts: 3,
    basic: {},
    redact: (text) => text,
    onConnection: (reachable) => told.push(reachable),
    probeTimeout,
  })
  return { requester, told }
}
