import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type ImageReference,
  type InferenceConfiguration,
  type InferenceHTTPClientOptions,
  loadImage,
  WrongClientModeError,
} from '../../../src/index'
import { paint, paintPixels } from '../../support/images'
import type { StubRequest, StubServer } from '../../support/stub-server'
import { failureOf } from '../failure'
import { bareServers, clients, stubServers } from '../opened'
import { aboutImages, answerAll, coreModels, everyMethod, type Method, tinyImage } from './every-method'

const key = 'k3y with/odd+signs&=%'
const bearer = `Bearer ${key}`

/** Everything that has to do with inference alone. */
const inferring: InferenceConfiguration = {
  confidenceThreshold: 0.35,
  keypointConfidenceThreshold: 0.25,
  maskDecodeMode: 'fast',
  tradeoffFactor: 0.7,
  maxCandidates: 1500,
  maxDetections: 77,
  iouThreshold: 0.45,
  strokeWidth: 3,
  disablePreprocAutoOrientation: true,
  disablePreprocContrast: true,
  disablePreprocGrayscale: true,
  disablePreprocStaticCrop: true,
  classAgnosticNms: true,
  classFilter: ['cat'],
  fixBatchSize: true,
  includeAnomalyMap: true,
  visualizePredictions: true,
  visualizeLabels: true,
  disableActiveLearning: true,
  activeLearningTargetDataset: 'al-set',
  responseMaskFormat: 'rle',
  allowReducedMaskResolution: true,
  format: 'json',
}

describe('every method besides inference', () => {
  const startStub = stubServers()
  const startServer = bareServers()
  const clientOf = clients()
  let stub: StubServer
  beforeEach(async () => {
    stub = await startStub()
    answerAll(stub)
  })

  const requestOf = async (
    { call }: Method,
    mode: string,
    options: Partial<InferenceHTTPClientOptions> = {},
    userInfo = '',
  ): Promise<StubRequest> => {
    const client = clientOf(stub.url.replace('http://', `http://${userInfo}`), options)
    await call(mode === 'v0' ? client.useApiV0() : client)
    return stub.requests.pop() ?? assert.fail('nothing was asked')
  }

  for (const method of everyMethod) {
    it(`${method.name} asks once, and gives the server's answer`, async () => {
      const answer = await method.call(clientOf(stub.url))
      const [request] = stub.requests
      assert.equal(stub.requests.length, 1)
      assert.equal(request?.path, method.path)
      assert.equal(request.method, method.name === 'getServerInfo' ? 'GET' : 'POST')
      const given: unknown = {
        detectGazes: (method.answer as unknown[])[0],
        runWorkflow: [{ count: 2 }],
        inferFromWorkflow: [{ count: 2 }],
      }[method.name]
      assert.deepEqual(answer, given ?? method.answer)
    })

    it(`${method.name} ${method.isInV0 ? 'works' : 'is refused before anything is asked'} in mode v0`, async () => {
      if (method.isInV0) {
        assert.equal((await requestOf(method, 'v0', { apiKey: key })).path, method.path)
        return
      }
      const error = await failureOf(method.call(clientOf(stub.url).useApiV0()))
      assert.ok(error instanceof WrongClientModeError, error.stack)
      assert.equal(stub.requests.length, 0)
    })
  }

  const bodyKey = ({ json }: StubRequest): unknown => json?.api_key
  const queryKey = ({ query }: StubRequest): unknown => query.get('api_key') ?? undefined
  const modesOf = ({ isInV0 }: Method) => (isInV0 ? ['v1', 'v0'] : ['v1'])
  const sendsNoKey = ['unloadModel', 'unloadAllModels', 'getServerInfo']

  /** Where the key belongs besides the header. */
  const placeOfKey = ({ name }: Method, mode: string): 'query' | 'body' | undefined => {
    if (sendsNoKey.includes(name)) return undefined
    if (name === 'validateWorkflow') return 'query'
    return mode === 'v0' && coreModels.some((core) => core.name === name) ? 'query' : 'body'
  }

  for (const method of everyMethod) {
    for (const mode of modesOf(method)) {
      const place = placeOfKey(method, mode)
      for (const apiKeyTransport of [undefined, 'legacy', 'both', 'header'] as const) {
        it(`${method.name} in ${mode} sends the key as ${apiKeyTransport ?? 'it is by default'}`, async () => {
          const request = await requestOf(method, mode, { apiKey: key, configuration: { apiKeyTransport } })
          const written = apiKeyTransport === 'header' ? undefined : place
          assert.equal(queryKey(request), written === 'query' ? key : undefined)
          assert.equal(bodyKey(request), written === 'body' ? key : undefined)
          const inHeader = apiKeyTransport === 'both' || apiKeyTransport === 'header'
          const expected = inHeader && method.name !== 'getServerInfo' ? bearer : undefined
          assert.equal(request.headers.authorization, expected)
        })
      }

      it(`${method.name} in ${mode} works without a key, and then sends none`, async () => {
        const request = await requestOf(method, mode)
        assert.equal(request.query.has('api_key'), false)
        assert.equal(bodyKey(request), place === 'body' ? null : undefined)
        assert.equal(request.headers.authorization, undefined)
      })

      it(`${method.name} in ${mode} sends user and password of the server's URL where the key is no header`, async () => {
        const basic = `Basic ${Buffer.from('operator:p@ss').toString('base64')}`
        const request = await requestOf(method, mode, { apiKey: key }, 'operator:p%40ss@')
        assert.equal(request.headers.authorization, basic)
        const configuration = { apiKeyTransport: 'header' } as const
        const other = await requestOf(method, mode, { apiKey: key, configuration }, 'operator:p%40ss@')
        assert.equal(other.headers.authorization, method.name === 'getServerInfo' ? basic : bearer)
      })
    }
  }

  const reporting = {
    source: 'my-app',
    sourceInfo: 'rev 7/é',
    serviceSecret: 's3 cr&t',
    countInference: false,
  }

  for (const method of coreModels) {
    it(`${method.name} says what usage reports need, in the same way in both modes`, async () => {
      for (const mode of modesOf(method)) {
        const { json, query } = await requestOf(method, mode, { configuration: reporting })
        assert.deepEqual([json.source, json.source_info], ['my-app', 'rev 7/é'])
        assert.deepEqual(
          [...query],
          [
            ['service_secret', 's3 cr&t'],
            ['countinference', 'False'],
          ],
        )
      }
    })
  }

  for (const method of everyMethod) {
    it(`${method.name} sends none of the options of inference${
      coreModels.includes(method) ? '' : ', and nothing for usage reports'
    }`, async () => {
      const more = coreModels.includes(method) ? {} : reporting
      for (const mode of modesOf(method)) {
        const plain = await requestOf(method, mode)
        const full = await requestOf(method, mode, { configuration: { ...inferring, ...more } })
        assert.deepEqual(full.body, plain.body)
        assert.equal(String(full.query), String(plain.query))
      }
    })

    it(`${method.name} has the attempts and the time that the call gives it`, async () => {
      const client = clientOf(stub.url)
      stub.answer = () => ({ status: 503, headers: { 'retry-after': '0' }, json: {} })
      const asked = () => stub.requests.filter(({ path }) => path === method.path).length
      await failureOf(method.call(client, { attempts: 2 }))
      assert.equal(asked(), 2)
      await failureOf(method.call(client, { attempts: 1 }))
      assert.equal(asked(), 3)
      stub.answer = () => 'hang'
      const began = Date.now()
      assert.equal((await failureOf(method.call(client, { timeout: 50, attempts: 1 }))).code, 'TIMEOUT')
      assert.ok(Date.now() - began < 1_000)
    })
  }

  const sentImage = ({ name }: Method, { json }: StubRequest): string => {
    const image = {
      clipCompare: json.subject,
      runWorkflow: json.inputs?.image,
      inferFromWorkflow: json.inputs?.image,
    }[name]
    const { type, value } = image ?? json.image
    assert.equal(type, 'base64')
    return value
  }

  for (const method of aboutImages) {
    it(`${method.name} takes an image in every form, and sends its own bytes`, async () => {
      const image = await paint(8, 6)
      const base64 = image.toString('base64')
      const folder = mkdtempSync(path.join(tmpdir(), 'images-'))
      const file = path.join(folder, 'an image.jpg')
      writeFileSync(file, image)
      const url = await startServer((_request, response) => response.end(image))
      const forms: Record<string, ImageReference> = {
        Buffer: image,
        Uint8Array: new Uint8Array(image),
        json: JSON.parse(JSON.stringify(image)),
        base64,
        dataUri: `data:image/jpeg;base64,${base64}`,
        path: file,
        fileUrl: pathToFileURL(file).href,
        url: `${url}/car.jpg`,
        URL: new URL(`${url}/car.jpg`),
        loaded: await loadImage(image),
      }
      const client = clientOf(stub.url)
      try {
        for (const [form, image] of Object.entries(forms)) {
          await method.call(client, {}, image)
          assert.equal(sentImage(method, stub.requests.at(-1) ?? assert.fail()), base64, form)
        }
      } finally {
        rmSync(folder, { recursive: true })
      }
      await method.call(client, {}, { data: paintPixels(8, 6), width: 8, height: 6, channels: 3 })
      const sent = await loadImage(sentImage(method, stub.requests.at(-1) ?? assert.fail()))
      assert.deepEqual([sent.format, sent.width, sent.height], ['jpeg', 8, 6])
    })

    it(`${method.name} gives neither key nor password to an image's URL`, async () => {
      const asked: string[] = []
      const url = await startServer((request, response) => {
        asked.push(`${request.url} ${request.rawHeaders}`)
        response.end(tinyImage)
      })
      for (const apiKeyTransport of ['legacy', 'both', 'header'] as const) {
        const configuration = { apiKeyTransport, serviceSecret: 'rf-secret' }
        const client = clientOf(stub.url.replace('http://', 'http://operator:pw@'), {
          apiKey: 'rf-key',
          configuration,
        })
        await method.call(client, {}, `${url}/car.gif`)
      }
      assert.equal(asked.length, 3)
      assert.doesNotMatch(asked.join(), /authorization|rf-key|rf-secret|operator/i)
    })

    it(`${method.name} never shrinks an image`, async () => {
      const large = await paint(1600, 1200)
      const configuration = { clientDownsizingDisabled: false, defaultMaxInputSize: 64 }
      await method.call(clientOf(stub.url, { configuration }), {}, large)
      assert.equal(sentImage(method, stub.requests.at(-1) ?? assert.fail()), large.toString('base64'))
    })

    it(`${method.name} never writes into what it is given`, async () => {
      const image = await paint(8, 6)
      const pixels = paintPixels(8, 6)
      const copies = [Buffer.from(image), Buffer.from(pixels)]
      const client = clientOf(stub.url)
      const options = Object.freeze({ timeout: 10_000 })
      for (let time = 0; time < 3; time++) {
        await method.call(client, options, image)
        await method.call(client, options, Object.freeze({ data: pixels, width: 8, height: 6, channels: 3 }))
      }
      assert.deepEqual([image, pixels], copies)
    })
  }
})
