import assert from 'node:assert/strict'
import { HTTPCallErrorError, InferenceHTTPClient } from '../../../src/index'
import { tinyTasks } from '../../support/compare-tasks'
import { paint } from '../../support/images'
import { type RunningServer, startServer } from '../server'

// A server of its own: a model that was loaded once is served to any key.
describe('keys on an old server that has loaded nothing', function () {
  this.timeout(120_000)
  let server: RunningServer
  let image: Buffer
  before(async () => {
    server = await startServer({ kind: '0.37.1' })
    image = await paint(64, 48)
  })
  after(() => server?.stop())

  const withKey = async <T>(
    apiKey: string | undefined,
    configuration: object,
    work: (client: InferenceHTTPClient) => Promise<T>,
  ): Promise<T> => {
    const client = new InferenceHTTPClient({ apiUrl: server.url, apiKey, attempts: 1, configuration })
    try {
      return await work(client)
    } finally {
      await client.close()
    }
  }
  const refused = (work: Promise<unknown>, status: number, said: RegExp) =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof HTTPCallErrorError, String(error))
      assert.equal(error.statusCode, status)
      assert.match(error.message, said)
      assert.doesNotMatch(JSON.stringify([error, error.message, error.stack]), /a-wrong-key/)
      return true
    })

  const ways: [name: string, ask: (client: InferenceHTTPClient, modelId: string) => Promise<unknown>][] = [
    ['v1', (client, modelId) => client.infer(image, { modelId })],
    ['v0', (client, modelId) => client.useApiV0().infer(image, { modelId })],
    ['loading', (client, modelId) => client.loadModel(modelId)],
  ]
  for (const [way, ask] of ways) {
    // what the platform says about a key reaches the client as 502, but for a wrong one
    for (const [key, status, said] of [
      ['a-wrong-key', 401, /API key/],
      [undefined, 401, /API key/],
      ['broke', 502, /Roboflow API failed/],
      ['no-scope', 502, /Roboflow API failed/],
      ['paused', 502, /Roboflow API failed/],
      ['down', 502, /Roboflow API failed/],
    ] as const) {
      if (way === 'v0' && key === undefined) continue
      it(`${way}: ${status} for the key ${key}`, () =>
        withKey(key, {}, async (client) => {
          for (const { modelId } of tinyTasks) await refused(ask(client, modelId), status, said)
          assert.deepEqual((await client.listLoadedModels()).models, [])
        }))
    }

    it(`${way}: a key in the header alone is none`, () =>
      withKey(server.key, { apiKeyTransport: 'header' }, (client) =>
        refused(ask(client, 'tiny-boxes/1'), 401, /API key/),
      ))
  }

  it('gaze detection and CLIP: 401 for a wrong key', () =>
    withKey('a-wrong-key', {}, async (client) => {
      await refused(client.detectGazes(image), 401, /API key/)
      await refused(client.getClipTextEmbeddings('red'), 401, /API key/)
      await refused(client.getClipImageEmbeddings(image), 401, /API key/)
      await refused(client.clipCompare(image, ['red']), 401, /API key/)
    }))

  // The last ones: each loads models.
  for (const [apiKeyTransport, modelId] of [
    ['legacy', 'tiny-boxes/1'],
    ['both', 'tiny-masks/1'],
  ]) {
    it(`loads a model with the key as ${apiKeyTransport}`, () =>
      withKey(server.key, { apiKeyTransport }, (client) => client.infer(image, { modelId })))
  }

  for (const [apiKeyTransport, modelId] of [
    ['legacy', 'tiny-points/1'],
    ['both', 'tiny-label/1'],
  ]) {
    it(`loads a model in v0 with the key as ${apiKeyTransport}`, () =>
      withKey(server.key, { apiKeyTransport }, (client) => client.useApiV0().infer(image, { modelId })))
  }
})
