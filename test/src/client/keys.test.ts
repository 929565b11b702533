import assert from 'node:assert/strict'
import { type InferenceHTTPClientOptions, InvalidParameterError } from '../../../src/index'
import { paint } from '../../support/images'
import type { StubRequest, StubServer } from '../../support/stub-server'
import { thrownBy } from '../failure'
import { bareServers, clients, stubServers } from '../opened'

type Transport = 'legacy' | 'both' | 'header' | undefined

describe('the API key', () => {
  const startStub = stubServers()
  const startServer = bareServers()
  const clientOf = clients()

  /** The requests for registry, loading and inference, in this order. */
  const requestsWith = async (
    options: Partial<InferenceHTTPClientOptions>,
    userInfo = '',
  ): Promise<StubRequest[]> => {
    const stub = await startStub()
    stub.answer = ({ path }) => (path === '/model/registry' ? { json: { models: [] } } : undefined)
    const client = clientOf(stub.url.replace('http://', `http://${userInfo}`), options)
    await client.infer(await paint(8, 6), { modelId: 'cars/3' })
    return expectedOrder(stub)
  }

  const expectedOrder = ({ requests }: StubServer): StubRequest[] => {
    assert.deepEqual(
      requests.map(({ method, path }) => `${method} ${path}`),
      ['GET /model/registry', 'POST /model/add', 'POST /infer/object_detection'],
    )
    return requests
  }

  const travels = ([registry, add, inference]: StubRequest[]) => ({
    query: registry?.query.get('api_key') ?? undefined,
    bodies: [add?.json.api_key, inference?.json.api_key],
    headers: [registry, add, inference].map((request) => request?.headers.authorization),
  })

  const key = 'k3y with/odd+signs&=%'
  const bearer = `Bearer ${key}`

  it('is refused at once where it has a line break inside, or signs that no header can carry', () => {
    for (const apiKeyTransport of [undefined, 'header'] as Transport[]) {
      for (const apiKey of ['first\nsecond', 'first\r\nsecond', 'tab\tinside', 'nul\0', '“quoted”']) {
        const error = thrownBy(() =>
          clientOf('http://localhost', { apiKey, configuration: { apiKeyTransport } }),
        )
        assert.ok(error instanceof InvalidParameterError, error.stack)
        assert.match(error.message, /two lines/)
        assert.doesNotMatch(error.message, /first|second|quoted/)
      }
    }
  })

  for (const apiKeyTransport of [undefined, 'legacy'] as Transport[]) {
    it(`travels in query and bodies when the transport is ${apiKeyTransport}`, async () => {
      const configuration = { apiKeyTransport }
      assert.deepEqual(travels(await requestsWith({ apiKey: key, configuration })), {
        query: key,
        bodies: [key, key],
        headers: [undefined, undefined, undefined],
      })
    })
  }

  it('travels in both ways when the transport is both', async () => {
    const configuration = { apiKeyTransport: 'both' } as const
    assert.deepEqual(travels(await requestsWith({ apiKey: key, configuration })), {
      query: key,
      bodies: [key, key],
      headers: [bearer, bearer, bearer],
    })
  })

  it('travels as Bearer header alone when the transport is header', async () => {
    const configuration = { apiKeyTransport: 'header' } as const
    const requests = await requestsWith({ apiKey: key, configuration })
    assert.deepEqual(travels(requests), {
      query: undefined,
      bodies: [undefined, undefined],
      headers: [bearer, bearer, bearer],
    })
    for (const { json } of requests) assert.equal('api_key' in (json ?? {}), false)
  })

  for (const apiKey of [undefined, '']) {
    it(`is null in bodies and absent from queries when it is ${JSON.stringify(apiKey)}`, async () => {
      for (const apiKeyTransport of ['legacy', 'both'] as const) {
        const requests = await requestsWith({ apiKey, configuration: { apiKeyTransport } })
        assert.deepEqual(travels(requests), {
          query: undefined,
          bodies: [null, null],
          headers: [undefined, undefined, undefined],
        })
        assert.equal(requests[0]?.query.has('api_key'), false)
      }
    })
  }

  it('leaves the Authorization header to user and password of the URL where it does not travel there', async () => {
    const basic = `Basic ${Buffer.from('operator:p@ss').toString('base64')}`
    assert.deepEqual(travels(await requestsWith({ apiKey: key }, 'operator:p%40ss@')), {
      query: key,
      bodies: [key, key],
      headers: [basic, basic, basic],
    })
    const withoutKey = await requestsWith(
      { configuration: { apiKeyTransport: 'header' } },
      'operator:p%40ss@',
    )
    assert.deepEqual(travels(withoutKey).headers, [basic, basic, basic])
  })

  it('never asks for the server’s name, but user and password of the URL do', async () => {
    const stub = await startStub()
    const options = { apiKey: key, configuration: { apiKeyTransport: 'both' } } as const
    await clientOf(stub.url, options).getServerInfo()
    assert.equal(stub.requests[0]?.headers.authorization, undefined)
    assert.equal(String(stub.requests[0]?.query), '')
    await clientOf(stub.url.replace('http://', 'http://operator:pw@'), options).getServerInfo()
    const basic = `Basic ${Buffer.from('operator:pw').toString('base64')}`
    assert.equal(stub.requests[1]?.headers.authorization, basic)
  })

  it('is never sent to an image’s URL', async () => {
    const stub = await startStub()
    const jpeg = await paint(8, 6)
    let asked = ''
    const image = await startServer((request, response) => {
      asked += `${request.url}\n${request.rawHeaders.join('\n')}\n`
      response.end(jpeg)
    })
    for (const apiKeyTransport of ['legacy', 'both', 'header'] as const) {
      const client = clientOf(stub.url.replace('http://', 'http://operator:pw@'), {
        apiKey: 'rf-key',
        configuration: { apiKeyTransport, serviceSecret: 'rf-secret' },
      })
      await client.infer(`${image}/car.jpg`, { modelId: 'cars/3' })
    }
    assert.match(asked, /car\.jpg/)
    assert.doesNotMatch(asked, /authorization|rf-key|rf-secret|operator/i)
    assert.equal(stub.inferences.length, 3)
  })
})
