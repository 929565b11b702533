import assert from 'node:assert/strict'
import { InferenceHTTPClient } from '../../../src/index'
import { failureOf, thrownBy } from '../failure'
import { clients, stubServers } from '../opened'
import { everyMethod, type Method, tinyImage } from './every-method'

const infers: Method[] = ['infer', 'inferFromApiV0', 'inferFromApiV1'].map((name) => ({
  name,
  path: '',
  answer: {},
  isInV0: true,
  call: (client, options) =>
    // biome-ignore lint/suspicious/noExplicitAny: tests pass what types forbid
    (client as any)[name](tinyImage, options),
}))

const loading: Method[] = ['listLoadedModels', 'getModelDescription', 'loadModel'].map((name) => ({
  name,
  path: '',
  answer: {},
  isInV0: false,
  call: (client, options) =>
    // biome-ignore lint/suspicious/noExplicitAny: tests pass what types forbid
    name === 'listLoadedModels' ? client.listLoadedModels(options) : (client as any)[name]('cars/3', options),
}))

describe('options of calls', () => {
  const startStub = stubServers()
  const clientOf = clients()

  for (const { name, call } of [...infers, ...loading, ...everyMethod]) {
    // those that take nothing but options are spread over what they need
    const takesOptionsAlone = /Workflow/.test(name) && name !== 'validateWorkflow'

    it(`of ${name} have known names, and an unknown one is none of them`, async () => {
      const stub = await startStub()
      const client = clientOf(stub.url)
      const options = { retrys: 1 } as object
      const error = await failureOf(call(client, options))
      assert.equal(error.code, 'INVALID_PARAMETER', error.stack)
      assert.match(error.message, /^"retrys" is none of the options\./)
      assert.deepEqual(stub.requests, [])
    })

    it(`of ${name} are an object, and their signal is one`, async () => {
      const stub = await startStub()
      const client = clientOf(stub.url)
      const wrong = [
        { signal: {} },
        { signal: 'abort' },
        ...(takesOptionsAlone ? [] : [null, 'cars/3', 7, []]),
      ]
      for (const options of wrong) {
        const error = await failureOf(call(client, options as object))
        assert.equal(error.code, 'INVALID_PARAMETER', `${JSON.stringify(options)}: ${error.stack}`)
      }
      assert.deepEqual(stub.requests, [])
    })
  }

  it('are told by the nearest name, also as Python writes it', async () => {
    const client = clientOf('http://127.0.0.1:9')
    // biome-ignore lint/suspicious/noExplicitAny: tests pass what types forbid
    const untyped = client as any
    for (const [work, meant] of [
      [() => untyped.infer(tinyImage, { model_id: 'cars/3' }), 'modelId'],
      [() => untyped.ocrImage(tinyImage, { modell: 'doctr' }), 'model'],
      [() => untyped.ocrImage(tinyImage, { generate_bounding_boxes: true }), 'generateBoundingBoxes'],
      [() => untyped.clipCompare(tinyImage, 'a', { subject_type: 'text' }), 'subjectType'],
      [() => untyped.inferOnStream('a.mp4', { modelid: 'cars/3' }).next(), 'modelId'],
    ] as const) {
      const error = await failureOf(Promise.resolve().then(work))
      assert.equal(error.code, 'INVALID_PARAMETER', error.stack)
      assert.match(error.message, new RegExp(`Is ${meant} meant\\?`))
    }
  })

  it('are listed where none is near', async () => {
    const client = clientOf('http://127.0.0.1:9')
    const error = await failureOf(client.getServerInfo({ xyz: 1 } as object))
    assert.match(error.message, /They are signal, timeout, timeouts, attempts, onLoading\./)
  })

  it('of the client itself are checked as well', () => {
    const apiUrl = 'http://127.0.0.1:9'
    for (const [options, says] of [
      ['http://127.0.0.1:9', /The options of the client should be an object, such as \{ apiUrl: … \}/],
      [{ apiUrl, api_key: 'k' }, /Is apiKey meant\?/],
      [{ apiUrl, apikey: 'k' }, /Is apiKey meant\?/],
      [{ apiUrl: 7 }, /apiUrl takes a text/],
      [{ apiUrl, apiKey: 7 }, /apiKey takes a text/],
      [{ apiUrl, onConnection: true }, /onConnection takes a function/],
      [{ apiUrl, timeouts: { requests: 7 } }, /"requests" is none of the timeouts\. Is request meant\?/],
      [{ apiUrl, timeouts: { xyzzy: 7 } }, /"xyzzy" is none of the timeouts\. They are \w+/],
      [null, /should be an object/],
    ] as const) {
      const error = thrownBy(() => new InferenceHTTPClient(options as never)) as Error & { code?: string }
      assert.equal(error.code, 'INVALID_PARAMETER', error.stack)
      assert.match(error.message, says)
      assert.doesNotMatch(error.message, /"k"/)
    }
  })
})
