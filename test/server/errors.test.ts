import assert from 'node:assert/strict'
import { UndiciTransport } from '../../src/http/undici-transport'
import { HTTPCallErrorError, InferenceHTTPClient, type Transport } from '../../src/index'
import { tinyTasks } from '../support/compare-tasks'
import { paint } from '../support/images'
import { type RunningServer, startServer } from './server'

describe("the real server's error answers", function () {
  this.timeout(120_000)
  let server: RunningServer
  let image: Buffer
  before(async () => {
    server = await startServer()
    image = await paint(64, 48)
  })
  after(() => server?.stop())

  const failure = async (
    apiKey: string | undefined,
    modelId = 'tiny-boxes/1',
    transport?: Transport,
  ): Promise<HTTPCallErrorError> => {
    const client = new InferenceHTTPClient({ apiUrl: server.url, apiKey, attempts: 1, transport })
    try {
      await client.infer(image, { modelId })
    } catch (error) {
      assert.ok(error instanceof HTTPCallErrorError, String(error))
      assert.equal(error.code, 'HTTP_CALL_ERROR')
      assert.ok(error.hint, 'there is a hint')
      return error
    } finally {
      await client.close()
    }
    assert.fail('The server should have refused.')
  }

  const refusals: [key: string | undefined, status: number, hint: RegExp][] = [
    ['a-wrong-key', 401, /API key/],
    [undefined, 401, /API key/],
    ['broke', 402, /credits/],
    ['no-scope', 403, /key/],
    ['paused', 423, /paused/],
    ['down', 502, /reach/],
  ]
  for (const [key, status, hint] of refusals) {
    it(`${status} for the key ${key}`, async () => {
      const { statusCode, message } = await failure(key)
      assert.equal(statusCode, status)
      assert.match(message, hint)
    })
  }

  it('404 for an unknown model', async () => {
    const { statusCode, message } = await failure(server.key, 'never/1')
    assert.equal(statusCode, 404)
    assert.match(message, /project\/version/)
  })

  it('422 for an option of the wrong type, which says where', async () => {
    // the client lets no wrong type through: it is put into the request on its way
    const connections = new UndiciTransport(new URL(server.url), { connectTimeout: 5_000 })
    const spoilt: Transport = {
      close: () => connections.close(),
      send: ({ body, ...request }) => {
        const json = body && 'json' in body ? { ...(body.json as object), confidence: 'high' } : undefined
        return connections.send({ ...request, ...(json ? { body: { json } } : {}) })
      },
    }
    const { statusCode, apiMessage, message } = await failure(server.key, 'tiny-boxes/1', spoilt)
    assert.equal(statusCode, 422)
    assert.ok(Array.isArray(apiMessage))
    assert.match(message, /body\.\S*confidence/)
  })

  it('503 when the platform cannot be reached', async () => {
    const alone = await startServer({
      env: { API_BASE_URL: 'http://127.0.0.1:9', ROBOFLOW_API_HOST: 'http://127.0.0.1:9' },
    })
    const client = new InferenceHTTPClient({ apiUrl: alone.url, apiKey: alone.key, attempts: 1 })
    try {
      for (const { modelId } of tinyTasks) {
        for (const asked of [client, client.useApiV0()]) {
          await assert.rejects(asked.infer(image, { modelId }), (error) => {
            assert.ok(error instanceof HTTPCallErrorError)
            assert.equal(error.statusCode, 503)
            assert.match(error.message, /Try again/)
            return true
          })
        }
      }
    } finally {
      await client.close()
      await alone.stop()
    }
  })
})
