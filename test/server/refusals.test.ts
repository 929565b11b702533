import assert from 'node:assert/strict'
import sharp from 'sharp'
import {
  APIKeyNotProvided,
  EncodingError,
  HTTPCallErrorError,
  HTTPClientError,
  InferenceHTTPClient,
  InvalidModelIdentifier,
} from '../../src/index'
import type { RememberingTransport } from '../support/compare-sent'
import { tinyTasks } from '../support/compare-tasks'
import { paint, paintPixels } from '../support/images'
import { openRealClient, ownServer } from './real-client'
import { type RunningServer, startServer } from './server'

const modes = ['v1', 'v0'] as const

describe('what is refused, for every task and in both modes', function () {
  this.timeout(120_000)
  let server: RunningServer
  let transport: RememberingTransport
  let client: InferenceHTTPClient
  openRealClient(
    (opened) => {
      ;({ server, transport, client } = opened)
    },
    ownServer(startServer),
    { attempts: 1 },
  )
  let image: Buffer
  before(async () => {
    image = await paint(64, 48)
  })

  const clientOf = (mode: string, from = client) => (mode === 'v0' ? from.useApiV0() : from)
  const loaded = async () => (await client.listLoadedModels()).models.map(({ model_id }) => model_id).sort()
  const failure = async (
    asked: InferenceHTTPClient,
    image: Buffer,
    modelId: string,
  ): Promise<HTTPClientError> => {
    const error = await asked.infer(image, { modelId }).then(
      () => assert.fail('It should have been refused.'),
      (reason) => reason,
    )
    assert.ok(error instanceof HTTPClientError, String(error))
    return error
  }
  const statusOf = (error: HTTPClientError): number => {
    assert.ok(error instanceof HTTPCallErrorError, String(error))
    assert.equal(error.code, 'HTTP_CALL_ERROR')
    return error.statusCode
  }

  // Before anything else: a model that is loaded is served to any key.
  describe('while no model is loaded', () => {
    for (const { name, modelId } of tinyTasks) {
      for (const mode of modes) {
        it(`${name} in ${mode}: a wrong key, a key without rights, no key`, async () => {
          const keys: [key: string | undefined, status: number, hint: RegExp][] = [
            ['a-wrong-key', 401, /API key/],
            ['no-scope', 403, /scope/],
            ['paused', 423, /paused/],
            ...(mode === 'v1' ? [[undefined, 401, /API key/] as [undefined, number, RegExp]] : []),
          ]
          for (const [apiKey, status, hint] of keys) {
            const other = new InferenceHTTPClient({ apiUrl: server.url, apiKey, attempts: 1 })
            try {
              const error = await failure(clientOf(mode, other), image, modelId)
              assert.equal(statusOf(error), status)
              assert.match(error.message, hint)
              assert.doesNotMatch(JSON.stringify([error, error.message, error.stack]), /a-wrong-key/)
            } finally {
              await other.close()
            }
          }
          assert.deepEqual(await loaded(), [])
        })
      }
    }

    it('v0 without a key asks nobody', async () => {
      const other = new InferenceHTTPClient({ apiUrl: server.url, transport }).useApiV0()
      assert.ok((await failure(other, image, 'tiny-boxes/1')) instanceof APIKeyNotProvided)
      assert.deepEqual(transport.sent, [])
    })
  })

  describe('images and models', () => {
    for (const { name, modelId } of tinyTasks) {
      for (const mode of modes) {
        it(`${name} in ${mode}: what is no image, or the beginning of one, is not sent`, async () => {
          for (const side of [200, 900]) {
            const encoded = await encodings(side)
            const bad: [what: string, bytes: Buffer, told: RegExp][] = [
              ['no bytes', Buffer.alloc(0), /empty/],
              ['a text', Buffer.from('this is no image'), /no image/],
              ...Object.entries(encoded).map(([format, bytes]): [string, Buffer, RegExp] => [
                `half a ${format}`,
                bytes.subarray(0, bytes.length / 2),
                new RegExp(`The ${format} is (cut off|damaged)`),
              ]),
            ]
            for (const [what, bytes, told] of bad) {
              const error = await failure(clientOf(mode), bytes, modelId)
              assert.ok(error instanceof EncodingError, `${what}: ${error}`)
              assert.match(error.message, told)
            }
          }
          assert.deepEqual(transport.images, [])
        })

        it(`${name} in ${mode}: a damaged image that only the server decodes is 400`, async () => {
          // only the head of a BMP: the client does not decode these
          const bmp = Buffer.alloc(54)
          bmp.write('BM', 'latin1')
          bmp.writeUInt32LE(40, 14)
          const error = await failure(clientOf(mode), bmp, modelId)
          assert.equal(statusOf(error), 400)
          assert.match(error.message, /Could not load input image/)
        })
      }
    }

    for (const mode of modes) {
      for (const unknown of ['never/1', 'tiny-boxes/2', 'tiny-label/99']) {
        it(`404 in ${mode} for ${unknown}, and others go on`, async () => {
          const error = await failure(clientOf(mode), image, unknown)
          assert.equal(statusOf(error), 404)
          assert.match(error.hint ?? '', /project\/version/)
          const known = await clientOf(mode).infer(image, { modelId: 'tiny-boxes/1' })
          assert.deepEqual(known.predictions, [])
        })
      }
    }
  })

  describe('ids that are routes', () => {
    const routes = [
      'model/clear',
      'MODEL/clear',
      'model/add',
      'model/remove',
      'infer/x',
      'infer/object_detection',
      'inference_pipelines/list',
    ]
    const ids = [
      '../x',
      '../model/clear',
      './clear',
      'x/..',
      'x/../model/clear',
      'tiny-boxes/1?image=http://127.0.0.1',
      'tiny-boxes/1#',
      'model%2Fclear/x',
      'tiny-boxes\\1',
      'tiny-boxes/1\r\nx: y',
      '/model/clear',
      'tiny-boxes//1',
    ]
    for (const mode of modes) {
      for (const id of ids) {
        it(`${mode} asks nobody about ${JSON.stringify(id)}`, () => assertRefused(mode, id))
      }
    }

    for (const id of routes) {
      it(`v0 asks nobody about ${JSON.stringify(id)}`, () => assertRefused('v0', id))

      it(`v1 asks for a model ${JSON.stringify(id)}, which is none, and nothing else happens`, async () => {
        await client.infer(image, { modelId: 'tiny-boxes/1' })
        const before = await loaded()
        transport.forget()
        const error = await failure(clientOf('v1'), image, id)
        assert.equal((error as { statusCode?: number }).statusCode, 404)
        assert.deepEqual(
          transport.sent.map(({ path }) => path),
          ['/model/registry', '/model/add'],
        )
        assert.deepEqual(await loaded(), before)
      })
    }

    it('v0 asks nobody about any id that is a route of this server', async () => {
      const answer = await fetch(`${server.url}/openapi.json`)
      const { paths } = (await answer.json()) as { paths: Record<string, object> }
      const routes = Object.keys(paths).filter((route) => /^\/[^{/]+\/[^/]+$/.test(route))
      assert.ok(routes.includes('/model/clear') && routes.length > 20, String(routes))
      for (const route of routes) {
        const id = route.slice(1).replace(/\{.*/, 'x')
        await assertRefused('v0', id)
      }
    })

    const assertRefused = async (mode: string, id: string) => {
      // something that could be lost
      await client.infer(image, { modelId: 'tiny-boxes/1' })
      const before = await loaded()
      transport.forget()
      const error = await failure(clientOf(mode), image, id)
      assert.ok(error instanceof InvalidModelIdentifier, String(error))
      assert.match(error.hint ?? '', /cars\/3/)
      assert.deepEqual(transport.sent, [])
      assert.deepEqual(await loaded(), before)
    }
  })
})

const encodings = async (side: number): Promise<Record<string, Buffer>> => {
  const pixels = paintPixels(side, side, [{ x: 90, y: 90, width: 60, height: 50, color: 'red' }])
  const painted = sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
  return {
    JPEG: await painted.clone().jpeg().toBuffer(),
    PNG: await painted.clone().png().toBuffer(),
    WEBP: await painted.clone().webp().toBuffer(),
  }
}
