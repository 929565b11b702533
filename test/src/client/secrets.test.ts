import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import type { HTTPClientError, InferenceHTTPClient } from '../../../src/index'
import { paint } from '../../support/images'
import type { Answer, StubRequest } from '../../support/stub-server'
import { failureOf } from '../failure'
import { clients, deadUrl, stubServers } from '../opened'

const apiKey = 'aB3/+k ey&x=1'
const serviceSecret = 's3 cr&t/€'
const password = 'p@ss:w/d'
const user = 'operator'

const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  new URLSearchParams({ '': secret }).toString().slice(1),
  encodeURIComponent(encodeURIComponent(secret)),
  secret.replace(/&/g, '&amp;'),
  ...['', 'a', 'ab'].map((before) =>
    Buffer.from(before + secret)
      .toString('base64')
      .slice(Math.ceil((before.length * 8) / 6)),
  ),
]
const pair = Buffer.from(`${user}:${password}`).toString('base64')
const secrets = [...[apiKey, serviceSecret, password].flatMap(formsOf), pair, encodeURIComponent(pair)]

/** Everything that can be seen of an error, by whatever way. */
const everythingIn = (error: HTTPClientError): string => {
  const parts = [error.message, String(error.stack), JSON.stringify(error), String(error)]
  parts.push(inspect(error, { showHidden: true, depth: 20, maxStringLength: Infinity }))
  const walk = (value: unknown, depth = 0) => {
    if (typeof value === 'string') parts.push(value)
    if (typeof value !== 'object' || value === null || depth > 10) return
    for (const name of Reflect.ownKeys(value)) {
      parts.push(String(name))
      walk(Reflect.get(value, name), depth + 1)
    }
  }
  walk(error)
  return parts.join('\n')
}

const assertNoSecretIn = (error: HTTPClientError, told: string) => {
  assert.equal('cause' in error, false, told)
  const seen = everythingIn(error)
  for (const secret of secrets) {
    const at = seen.indexOf(secret)
    assert.ok(at < 0, `${told}: ${secret} in …${seen.slice(Math.max(0, at - 200), at + 100)}…`)
  }
}

/** What a server may say back: everything that came. */
const echo = ({ query, headers, json }: StubRequest): string =>
  `Called with ?${query} and ${JSON.stringify(headers)}; key ${apiKey}, ${encodeURIComponent(apiKey)}, ` +
  `{'api_key': '${json?.api_key}'}, secret ${serviceSecret}, ${encodeURIComponent(serviceSecret)}, ${password}; ` +
  secrets.join('; ')

const answers: Record<string, (request: StubRequest) => Answer> = {
  'a message': (request) => ({ status: 401, json: { message: echo(request) } }),
  'a detail and an inner error': (request) => ({
    status: 500,
    json: { detail: echo(request), inner_error_message: echo(request) },
  }),
  'an inner error': (request) => ({
    status: 500,
    json: { message: 'No.', inner_error_message: echo(request) },
  }),
  'a list of what was wrong': (request) => ({
    status: 422,
    json: {
      detail: [
        { loc: ['body', 'api_key'], msg: echo(request), input: { api_key: apiKey, q: [echo(request)] } },
        { msg: 'Unknown.', input: { [apiKey]: 1, [`The key ${serviceSecret}`]: { [echo(request)]: 1 } } },
      ],
    },
  }),
  'a text': (request) => ({ status: 403, text: echo(request) }),
  'a page': (request) => ({
    status: 502,
    headers: { 'content-type': 'text/html', 'retry-after': '0' },
    text: `<html><pre>${echo(request)}</pre></html>`,
  }),
  'broken JSON': (request) => ({
    status: 400,
    headers: { 'content-type': 'application/json' },
    text: `{"message": "${echo(request)}`,
  }),
  'a redirect': ({ path, query }) => ({
    status: 307,
    headers: { location: `https://new.example${path}?${query}&key=${encodeURIComponent(apiKey)}` },
    text: 'Moved',
  }),
  'a redirect with user and password': ({ path }) => ({
    status: 307,
    headers: { location: `https://new.example${path}?auth=${encodeURIComponent(`Basic ${pair}`)}` },
    text: 'Moved',
  }),
  'success without JSON': (request) => ({ text: echo(request) }),
  'success without predictions': (request) => ({ json: { message: echo(request) } }),
  nothing: () => 'hang',
  'a dropped connection': () => 'drop',
}

describe('key, service secret and password', () => {
  const startStub = stubServers()
  const clientOf = clients()
  const withUser = (url: string) => url.replace('http://', `http://${user}:${encodeURIComponent(password)}@`)

  const calls: Record<string, (client: InferenceHTTPClient, jpeg: Buffer) => Promise<unknown>> = {
    infer: (client, jpeg) => client.infer(jpeg, { modelId: 'cars/3', timeout: 200 }),
    registry: (client) => client.listLoadedModels({ timeout: 200 }),
    add: (client) => client.loadModel('cars/3', { timeout: 200 }),
  }
  const routes: Record<string, string> = {
    infer: '/infer/object_detection',
    registry: '/model/registry',
    add: '/model/add',
  }

  for (const [name, answer] of Object.entries(answers)) {
    it(`are in no error after ${name}`, async () => {
      const jpeg = await paint(8, 6)
      const stub = await startStub()
      for (const apiKeyTransport of ['legacy', 'both', 'header'] as const) {
        if (apiKeyTransport !== 'legacy' && name === 'nothing') continue
        for (const [route, call] of Object.entries(calls)) {
          if (name === 'success without predictions' && route !== 'infer') continue
          const client = clientOf(withUser(stub.url), {
            apiKey,
            configuration: { apiKeyTransport, serviceSecret },
            attempts: 1,
          })
          stub.answer = (request) => (request.path === routes[route] ? answer(request) : undefined)
          const error = await failureOf(call(client, jpeg))
          assert.ok(error.code, error.stack)
          assertNoSecretIn(error, `${route}, ${apiKeyTransport}`)
        }
      }
    })
  }

  it('are in no error when the key was pasted with a line end, which is not sent', async () => {
    const stub = await startStub()
    stub.answer = (request) => ({ status: 401, json: { message: echo(request) } })
    for (const pasted of [`${apiKey}\n`, ` ${apiKey}\r\n`]) {
      const client = clientOf(stub.url, {
        apiKey: pasted,
        attempts: 1,
        configuration: { apiKeyTransport: 'both' },
      })
      const error = await failureOf(client.listLoadedModels())
      assert.equal(stub.requests.at(-1)?.query.get('api_key'), apiKey)
      assert.match(String(error.apiMessage), /key \*\*\*,/)
      for (const form of formsOf(apiKey)) assert.ok(!everythingIn(error).includes(form), form)
    }
  })

  it('are in no error when nothing listens there', async () => {
    const client = clientOf(withUser(await deadUrl()), {
      apiKey,
      configuration: { serviceSecret },
      attempts: 1,
    })
    for (const call of Object.values(calls)) {
      const error = await failureOf(call(client, await paint(8, 6)))
      assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
      assertNoSecretIn(error, 'refused')
    }
  })

  it('are in no error when they were configured later, on a copy', async () => {
    const stub = await startStub()
    stub.answer = ({ path }) =>
      path === '/infer/object_detection'
        ? { status: 400, json: { message: `Not ${serviceSecret}` } }
        : undefined
    const client = clientOf(stub.url).useConfiguration({ serviceSecret })
    const error = await failureOf(client.infer(await paint(8, 6), { modelId: 'cars/3' }))
    assert.equal(error.apiMessage, 'Not ***')
    assertNoSecretIn(error, 'copy')
  })

  it('are in no error when the key stands in the query of the server’s URL', async () => {
    const stub = await startStub()
    stub.answer = () => ({ status: 500, json: {} })
    const query = `?api_key=${encodeURIComponent(apiKey)}`
    for (const url of [`${stub.url}/${query}`, `${await deadUrl()}/${query}`]) {
      const client = clientOf(url, { apiKey, attempts: 1 })
      assertNoSecretIn(await failureOf(client.getServerInfo()), url)
    }
  })
})
