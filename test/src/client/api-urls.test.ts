import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { InferenceHTTPClient, InvalidParameterError, type Transport } from '../../../src/index'
import { failureOf, thrownBy } from '../failure'
import { clients, stubServers } from '../opened'

const silent = (sent: string[]): Transport => ({
  send: async ({ path }) => {
    sent.push(path)
    return { status: 200, headers: {}, body: Buffer.from('{}') }
  },
  close: async () => {},
})

describe('the URL of the API', () => {
  const startStub = stubServers()
  const clientOf = clients()

  const hosted = [
    'https://detect.roboflow.com',
    'https://detect.roboflow.com/',
    'https://detect.roboflow.com///',
    'https://DETECT.Roboflow.com',
    'http://detect.roboflow.com',
    'https://serverless.roboflow.com/some/path',
    'https://serverless.roboflow.com:443',
    'https://user:pw@infer.roboflow.com',
    'https://anything.roboflow.com',
    'https://roboflow.com',
    'https://serverless.roboflow.eu',
    'https://serverless.roboflow.one',
    'https://serverless.roboflow-eu.one',
  ]
  for (const apiUrl of hosted) {
    it(`means the hosted API (v0) when it is ${apiUrl}, which answers nothing that needs v1`, async () => {
      const sent: string[] = []
      const client = clientOf(apiUrl, { transport: silent(sent) })
      assert.equal(client.clientMode, 'v0')
      for (const call of [
        () => client.listLoadedModels(),
        () => client.getModelDescription('cars/3'),
        () => client.loadModel('cars/3'),
      ]) {
        const error = await failureOf(call())
        assert.equal(error.code, 'WRONG_CLIENT_MODE')
        assert.match(error.message, /needs API v1/)
      }
      assert.deepEqual(sent, [])
    })
  }

  it('of the hosted API (v0) refuses what only a server of one’s own does, before any request', async () => {
    const sent: string[] = []
    const client = clientOf('https://detect.roboflow.com', { transport: silent(sent) })
    for (const call of [
      () => client.inferFromApiV1([], { modelId: 'cars/3' }),
      () => client.listLoadedModels(),
      () => client.loadModel('cars/3'),
      () => client.getModelDescription('cars/3'),
    ]) {
      const error = await failureOf(call())
      assert.equal(error.code, 'WRONG_CLIENT_MODE')
      assert.match(error.message, /needs API v1.*this client talks API v0/)
    }
    assert.deepEqual(sent, [])
  })

  const others = [
    'https://detect.roboflow.com.evil.example',
    'https://evilroboflow.com',
    'https://roboflow.com.example',
    'https://serverless.roboflow.community',
    'https://my-dedicated.roboflow.cloud',
    'https://evil.example/detect.roboflow.com',
    'https://detect.roboflow.com@evil.example',
    'https://evil.example?https://detect.roboflow.com',
    'https://evil.example#.roboflow.com',
    'http://localhost:9001',
    'http://127.0.0.1:9001/',
    'http://[::1]:9001',
  ]
  for (const apiUrl of others) {
    it(`means an inference server (v1) when it is ${apiUrl}`, () => {
      assert.equal(clientOf(apiUrl, { transport: silent([]) }).clientMode, 'v1')
    })
  }

  for (const apiUrl of [
    '',
    'localhost:9001',
    '127.0.0.1',
    'ftp://host',
    'http://',
    'file:///etc',
    'roboflow',
  ]) {
    it(`is refused when it is "${apiUrl}"`, () => {
      const error = thrownBy(() => new InferenceHTTPClient({ apiUrl }))
      assert.ok(error instanceof InvalidParameterError)
      assert.match(error.message, /http:\/\/localhost:9001/)
    })
  }

  it('is not repeated when it is refused: it may hold a password', () => {
    const error = thrownBy(() => new InferenceHTTPClient({ apiUrl: 'http://user:hidden@ho st' }))
    assert.doesNotMatch(inspect(error), /hidden/)
  })

  it('is no foreign error when its password is badly encoded', async () => {
    const make = () => new InferenceHTTPClient({ apiUrl: 'http://user:50%@127.0.0.1:9001' })
    assert.doesNotThrow(make)
  })

  for (const end of ['', '/', '//']) {
    it(`keeps its path, which ends in "proxy/api${end}"`, async () => {
      const stub = await startStub()
      stub.answer = ({ path }) => {
        if (path === '/proxy/api/info') return { json: { name: 'n', version: 'v', uuid: 'u' } }
        return undefined
      }
      const client = clientOf(`${stub.url}/proxy/api${end}`)
      assert.deepEqual(await client.getServerInfo(), { name: 'n', version: 'v', uuid: 'u' })
      const error = await failureOf(client.listLoadedModels())
      assert.equal(stub.requests[1]?.path, '/proxy/api/model/registry')
      assert.ok(error.message.includes(`${stub.url}/proxy/api/model/registry`), error.message)
    })
  }

  for (const end of ['', '/', '//']) {
    it(`may be bare and end in "${end}"`, async () => {
      const stub = await startStub()
      assert.equal((await clientOf(stub.url + end).getServerInfo()).name, 'Stub Server')
      assert.equal(stub.requests[0]?.path, '/info')
    })
  }
})
