import assert from 'node:assert/strict'
import { FeatureDeprecatedError, InferenceHTTPClient } from '../../src/index'
import { RememberingTransport } from '../support/compare-sent'
import { paint } from '../support/pictures'
import type { RunningServer } from './server'
import { sharedServer } from './shared-server'

describe('what the real server 1.8.3 does not have any more', function () {
  this.timeout(120_000)
  let server: RunningServer
  let picture: Buffer
  before(async () => {
    server = await sharedServer()
    picture = await paint(64, 48)
  })

  const features = {
    detectGazes: {
      call: (client: InferenceHTTPClient) => client.detectGazes(picture),
      path: '/gaze/gaze_detection',
      since: '1.2.8',
    },
    'detectGazes of several pictures': {
      call: (client: InferenceHTTPClient) => client.detectGazes([picture, picture]),
      path: '/gaze/gaze_detection',
      since: '1.2.8',
    },
    promptCogvlm: {
      call: (client: InferenceHTTPClient) => client.promptCogvlm(picture, 'What is it?'),
      path: '/llm/cogvlm',
      since: '0.38.0',
    },
  }

  for (const [name, { call, path, since }] of Object.entries(features)) {
    for (const apiKey of ['good-key', 'a-wrong-key', 'no-scope', undefined]) {
      for (const apiKeyTransport of ['legacy', 'both', 'header'] as const) {
        it(`${name} says so with the key ${apiKey} as ${apiKeyTransport}, after one request`, async () => {
          const transport = new RememberingTransport(server.url)
          const configuration = { apiKeyTransport }
          const client = new InferenceHTTPClient({ apiUrl: server.url, apiKey, configuration, transport })
          try {
            await assert.rejects(call(client), (error) => {
              assert.ok(error instanceof FeatureDeprecatedError, String(error))
              assert.equal(error.removalRelease, since)
              assert.match(error.message, /this one is 1\.8\.3\./)
              return true
            })
          } finally {
            await client.close()
          }
          const asked = transport.sent.map((request) => `${request.method} ${request.path}`)
          assert.deepEqual(asked, [`POST ${path}`, 'GET /info'])
        })
      }
    }
  }
})
