import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type StubRequest, startStubServer } from '../../support/stub-server'
import { waitUntil } from '../../support/wait-until'
import { admin, type Message, startFlow, stopFlow, stubForEachTest, variable } from '../flow'
import { startPlainServer } from '../plain-server'

const form = (settings: Message) => ({ keyTransport: 'legacy', apiKey: '', connectTimeout: '', ...settings })
const stored = { apiKey: '__PWRD__' }

/** Every key that a request carries, in whatever place. */
const keysOf = ({ query, headers, json }: StubRequest) =>
  [query.get('api_key'), headers.authorization, json?.api_key].filter(Boolean)

describe('the connection test of the editor', () => {
  const test = stubForEachTest()

  const testConnection = (settings: Message, id = 'server') =>
    admin().post(`/roboflow/${id}/test`).send(form(settings))

  /** The keys that a test of this server brings to it. */
  const keysSent = async (settings: Message) => {
    const before = test.stub.requests.length
    const { status, body } = await testConnection({ url: test.stub.url, ...settings })
    assert.equal(status, 200, JSON.stringify(body))
    const requests = test.stub.requests.slice(before)
    assert.ok(requests.length > 0)
    return [...new Set(requests.flatMap(keysOf))]
  }

  it('tells name, version, models and how long it took', async () => {
    await startFlow({ url: test.stub.url })
    const { body } = await testConnection({ url: test.stub.url }).expect(200)
    const { milliseconds, ...rest } = body
    assert.deepEqual(rest, { name: 'Stub Server', version: '1.8.3', models: 1 })
    assert.ok(milliseconds >= 0 && milliseconds < 5_000)
  })

  it('works for a server that is not deployed yet', async () => {
    await startFlow({})
    const { body } = await testConnection({ url: test.stub.url, apiKey: 'typed' }, 'new').expect(200)
    assert.equal(body.name, 'Stub Server')
    assert.ok(test.stub.requests.flatMap(keysOf).includes('typed'))
  })

  it('asks a hosted server only whether it is there', async () => {
    await startFlow({})
    const settings = { url: test.stub.url, apiVersion: 'v0', apiKey: 'typed' }
    const described = (await testConnection(settings, 'new').expect(200)).body
    assert.deepEqual([described.name, 'models' in described], ['Stub Server', false])
    test.stub.answer = () => ({ status: 404, json: { message: 'no such route' } })
    const silent = (await testConnection(settings, 'new').expect(200)).body
    assert.deepEqual([silent.name, 'models' in silent], ['Roboflow', false])
    assert.ok(test.stub.requests.every(({ path }) => path === '/info'))
  })

  it('leaves no connection open', async () => {
    await startFlow({})
    const server = await startPlainServer((_request, response) =>
      response.end('{ "name": "a", "version": "1", "uuid": "u", "models": [] }'),
    )
    try {
      await testConnection({ url: server.url }, 'new').expect(200)
      await waitUntil(
        () => server.connections() === 0 || undefined,
        () => 'still connected',
        // the server itself ends idle connections after 5 s
        2_000,
      )
    } finally {
      await server.stop()
    }
  })

  it('works where the URL is an environment variable', async () => {
    process.env.TEST_URL = test.stub.url
    try {
      const url = variable('TEST_URL')
      await startFlow({ url, credentials: { apiKey: 'stored-key' } })
      const { body } = await testConnection({ url, ...stored })
      assert.equal(body.name, 'Stub Server', JSON.stringify(body))
      assert.ok(test.stub.requests.flatMap(keysOf).includes('stored-key'))
    } finally {
      delete process.env.TEST_URL
    }
  })

  describe('that fails says why:', () => {
    const failed = async (settings: Message) => {
      await startFlow({ url: test.stub.url })
      return (await testConnection(settings).expect(502)).body
    }

    it('nothing listens there', async () => {
      const gone = await startStubServer()
      await gone.stop()
      const { code, message } = await failed({ url: gone.url })
      assert.equal(code, 'SERVER_CONNECTION_ERROR')
      assert.match(message, /running there/)
    })

    it('a web page answers', async () => {
      const pages = await startPlainServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' })
        response.end('<!doctype html><title>Router</title>')
      })
      try {
        const { code, message } = await failed({ url: pages.url })
        assert.equal(code, 'INVALID_RESPONSE')
        assert.match(message, /web page/)
      } finally {
        await pages.stop()
      }
    })

    it('nobody answers for 10 s', async () => {
      await startFlow({ url: test.stub.url })
      test.stub.answer = () => 'hang'
      mock.timers.enable({ apis: ['setTimeout'] })
      try {
        const answer = testConnection({ url: test.stub.url }).then((response) => response)
        while (test.stub.requests.length === 0) await turn()
        mock.timers.tick(10_000)
        const { status, body } = await answer
        assert.equal(status, 502)
        assert.equal(body.code, 'TIMEOUT')
      } finally {
        mock.timers.reset()
      }
      assert.equal(test.stub.requests.length, 1, 'it is asked once')
    })

    it('the URL is none', async () => {
      const { code, message } = await failed({ url: 'localhost' })
      assert.equal(code, 'INVALID_PARAMETER')
      assert.match(message, /http:\/\/localhost:9001/)
    })

    it('the key is refused, without repeating it', async () => {
      test.stub.answer = ({ path }) =>
        path === '/info' ? undefined : { status: 401, json: { message: 'no key hush42 here' } }
      const body = await failed({ url: test.stub.url, apiKey: 'hush42' })
      assert.equal(body.code, 'HTTP_CALL_ERROR')
      assert.doesNotMatch(JSON.stringify(body), /hush42/)
    })
  })

  it('refuses what no dialog sends', async () => {
    await startFlow({ url: test.stub.url })
    const bodies = [
      {},
      [],
      { url: 7 },
      { url: { href: test.stub.url } },
      { url: test.stub.url, apiKey: ['a'] },
      { url: test.stub.url, keyTransport: { toString: 'header' } },
      { url: test.stub.url, retries: 'yes' },
    ]
    for (const body of bodies) await admin().post('/roboflow/server/test').send(body).expect(400)
    assert.deepEqual(test.stub.requests, [])
  })

  describe('sends', () => {
    const foreign = { url: 'http://127.0.0.1:9' }
    const credentials = { apiKey: 'stored-key' }

    it('the key that is typed', async () => {
      await startFlow({ ...foreign, credentials })
      assert.deepEqual(await keysSent({ apiKey: 'typed' }), ['typed'])
    })

    it('the key in the way that the form says', async () => {
      await startFlow(foreign)
      assert.deepEqual(await keysSent({ apiKey: 'typed', keyTransport: 'header' }), ['Bearer typed'])
    })

    it('the stored key to the stored URL', async () => {
      await startFlow({ url: test.stub.url, credentials })
      assert.deepEqual(await keysSent(stored), ['stored-key'])
    })

    it('no stored key once the field was emptied', async () => {
      await startFlow({ url: test.stub.url, credentials })
      assert.deepEqual(await keysSent({ apiKey: '' }), [])
    })

    it('the stored key to no other URL, however alike', async () => {
      for (const url of [foreign.url, `${test.stub.url}0/..`, test.stub.url.replace('http:', 'https:')]) {
        await startFlow({ url, credentials })
        assert.deepEqual(await keysSent(stored), [], url)
        await stopFlow()
      }
    })

    it('the stored service secret nowhere', async () => {
      await startFlow({ url: test.stub.url, credentials: { ...credentials, serviceSecret: 'hush42' } })
      await keysSent({ ...stored, serviceSecret: '__PWRD__' })
      assert.doesNotMatch(JSON.stringify(test.stub.requests.map(({ query }) => `${query}`)), /hush42|PWRD/)
    })

    describe('where the environment has a key', () => {
      beforeEach(() => {
        process.env.ROBOFLOW_API_KEY = 'from-environment'
        process.env.TEST_SECRET = 'hush42'
      })
      afterEach(() => {
        delete process.env.ROBOFLOW_API_KEY
        delete process.env.TEST_SECRET
      })

      it('that key to the stored URL', async () => {
        await startFlow({ url: test.stub.url })
        assert.deepEqual(await keysSent({ apiKey: '' }), ['from-environment'])
      })

      it('not that key to another URL, nor where nothing is stored', async () => {
        await startFlow(foreign)
        assert.deepEqual(await keysSent({ apiKey: '' }), [])
        await testConnection({ url: test.stub.url, apiKey: '' }, 'new').expect(200)
        assert.deepEqual(test.stub.requests.flatMap(keysOf), [])
      })

      it('no variable that is typed as key to another URL', async () => {
        await startFlow({ ...foreign, credentials })
        for (const name of ['TEST_SECRET', 'ROBOFLOW_API_KEY']) {
          for (const apiKey of [variable(name), `x-${variable(name)}`]) {
            assert.deepEqual(await keysSent({ apiKey }), [], apiKey)
          }
        }
      })
    })
  })
})
