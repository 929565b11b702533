import assert from 'node:assert/strict'
import { InferenceHTTPClient, type InferenceHTTPClientOptions, type RequestOptions } from '../../../src/index'
import { paint } from '../../support/images'
import { failureOf, thrownBy } from '../failure'
import { clients, stubServers } from '../opened'

const impossible = [0, -5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, null, '5000']

describe('the limits of a client', () => {
  const startStub = stubServers()
  const clientOf = clients()

  const refusalOf = (options: object) =>
    thrownBy(
      () =>
        new InferenceHTTPClient({ apiUrl: 'http://127.0.0.1:1', ...options } as InferenceHTTPClientOptions),
    )

  for (const value of impossible) {
    it(`cannot be ${JSON.stringify(value) ?? value} (${value}), which is said of each by its name`, () => {
      for (const name of ['connect', 'first', 'request', 'image']) {
        const error = refusalOf({ timeouts: { [name]: value } })
        assert.equal(error.code, 'INVALID_PARAMETER')
        assert.match(
          error.message,
          new RegExp(`^timeouts\\.${name} takes milliseconds, from 1 to 2147483647`),
        )
      }
      for (const name of ['attempts', 'maxImageBytes', 'maxAnswerBytes']) {
        if (value === 2 ** 31) continue
        const error = refusalOf({ [name]: value })
        assert.equal(error.code, 'INVALID_PARAMETER')
        assert.match(error.message, new RegExp(`^${name} takes a whole number`))
      }
    })
  }

  it('cannot be a time of an unknown name; the nearest is named', () => {
    const error = refusalOf({ timeouts: { requests: 5_000 } })
    assert.equal(error.code, 'INVALID_PARAMETER')
    assert.match(error.message, /"requests".*Is request meant/)
    for (const timeouts of [null, 5_000, 'long']) {
      assert.match(
        refusalOf({ timeouts }).message,
        /^timeouts takes an object with .*connect, first, request, image/,
      )
    }
  })

  it('are the usual ones where they are undefined', async () => {
    const stub = await startStub()
    const timeouts = { connect: undefined, first: undefined, request: undefined, image: undefined }
    const client = clientOf(stub.url, {
      timeouts,
      attempts: undefined,
      maxImageBytes: undefined,
      maxAnswerBytes: undefined,
    })
    const options = {
      timeout: undefined,
      timeouts: { first: undefined, request: undefined },
      attempts: undefined,
    }
    assert.equal((await client.getServerInfo(options)).name, 'Stub Server')
    assert.ok(await client.infer(await paint(8, 6), { modelId: 'cars/3', ...options }))
  })

  it('of a call are checked as those of a client are', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url)
    for (const value of impossible) {
      for (const [options, name] of [
        [{ timeout: value }, 'timeout'],
        [{ timeouts: { first: value } }, 'timeouts.first'],
        [{ timeouts: { request: value } }, 'timeouts.request'],
      ] as const) {
        const error = await failureOf(client.getServerInfo(options as RequestOptions))
        assert.equal(error.code, 'INVALID_PARAMETER')
        assert.ok(error.message.startsWith(`${name} takes milliseconds`), error.message)
      }
    }
    for (const timeouts of [{ requests: 5_000 }, { image: 5_000 }, null, 5_000]) {
      const error = await failureOf(client.getServerInfo({ timeouts } as unknown as RequestOptions))
      assert.equal(error.code, 'INVALID_PARAMETER')
    }
    assert.equal(stub.requests.length, 0)
  })

  it('of later answers leave the first one of a model its time', async () => {
    const stub = await startStub()
    const client = clientOf(stub.url)
    const image = await paint(8, 6)
    stub.answer = async ({ path }) => {
      if (path === '/infer/object_detection') await new Promise((resolve) => setTimeout(resolve, 300))
      return undefined
    }
    const options = { modelId: 'cars/3', attempts: 1, timeouts: { request: 150 } }
    assert.ok(await client.infer(image, options))
    assert.equal((await failureOf(client.infer(image, options))).code, 'TIMEOUT')
    assert.ok(await client.infer(image, { modelId: 'cars/3' }))
  })
})
