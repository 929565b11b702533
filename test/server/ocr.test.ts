import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { HTTPCallErrorError, InferenceHTTPClient, type OcrOptions } from '../../src/index'
import { type StubServer, startStubServer } from '../support/stub-server'

interface Recorded {
  asked: string
  mode?: 'v0'
  options: OcrOptions
  exchanges: {
    path: string
    query: string
    body: { image: { value: string } }
    status: number
    answer: Record<string, unknown>
  }[]
}

// From the real server 1.8.3 with PyTorch (npm run server -- full), which is too large to install for this alone: its
// DocTR of kit/make_models.py reads the letter A, all over the page.
const recorded: Recorded[] = JSON.parse(readFileSync(path.join(__dirname, 'answers', 'doctr.json'), 'utf8'))

describe('DocTR of the real server, as recorded', () => {
  let stub: StubServer
  let client: InferenceHTTPClient
  before(async () => {
    stub = await startStubServer()
    client = new InferenceHTTPClient({ apiUrl: stub.url, apiKey: 'good-key' })
  })
  after(async () => {
    await client.close()
    await stub.stop()
  })
  beforeEach(() => {
    stub.requests.length = 0
  })

  for (const { asked, mode, options, exchanges } of recorded) {
    it(`is asked for ${asked} in the same way, and its answer comes through`, async () => {
      stub.answer = (_request, number) => {
        const { status, answer } = exchanges[number - 1] ?? assert.fail('one request too many')
        return { status, json: answer }
      }
      const sent = exchanges.map(({ body }) => Buffer.from(body.image.value, 'base64'))
      const images = sent.length === 1 ? (sent[0] ?? assert.fail()) : sent
      const asking = mode === 'v0' ? client.useApiV0() : client
      const given = await asking.ocrImage(images, options).catch((error) => error)

      assert.deepEqual(
        stub.requests.map(({ method, path, query, json }) => ({ method, path, query: String(query), json })),
        exchanges.map(({ path, query, body }) => ({ method: 'POST', path, query, json: body })),
      )
      const refused = exchanges.find(({ status }) => status !== 200)
      if (refused) {
        assert.ok(given instanceof HTTPCallErrorError, String(given))
        assert.equal(given.statusCode, refused.status)
        assert.equal(given.apiMessage, refused.answer.message)
        return
      }
      const answers = exchanges.map(({ answer }) => answer)
      assert.deepEqual(given, Array.isArray(images) ? answers : answers[0])
      for (const { result } of answers) assert.equal(result, 'A')
    })
  }
})
