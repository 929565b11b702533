import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import {
  HTTPCallErrorError,
  HTTPClientError,
  type ImageReference,
  type InferenceHTTPClient,
  InvalidResponseError,
} from '../../../src/index'
import { paint } from '../../support/images'
import type { Answer, StubRequest, StubServer } from '../../support/stub-server'
import { type Failure, failureOf } from '../failure'
import { bareServers, clients, deadUrl, stubServers } from '../opened'
import { aboutImages, answerAll, everyMethod, tinyImage } from './every-method'

// as JavaScript may call it
// biome-ignore lint/suspicious/noExplicitAny: that is the point
type Untyped = Record<string, (...args: any[]) => Promise<unknown>>
const untyped = (client: InferenceHTTPClient) => client as unknown as Untyped

const circular: Record<string, unknown> = {}
circular.self = circular

describe('every method besides inference, given what it cannot take', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  let client: InferenceHTTPClient
  let folder: string
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
    folder = mkdtempSync(path.join(tmpdir(), 'images-'))
    writeFileSync(path.join(folder, 'text.jpg'), 'a letter')
    writeFileSync(path.join(folder, 'empty.jpg'), '')
  })
  after(() => rmSync(folder, { recursive: true }))
  beforeEach(async () => {
    stub = await startStub()
    answerAll(stub)
    client = clientOf(stub.url)
  })

  const assertRefused = (error: Failure, told: string) => {
    assert.ok(error instanceof HTTPClientError, `${told}: ${inspect(error)}`)
    assert.ok(error.code && error.message, told)
    assert.equal(stub.requests.length, 0, told)
  }

  for (const method of aboutImages) {
    it(`${method.name} refuses what is no image, and asks nothing`, async () => {
      const odd: unknown[] = [
        null,
        7,
        Number.NaN,
        true,
        1n,
        Symbol('image'),
        () => {},
        {},
        circular,
        '',
        '  ',
        '/no/such/file.jpg',
        `${folder}/text.jpg/inside`,
        folder,
        path.join(folder, 'text.jpg'),
        path.join(folder, 'empty.jpg'),
        'a\0b',
        'data:image/jpeg;base64',
        'data:,text',
        'ftp://127.0.0.1/car.jpg',
        'http://',
        Buffer.alloc(0),
        Buffer.from('a letter'),
        jpeg.subarray(0, jpeg.length - 20),
        jpeg.subarray(0, 30),
        { data: Buffer.alloc(3), width: 8, height: 6, channels: 3 },
        { predictions: [] },
      ]
      for (const image of odd) {
        const failure = failureOf(method.call(client, {}, image as ImageReference))
        assertRefused(await failure, inspect(image))
      }
    })
  }

  const withUndefined: Record<string, (client: Untyped) => Promise<unknown> | undefined> = {
    getClipImageEmbeddings: (any) => any.getClipImageEmbeddings?.(undefined),
    getClipTextEmbeddings: (any) => any.getClipTextEmbeddings?.(undefined),
    clipCompare: (any) => any.clipCompare?.(undefined, 'a car'),
    'clipCompare without a prompt': (any) => any.clipCompare?.(tinyImage),
    ocrImage: (any) => any.ocrImage?.(),
    detectGazes: (any) => any.detectGazes?.(),
    promptCogvlm: (any) => any.promptCogvlm?.(undefined, 'What is it?'),
    'promptCogvlm without a prompt': (any) => any.promptCogvlm?.(tinyImage),
    runWorkflow: (any) => any.runWorkflow?.(),
    inferFromWorkflow: (any) => any.inferFromWorkflow?.(),
    describeWorkflowInterface: (any) => any.describeWorkflowInterface?.(),
    validateWorkflow: (any) => any.validateWorkflow?.(),
    unloadModel: (any) => any.unloadModel?.(),
    loadModel: (any) => any.loadModel?.(),
    getModelDescription: (any) => any.getModelDescription?.(),
  }
  for (const [name, call] of Object.entries(withUndefined)) {
    it(`${name} refuses to work with nothing`, async () => {
      assertRefused(await failureOf(call(untyped(client)) ?? assert.fail()), name)
    })
  }

  it('the ids of models are checked', async () => {
    for (const name of ['unloadModel', 'loadModel', 'getModelDescription']) {
      for (const id of [null, 7, 1n, {}, [], Object.create(null), '', ' ', '.', '..', 'a/..', 'x?y']) {
        const error = await failureOf(untyped(client)[name]?.(id) ?? assert.fail())
        assertRefused(error, `${name} ${inspect(id)}`)
        assert.equal(error.code, 'INVALID_MODEL_IDENTIFIER')
      }
    }
  })

  it('says which image of a list is none', async () => {
    for (const name of ['getClipImageEmbeddings', 'ocrImage', 'detectGazes']) {
      const error = await failureOf(
        untyped(client)[name]?.([tinyImage, 'no.jpg', tinyImage]) ?? assert.fail(),
      )
      assert.match(error.message, /^Image 2 of 3: There is no file "no\.jpg"/, name)
    }
  })

  const oddOptions: [name: string, args: unknown[], options: Record<string, unknown[]>][] = [
    ['getClipImageEmbeddings', [tinyImage], { clipVersion: [7, 1n, {}, [], circular, true] }],
    ['getClipTextEmbeddings', ['a car'], { clipVersion: [7, 1n, {}, [], circular, true] }],
    [
      'clipCompare',
      [tinyImage, 'a car'],
      {
        clipVersion: [7, 1n, {}, []],
        subjectType: [7, 1n, null, '', 'photo', 'Image', circular, Symbol('image')],
        promptType: [7, 1n, null, '', 'photo', 'Text', circular, Symbol('text')],
      },
    ],
    [
      'ocrImage',
      [tinyImage],
      {
        model: [
          7,
          1n,
          '',
          'tesseract',
          'easyocr',
          'constructor',
          circular,
          Object.create(null),
          Symbol('doctr'),
        ],
        version: [7, 1n, {}, []],
        quantize: [1, 'true', {}, 1n],
        generateBoundingBoxes: [1, 'true', {}, 1n],
        languageCodes: ['en', [7], {}, 1n, [['en']]],
      },
    ],
    [
      'promptCogvlm',
      [tinyImage, 'What is it?'],
      { chatHistory: ['text', {}, 7, 1n, ['a'], [['a']], [['a', 'b', 'c']], [['a', 1]], [['a', 1n]]] },
    ],
  ]
  for (const [name, args, options] of oddOptions) {
    for (const [option, values] of Object.entries(options)) {
      it(`${name} refuses the wrong type of ${option}, and asks nothing`, async () => {
        for (const value of values) {
          const call = untyped(client)[name]?.(...args, { [option]: value }) ?? assert.fail()
          const error = await failureOf(call)
          assertRefused(error, `${option} ${inspect(value)}`)
          assert.equal(error.code, 'INVALID_PARAMETER', inspect(value))
        }
      })
    }
  }

  it('takes null for an option as none', async () => {
    for (const [name, args, options] of oddOptions) {
      const optional = Object.keys(options).filter((option) => !/Type$|^model$/.test(option))
      const none = Object.fromEntries(optional.map((option) => [option, null]))
      await untyped(client)[name]?.(...args)
      await untyped(client)[name]?.(...args, none)
      const [plain, withNone] = stub.requests.slice(-2)
      assert.deepEqual(withNone?.json, plain?.json, name)
    }
  })
})

describe('every method besides inference, given an odd answer', () => {
  const startStub = stubServers()
  const startServer = bareServers()
  const clientOf = clients()
  let stub: StubServer
  beforeEach(async () => {
    stub = await startStub()
  })

  const html = { 'content-type': 'text/html' }
  const oddAnswers: [Answer & object, RegExp][] = [
    ...[null, 7, 'OK', true, {}, { message: 'x' }, [[]], [null], [7], [{}]].map(
      (json): [Answer & object, RegExp] => [{ json }, /./],
    ),
    [{ text: '' }, /is not JSON/],
    [{ text: '{"outputs": [' }, /cut off/],
    [{ headers: html, text: '<html>Log in</html>' }, /A web page came back/],
    [{ text: '<!doctype html><h1>Welcome</h1>' }, /A web page came back/],
    [{ status: 204 }, /is not JSON/],
  ]

  for (const { name, path: asked, call } of everyMethod) {
    it(`${name} says that the answer is none`, async () => {
      const client = clientOf(stub.url)
      for (const [answer, words] of oddAnswers) {
        stub.answer = ({ path }) => (path === asked ? answer : undefined)
        const error = await failureOf(call(client))
        assert.ok(error instanceof InvalidResponseError, `${inspect(answer)}: ${inspect(error)}`)
        assert.match(error.message, words)
      }
    })

    it(`${name} tells of every status in plain words`, async () => {
      const client = clientOf(stub.url)
      for (const status of [401, 402, 403, 404, 410, 422, 423, 429, 500, 502, 503, 507]) {
        stub.answer = ({ path }) =>
          path === asked
            ? { status, json: { message: 'The server said so.' } }
            : { json: { name: 'n', version: '0.37.1', uuid: 'u' } }
        const error = await failureOf(call(client, { attempts: 1 }))
        assert.ok(error instanceof HTTPCallErrorError, `${status}: ${inspect(error)}`)
        assert.deepEqual([error.statusCode, error.apiMessage], [status, 'The server said so.'])
        assert.ok(error.hint, `${status}`)
      }
    })
  }

  const apiKey = 'aB3/+k ey&x=1'
  const serviceSecret = 's3 cr&t/€'
  const password = 'p@ss:w/d'
  const secrets = [apiKey, serviceSecret, password].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
  ])

  const assertSilent = (error: Failure, hidden: string[]) => {
    assert.ok(error instanceof HTTPClientError, inspect(error))
    const seen = [
      error.message,
      error.stack,
      JSON.stringify(error),
      inspect(error, { showHidden: true, depth: 20 }),
    ].join()
    for (const secret of hidden) assert.equal(seen.includes(secret), false, `${secret} in ${seen}`)
  }

  const echo = ({ query, headers, json, path }: StubRequest): string =>
    `${path}?${query} ${JSON.stringify(headers)} ${JSON.stringify(json)}, ${apiKey}, ${serviceSecret}, ${password}`

  for (const { name, path: asked, call } of everyMethod) {
    it(`${name} lets no secret into an error`, async () => {
      const url = stub.url.replace('http://', `http://operator:${encodeURIComponent(password)}@`)
      for (const apiKeyTransport of ['legacy', 'both', 'header'] as const) {
        const client = clientOf(url, { apiKey, configuration: { apiKeyTransport, serviceSecret } })
        for (const answer of [
          (request: StubRequest): Answer => ({ status: 401, json: { message: echo(request) } }),
          (request: StubRequest): Answer => ({ status: 500, text: echo(request) }),
          (request: StubRequest): Answer => ({ text: echo(request) }),
          (request: StubRequest): Answer => ({ json: { message: echo(request) } }),
        ]) {
          stub.answer = (request) =>
            request.path === asked ? answer(request) : { json: { name: 'n', version: '0.37.1', uuid: 'u' } }
          assertSilent(await failureOf(call(client)), secrets)
        }
      }
      assertSilent(await failureOf(call(clientOf(await deadUrl(), { apiKey }), { attempts: 1 })), secrets)
    })
  }

  for (const { name, call } of aboutImages) {
    it(`${name} lets nothing of an image's URL but its place into an error`, async () => {
      const client = clientOf(stub.url)
      const images = await startServer((request, response) => {
        response.statusCode = request.url?.startsWith('/gone') ? 404 : 200
        response.end(`no image for ${request.headers.authorization}`)
      })
      const hidden = ['s3cret', 't0ken', Buffer.from('camera:s3cret').toString('base64')]
      for (const place of [`${images}/gone.jpg`, `${images}/text.jpg`, `${await deadUrl()}/car.jpg`]) {
        const url = `${place.replace('http://', 'http://camera:s3cret@')}?token=t0ken`
        assertSilent(await failureOf(call(client, {}, url)), hidden)
      }
      assert.equal(stub.requests.length, 0)
    })
  }
})
