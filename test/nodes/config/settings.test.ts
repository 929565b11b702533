import assert from 'node:assert/strict'
import { apiKeyFromEnvironment } from '../../../src/index'
import { paint } from '../../support/images'
import { type Message, startFlow, stubForEachTest, variable } from '../flow'

const name = 'ROBOFLOW_API_KEY'

/** Sets environment variables for the tests of the surrounding `describe`. */
const withEnvironment = (variables: Record<string, string>) => {
  const before = { ...process.env }
  beforeEach(() => Object.assign(process.env, variables))
  afterEach(() => {
    for (const variable of Object.keys(variables)) {
      if (before[variable] === undefined) delete process.env[variable]
      else process.env[variable] = before[variable]
    }
  })
}

describe('the key of the environment', () => {
  withEnvironment({ [name]: 'from-environment' })

  for (const url of [
    'http://localhost:9001',
    'http://LOCALHOST',
    'http://127.0.0.1:9001',
    'http://127.1.2.3',
    'http://[::1]:9001',
    'https://roboflow.com',
    'https://serverless.roboflow.com',
    'https://detect.roboflow.eu/path',
    'https://api.roboflow.one',
    'https://api.roboflow-eu.one',
  ]) {
    it(`may go to ${url}`, () => assert.equal(apiKeyFromEnvironment(url), 'from-environment'))
  }

  for (const url of [
    'http://192.168.1.20:9001',
    'http://nas:9001',
    'https://example.com',
    'https://roboflow.com.example.com',
    'https://notroboflow.com',
    'https://example.com/roboflow.com',
    'https://roboflow.com@example.com',
    'http://localhost.example.com',
    'http://127.example.com',
    'http://127.0.0.1.example.com',
    'not a URL',
    '',
  ]) {
    it(`never goes to ${url || 'nowhere'}`, () => assert.equal(apiKeyFromEnvironment(url), undefined))
  }
})

describe('a server’s settings', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
  })

  const requestFor = async (options: Omit<Parameters<typeof startFlow>[0], 'url'>, msg: Message = {}) => {
    const flow = await startFlow({ url: test.stub.url, ...options })
    flow.send({ payload: jpeg, ...msg })
    await flow.out.next()
    return test.stub.inferences[0] ?? assert.fail('no request')
  }

  describe('from environment variables', () => {
    withEnvironment({ TEST_KEY: 'key-of-the-test', TEST_SECONDS: '0.2', [name]: 'from-environment' })
    afterEach(() => {
      delete process.env.TEST_URL
    })

    it('give the key', async () => {
      const { json } = await requestFor({ credentials: { apiKey: variable('TEST_KEY') } })
      assert.equal(json.api_key, 'key-of-the-test')
    })

    it('give the URL', async () => {
      process.env.TEST_URL = test.stub.url
      await requestFor({ server: { url: variable('TEST_URL') } })
    })

    it('give a number of seconds', async () => {
      test.stub.answer = ({ path }) => (path.startsWith('/infer') ? 'hang' : undefined)
      const server = { firstTimeout: variable('TEST_SECONDS'), retries: false }
      const flow = await startFlow({ url: test.stub.url, server })
      flow.send({ payload: jpeg })
      assert.match((await flow.caught.next()).error.message, /no answer in 0\.2 s/)
    })

    it('give the key of ROBOFLOW_API_KEY where the field is blank', async () => {
      assert.equal((await requestFor({})).json.api_key, 'from-environment')
    })

    it('give it to no server but those on this machine and Roboflow’s', async () => {
      // which is this machine, but by no address that is known to be
      const url = test.stub.url.replace('127.0.0.1', '0.0.0.0')
      assert.equal((await requestFor({ server: { url } })).json.api_key, null)
    })

    it('do not replace a key that is typed', async () => {
      assert.equal((await requestFor({ credentials: { apiKey: 'typed' } })).json.api_key, 'typed')
    })
  })

  it('send no key where there is none', async () => {
    const { json, headers, query } = await requestFor({})
    assert.deepEqual([json.api_key, headers.authorization, query.has('api_key')], [null, undefined, false])
  })

  it('send the key as a header alone, or both ways', async () => {
    const credentials = { apiKey: 'typed' }
    const { json, headers } = await requestFor({ server: { keyTransport: 'header' }, credentials })
    assert.deepEqual(['api_key' in json, headers.authorization], [false, 'Bearer typed'])
    assert.ok(test.stub.requests.every(({ query }) => !query.has('api_key')))
  })

  it('send the service secret, which no message can change', async () => {
    const { query } = await requestFor({ credentials: { serviceSecret: 'hush' } })
    assert.equal(query.get('service_secret'), 'hush')
  })

  it('keep the path of the URL, for a server behind a proxy', async () => {
    test.stub.answer = ({ path, method }) => {
      if (path === '/ai/model/registry') {
        return { json: { models: [{ model_id: 'cars/3', task_type: 'object-detection' }] } }
      }
      return method === 'POST' && path === '/ai/infer/object_detection'
        ? { json: { predictions: [] } }
        : undefined
    }
    const flow = await startFlow({ url: `${test.stub.url}/ai/` })
    flow.send({ payload: jpeg })
    assert.deepEqual((await flow.out.next()).payload, { predictions: [] })
  })
})
