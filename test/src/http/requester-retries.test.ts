import assert from 'node:assert/strict'
import { HTTPCallErrorError, HTTPServerConnectionError } from '../../../src/errors'
import { EncodedImage } from '../../../src/http/body'
import { type ApiRequest, defaultTimeouts, Requester } from '../../../src/http/requester'
import type { Transport } from '../../../src/http/transport'
import type { Answer } from '../../support/stub-server'
import { failureOf } from '../failure'
import { requesters, stubServers } from '../opened'

const get: ApiRequest = { method: 'GET', path: '/info' }
const post: ApiRequest = {
  method: 'POST',
  path: '/infer/object_detection',
  query: new URLSearchParams({ countinference: 'True' }),
  headers: { 'content-type': 'application/json', 'x-mark': 'kept' },
  body: { json: { model_id: 'cars/3', image: new EncodedImage(Buffer.from('pixels')) } },
}

const now = (status: number, headers = {}): Answer => ({
  status,
  headers: { 'retry-after': '0', ...headers },
  json: { message: `status ${status}` },
})

describe('the retries of a requester', () => {
  const startStub = stubServers()
  const requesterTo = requesters()

  for (const status of [429, 502, 503, 504]) {
    it(`sends the whole request again after ${status}`, async () => {
      const stub = await startStub()
      stub.answer = (_request, number) => (number < 3 ? now(status) : { json: { done: true } })
      const answer = await requesterTo(stub.url).request(post)
      assert.deepEqual(JSON.parse(answer.body.toString()), { done: true })
      assert.equal(stub.requests.length, 3)
      for (const { method, path, query, headers, json } of stub.requests) {
        assert.equal(`${method} ${path}?${query}`, 'POST /infer/object_detection?countinference=True')
        assert.equal(headers['x-mark'], 'kept')
        assert.deepEqual(json, { model_id: 'cars/3', image: 'cGl4ZWxz' })
      }
    })

    it(`gives up after three answers of ${status}, with what the last one said`, async () => {
      const stub = await startStub()
      stub.answer = (_request, number) => ({ ...(now(status) as object), json: { message: `no ${number}` } })
      const error = await failureOf(requesterTo(stub.url).request(get))
      assert.ok(error instanceof HTTPCallErrorError)
      assert.equal(error.statusCode, status)
      assert.equal(error.apiMessage, 'no 3')
      assert.equal(stub.requests.length, 3)
    })
  }

  for (const status of [400, 401, 404, 413, 422, 500, 501, 507]) {
    it(`does not repeat what was answered with ${status}`, async () => {
      const stub = await startStub()
      stub.answer = () => now(status)
      const error = await failureOf(requesterTo(stub.url).request(get))
      assert.equal(error.statusCode, status)
      assert.equal(stub.requests.length, 1)
    })
  }

  it('sends the whole request again after the connection was dropped', async () => {
    const stub = await startStub()
    stub.answer = (_request, number) => (number === 1 ? 'drop' : undefined)
    await requesterTo(stub.url).request(post)
    assert.equal(stub.requests.length, 2)
    assert.deepEqual(stub.requests[1]?.body, stub.requests[0]?.body)
    assert.equal(stub.requests[1]?.headers['x-mark'], 'kept')
  })

  it('gives up after three dropped connections', async () => {
    const stub = await startStub()
    stub.answer = () => 'drop'
    const error = await failureOf(requesterTo(stub.url).request(get))
    assert.ok(error instanceof HTTPServerConnectionError)
    assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
    assert.equal(stub.requests.length, 3)
  })

  it('waits as long as Retry-After asks', async () => {
    const stub = await startStub()
    const times: number[] = []
    stub.answer = (_request, number) => {
      times.push(Date.now())
      return number === 1 ? now(429, { 'retry-after': '1' }) : undefined
    }
    await requesterTo(stub.url).request(get)
    const [first = 0, second = 0] = times
    assert.ok(second - first >= 990, `waited ${second - first} ms`)
  })

  describe('while the clock is set', () => {
    const { now: clock } = Date
    const hour = 3_600_000
    afterEach(() => {
      Date.now = clock
    })

    it('forward: are made all the same', async () => {
      const stub = await startStub()
      stub.answer = (_request, number) => {
        Date.now = () => clock() + hour * number
        return number < 3 ? now(429) : undefined
      }
      await requesterTo(stub.url).request(get, { timeout: 60_000 })
      assert.equal(stub.requests.length, 3)
    })

    it('back: end with the time that the call has in all', async () => {
      const stub = await startStub()
      stub.answer = (_request, number) => {
        Date.now = () => clock() - hour * number
        return now(429, { 'retry-after': '1' })
      }
      await failureOf(requesterTo(stub.url).request(get, { attempts: 5, timeout: 1_500 }))
      assert.ok(stub.requests.length <= 2, `${stub.requests.length} requests`)
    })
  })

  it('gives the answer’s own error at once when Retry-After asks for too much', async () => {
    const stub = await startStub()
    stub.answer = () => now(429, { 'retry-after': '3600' })
    const error = await failureOf(requesterTo(stub.url).request(get))
    assert.equal(error.code, 'HTTP_CALL_ERROR')
    assert.equal(error.statusCode, 429)
    assert.equal(error.apiMessage, 'status 429')
    assert.equal(stub.requests.length, 1)
  })

  it('does not repeat beyond the time that the call has in all', async () => {
    const stub = await startStub()
    stub.answer = () => ({ status: 503, json: {} })
    const error = await failureOf(requesterTo(stub.url).request(get, { timeout: 300 }))
    assert.equal(error.statusCode, 503)
    assert.equal(stub.requests.length, 1, 'the first pause is longer than 300 ms')
  })

  it('sends once where the client allows one attempt', async () => {
    const stub = await startStub()
    stub.answer = () => now(503)
    await failureOf(requesterTo(stub.url, { attempts: 1 }).request(get))
    assert.equal(stub.requests.length, 1)
  })

  for (const attempts of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2']) {
    it(`refuses ${attempts} (${typeof attempts}) attempts, and sends nothing`, async () => {
      const stub = await startStub()
      const error = await failureOf(requesterTo(stub.url).request(get, { attempts: attempts as number }))
      assert.equal(error.code, 'INVALID_PARAMETER')
      assert.equal(stub.requests.length, 0)
    })
  }

  it('takes the attempts of the options before those of the client', async () => {
    const stub = await startStub()
    stub.answer = () => now(503)
    await failureOf(requesterTo(stub.url, { attempts: 3 }).request(get, { attempts: 1 }))
    assert.equal(stub.requests.length, 1)
  })

  describe('what has effects', () => {
    const withEffects = { ...get, hasEffects: true }

    for (const status of [429, 503]) {
      it(`is sent again after ${status}: nothing has begun`, async () => {
        const stub = await startStub()
        stub.answer = () => now(status)
        await failureOf(requesterTo(stub.url, { attempts: 3 }).request(withEffects))
        assert.equal(stub.requests.length, 3)
      })
    }

    for (const status of [502, 504]) {
      it(`is not sent again after ${status}: it may have begun`, async () => {
        const stub = await startStub()
        stub.answer = () => now(status)
        await failureOf(requesterTo(stub.url, { attempts: 3 }).request(withEffects))
        assert.equal(stub.requests.length, 1)
      })
    }

    it('is not sent again after a connection that was lost', async () => {
      const stub = await startStub()
      stub.answer = () => 'drop'
      const error = await failureOf(requesterTo(stub.url, { attempts: 3 }).request(withEffects))
      assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
      assert.equal(stub.requests.length, 1)
    })

    it('is sent again where no connection stood', async () => {
      let sent = 0
      const transport: Transport = {
        async send() {
          if (++sent < 3) throw new HTTPServerConnectionError('ECONNREFUSED', 'Refused.')
          return { status: 200, headers: {}, body: Buffer.from('{}') }
        },
        async close() {},
      }
      const options = {
        place: 'there',
        timeouts: defaultTimeouts,
        attempts: 3,
        basic: {},
        redact: String,
        onConnection() {},
      }
      await new Requester(transport, options).request(withEffects)
      assert.equal(sent, 3)
    })
  })

  it('lets several requests fail and succeed side by side', async () => {
    const stub = await startStub()
    const seen = new Set<string>()
    stub.answer = ({ path }) => {
      if (path === '/bad') return now(400)
      const again = seen.has(path)
      seen.add(path)
      return again ? { json: path } : now(503)
    }
    const requester = requesterTo(stub.url)
    const paths = ['/a', '/b', '/bad', '/c']
    const results = await Promise.allSettled(
      paths.map(async (path) =>
        JSON.parse((await requester.request({ method: 'GET', path })).body.toString()),
      ),
    )
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.statusCode)),
      ['/a', '/b', 400, '/c'],
    )
  })
})
