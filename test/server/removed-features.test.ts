import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { FeatureDeprecatedError, InferenceHTTPClient, WrongClientModeError } from '../../src/index'
import { RememberingTransport } from '../support/compare-sent'
import { type RunningServer, startServer } from './server'

const image = readFileSync(path.join(__dirname, 'images', 'astronaut.jpg'))

const removed: {
  what: string
  name: RegExp
  since: string
  path: string
  ask(client: InferenceHTTPClient): Promise<unknown>
}[] = [
  {
    what: 'gaze detection',
    name: /gaze/i,
    since: '1.2.8',
    path: '/gaze/gaze_detection',
    ask: (client) => client.detectGazes(image),
  },
  {
    what: 'gaze detection of a list',
    name: /gaze/i,
    since: '1.2.8',
    path: '/gaze/gaze_detection',
    ask: (client) => client.detectGazes([image, image]),
  },
  {
    what: 'CogVLM',
    name: /CogVLM/,
    since: '0.38.0',
    path: '/llm/cogvlm',
    ask: (client) => client.promptCogvlm(image, 'What is it?'),
  },
]

for (const offline of [false, true]) {
  describe(`what the real server no longer has${offline ? ', without internet' : ''}`, function () {
    this.timeout(120_000)
    let server: RunningServer
    let transport: RememberingTransport
    before(async () => {
      server = await startServer({ offline })
      transport = new RememberingTransport(server.url)
    })
    after(async () => {
      await transport?.close()
      await server?.stop()
    })
    beforeEach(() => transport.forget())

    for (const { what, name, since, path: route, ask } of removed) {
      for (const apiKeyTransport of ['legacy', 'both', 'header'] as const) {
        for (const apiKey of ['good-key', 'a-wrong-key', 'no-scope', undefined]) {
          it(`${what}: says so after one request (key ${apiKey}, ${apiKeyTransport})`, async () => {
            const client = new InferenceHTTPClient({
              apiUrl: server.url,
              apiKey,
              transport,
              configuration: { apiKeyTransport },
            })
            await assert.rejects(ask(client), (error) => {
              assert.ok(error instanceof FeatureDeprecatedError, String(error))
              assert.match(error.feature, name)
              assert.match(error.message, name)
              assert.equal(error.removalRelease, since)
              assert.match(error.message, /this one is 1\.8\.3\./)
              assert.ok(error.message.includes(since) && error.message.includes('1.8.3'), error.message)
              return true
            })
            assert.deepEqual(
              transport.sent.map(({ method, path: sent }) => `${method} ${sent}`),
              [`POST ${route}`, 'GET /info'],
            )
          })
        }
      }

      it(`${what}: asks nobody in v0`, async () => {
        const client = new InferenceHTTPClient({ apiUrl: server.url, apiKey: server.key, transport })
        await assert.rejects(ask(client.useApiV0()), WrongClientModeError)
        assert.deepEqual(transport.sent, [])
      })
    }
  })
}
