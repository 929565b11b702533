import assert from 'node:assert/strict'
import { FeatureDeprecatedError, HTTPCallErrorError } from '../../../src/index'
import type { Answer, StubServer } from '../../support/stub-server'
import { type Failure, failureOf } from '../failure'
import { clients, stubServers } from '../opened'
import { answerAll, said, tinyImage } from './every-method'

const image = { type: 'base64', value: tinyImage.toString('base64') }
const asking = { api_key: 'k', model_id: 'cogvlm', prompt: 'What is it?', image }
const versioned = (version: unknown): Answer => ({ json: { name: 'n', version, uuid: 'u' } })

describe('CogVLM', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  beforeEach(async () => {
    stub = await startStub()
    answerAll(stub)
  })
  const asked = () => stub.requests.map(({ method, path }) => `${method} ${path}`)

  it('is asked about an image, after what was said before', async () => {
    const client = clientOf(stub.url, { apiKey: 'k' })
    assert.deepEqual(await client.promptCogvlm(tinyImage, 'What is it?'), said)
    const chatHistory = [
      ['Is it day?', 'Yes.'],
      ['Is it “bright”?', 'Né.'],
    ] as const
    await client.promptCogvlm(tinyImage, 'What is it?', { chatHistory })
    await client.promptCogvlm(tinyImage, 'What is it?', { chatHistory: [] })
    assert.deepEqual(
      stub.requests.map(({ json }) => json),
      [asking, { ...asking, history: chatHistory }, { ...asking, history: [] }],
    )
  })

  it('takes one image, and a text as prompt', async () => {
    const client = clientOf(stub.url)
    const list = [tinyImage, tinyImage] as unknown as Buffer
    assert.equal((await failureOf(client.promptCogvlm(list, 'What?'))).code, 'INVALID_INPUT_FORMAT')
    for (const prompt of [null, 7, {}, ['a'], tinyImage]) {
      const error = await failureOf(client.promptCogvlm(tinyImage, prompt as string))
      assert.equal(error.code, 'INVALID_PARAMETER')
    }
    assert.deepEqual(asked(), [])
  })

  it('has longer than other calls, also when it has answered before', async () => {
    const client = clientOf(stub.url, { timeouts: { first: 50, request: 50 } })
    stub.answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      return { json: said }
    }
    await client.promptCogvlm(tinyImage, 'What is it?')
    await client.promptCogvlm(tinyImage, 'What is it?')
    const options = { timeouts: { request: 50 } }
    assert.equal((await failureOf(client.promptCogvlm(tinyImage, 'What is it?', options))).code, 'TIMEOUT')
  })

  describe('on a server that does not have it any more', () => {
    const failing = async (status: number, info: Answer): Promise<Failure> => {
      stub.answer = ({ path }) =>
        path === '/info' ? info : { status, json: { message: 'The server said so.' } }
      const error = await failureOf(clientOf(stub.url).promptCogvlm(tinyImage, 'What is it?'))
      assert.equal(stub.requests.shift()?.path, '/llm/cogvlm')
      return error
    }

    for (const status of [401, 403, 404, 405, 410, 503]) {
      for (const version of ['1.8.3', '1.2.8', '1.2.7', '0.38.0', '0.38', '1']) {
        it(`says so for ${status} of version ${version}, and what to use instead`, async () => {
          const error = await failing(status, versioned(version))
          assert.ok(error instanceof FeatureDeprecatedError, error.stack)
          assert.deepEqual([error.feature, error.removalRelease], ['CogVLM', '0.38.0'])
          assert.match(error.message, /^CogVLM was removed .* 0\.38\.0; this one is .*Qwen2\.5-VL/)
          assert.deepEqual(asked(), ['GET /info'])
        })
      }

      for (const info of [
        ...['0.37.1', '0.9.99', '0', 'garbage', '', 7].map(versioned),
        { status: 503, json: {} },
        'drop',
        { text: '<html></html>' },
      ] as Answer[]) {
        it(`gives the server's own error for ${status} where /info is ${JSON.stringify(info)}`, async () => {
          const error = await failing(status, info)
          assert.ok(error instanceof HTTPCallErrorError, error.stack)
          assert.deepEqual([error.statusCode, error.apiMessage], [status, 'The server said so.'])
          assert.deepEqual(asked(), ['GET /info'])
        })
      }
    }

    for (const status of [400, 402, 422, 423, 429, 500, 502, 507]) {
      it(`asks for no version after ${status}, and does not try again`, async () => {
        const error = await failing(status, versioned('1.8.3'))
        assert.ok(error instanceof HTTPCallErrorError, error.stack)
        assert.deepEqual([error.statusCode, asked()], [status, []])
      })
    }
  })
})
