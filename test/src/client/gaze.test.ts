import assert from 'node:assert/strict'
import { FeatureDeprecatedError, HTTPCallErrorError, InvalidResponseError } from '../../../src/index'
import type { Answer, StubServer } from '../../support/stub-server'
import { type Failure, failureOf } from '../failure'
import { bareServers, clients, stubServers } from '../opened'
import { gazes, tinyImage } from './every-method'

const image = { type: 'base64', value: tinyImage.toString('base64') }
const versioned = (version: unknown): Answer => ({ json: { name: 'n', version, uuid: 'u' } })

describe('gaze detection', () => {
  const startStub = stubServers()
  const startServer = bareServers()
  const clientOf = clients()
  let stub: StubServer
  beforeEach(async () => {
    stub = await startStub()
  })

  /** An answer for each image, told apart by its time. */
  const answerEach = () => {
    let count = 0
    stub.answer = ({ json }) => ({
      json: [json.image].flat().map(() => ({ ...gazes[0], time: count++ })),
    })
  }

  it('sends one image as it is and several as a list, eight in a request', async () => {
    answerEach()
    const client = clientOf(stub.url, { apiKey: 'k', configuration: { maxBatchSize: 1 } })
    const one = await client.detectGazes(tinyImage)
    assert.equal(one.time, 0)
    assert.deepEqual(stub.requests[0]?.json, { api_key: 'k', image })
    const many = await client.detectGazes(Array(10).fill(tinyImage))
    assert.deepEqual(
      many.map(({ time }) => time),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    )
    assert.deepEqual(
      stub.requests.slice(1).map(({ json }) => json.image),
      [Array(8).fill(image), [image, image]],
    )
    assert.equal((await client.detectGazes([tinyImage])).length, 1)
    assert.deepEqual(await client.detectGazes([]), [])
  })

  it('refuses an answer of another shape, or for another number of images', async () => {
    for (const json of [[], [{}], [{ predictions: 'none' }], [...gazes, ...gazes], gazes[0]]) {
      stub.answer = () => ({ json })
      const error = await failureOf(clientOf(stub.url).detectGazes(tinyImage))
      assert.ok(error instanceof InvalidResponseError, error.stack)
    }
  })

  describe('on a server that does not have it any more', () => {
    /** What fails, and what was asked. */
    const failing = async (status: number, info: Answer): Promise<Failure> => {
      stub.answer = ({ path }) =>
        path === '/info' ? info : { status, json: { message: 'The server said so.' } }
      const error = await failureOf(clientOf(stub.url).detectGazes([tinyImage, tinyImage]))
      assert.equal(stub.requests.shift()?.path, '/gaze/gaze_detection')
      return error
    }
    const asked = () => stub.requests.map(({ method, path }) => `${method} ${path}`)

    for (const status of [404, 405, 410]) {
      for (const version of ['1.8.3', '1.2.8', '1.2.8rc1', 'v2.0', '10.0.0', '1.3']) {
        it(`says so for ${status} of version ${version}`, async () => {
          const error = await failing(status, versioned(version))
          assert.ok(error instanceof FeatureDeprecatedError, error.stack)
          assert.equal(error.code, 'FEATURE_DEPRECATED')
          assert.equal(error.removalRelease, '1.2.8')
          assert.match(error.message, /^Gaze detection was removed .* 1\.2\.8; this one is /)
          assert.ok(error.message.includes(version) && error.message.includes(error.replacement))
          assert.deepEqual(asked(), ['GET /info'])
        })
      }

      for (const version of ['1.2.7', '0.38.0', '0.37.1', '1.2', '1', 'garbage', '']) {
        it(`gives the server's own error for ${status} of version ${version || 'nothing'}`, async () => {
          const error = await failing(status, versioned(version))
          assert.ok(error instanceof HTTPCallErrorError, error.stack)
          assert.deepEqual([error.statusCode, error.apiMessage], [status, 'The server said so.'])
          assert.deepEqual(asked(), ['GET /info'])
        })
      }

      const silent: Record<string, Answer> = {
        'is refused': { status: 503, json: {} },
        'is lost': 'drop',
        'brings a page': { headers: { 'content-type': 'text/html' }, text: '<html></html>' },
        'has no version': { json: {} },
        'has a number as version': versioned(2),
      }
      for (const [what, info] of Object.entries(silent)) {
        it(`gives the server's own error for ${status} where its version ${what}, and asks once`, async () => {
          const error = await failing(status, info)
          assert.ok(error instanceof HTTPCallErrorError, error.stack)
          assert.equal(error.statusCode, status)
          assert.deepEqual(asked(), ['GET /info'])
        })
      }
    }

    for (const status of [400, 401, 402, 403, 422, 423, 429, 500, 502, 503, 507]) {
      it(`asks for no version after ${status}, and does not try again`, async () => {
        const error = await failing(status, versioned('1.8.3'))
        assert.ok(error instanceof HTTPCallErrorError, error.stack)
        assert.deepEqual([error.statusCode, asked()], [status, []])
      })
    }

    it('waits for the version no longer than the call may take', async () => {
      stub.answer = ({ path }) => (path === '/info' ? 'hang' : { status: 410, json: {} })
      const began = Date.now()
      const error = await failureOf(clientOf(stub.url).detectGazes(tinyImage, { timeout: 100 }))
      assert.equal(error.statusCode, 410)
      assert.ok(Date.now() - began < 2_000)
    })

    it('takes no image’s URL for the server', async () => {
      const images = await startServer((_request, response) => {
        response.statusCode = 410
        response.end()
      })
      const error = await failureOf(clientOf(stub.url).detectGazes([`${images}/gone.jpg`]))
      assert.equal(error.code, 'IMAGE_URL_ERROR')
      assert.deepEqual(asked(), [])
    })
  })
})
