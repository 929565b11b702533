import assert from 'node:assert/strict'
import os from 'node:os'
import { paint } from '../support/images'
import { type Answer, detection, startStubServer } from '../support/stub-server'
import { type Flow, type Message, startFlow, stubForEachTest } from './flow'

/** The header of a PNG that claims to be this large. */
const hugePng = (side: number): Buffer => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  const size = Buffer.alloc(17)
  size.writeUInt32BE(side, 0)
  size.writeUInt32BE(side, 4)
  size.set([8, 2], 8)
  return Buffer.concat([png, size, Buffer.from('0000000049454e44ae426082', 'hex')])
}

describe('infer fails a message', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
  })

  /** Whoever starts it has one attempt and short limits, and a model that messages choose. */
  const start = (server: Message = {}): Promise<Flow> =>
    startFlow({
      url: test.stub.url,
      properties: { model: 'model', modelType: 'msg' },
      server: { retries: false, requestTimeout: '0.3', firstTimeout: '0.3', ...server },
    })

  /** Sends a message that has to fail, once, and returns its error. */
  const failure = async (flow: Flow, msg: Message): Promise<Message> => {
    flow.send({ payload: jpeg, model: 'cars/3', topic: 'bad', ...msg })
    const { error, topic } = await flow.caught.next()
    assert.equal(topic, 'bad')
    assert.equal(error.source.id, 'infer')
    return error
  }

  /** Good messages get their answers, and the bad one has ended once: with the error alone. */
  const goodAgain = async (flow: Flow) => {
    for (const topic of ['good', 'as good']) {
      flow.send({ payload: jpeg, model: 'cars/3', topic })
      assert.equal((await flow.completed.next()).topic, topic)
      assert.deepEqual((await flow.out.next()).payload, detection)
    }
    const counts = [flow.out, flow.caught, flow.completed].map(({ messages }) => messages.length)
    assert.deepEqual(counts, [2, 1, 2])
  }

  describe('whose image cannot be used, and sends nothing to the server:', () => {
    const bad: [name: string, payload: (good: Buffer) => unknown, code: string, says: RegExp][] = [
      ['bytes that are no image', () => Buffer.from('hello world'), 'ENCODING_ERROR', /no image/],
      ['a truncated JPEG', (good) => good.subarray(0, good.length / 2), 'ENCODING_ERROR', /cut off/],
      ['an empty Buffer', () => Buffer.alloc(0), 'ENCODING_ERROR', /empty/],
      ['a mistyped path', () => '/no/such/folder/car.jpg', 'INVALID_INPUT_FORMAT', /no file/],
      ['a folder', () => os.tmpdir(), 'INVALID_INPUT_FORMAT', /folder/],
      ['a text that means nothing', () => 'take this one', 'INVALID_INPUT_FORMAT', /path.*URL.*base64/],
      ['an empty text', () => '', 'INVALID_INPUT_FORMAT', /empty/],
      ['null', () => null, 'INVALID_INPUT_FORMAT', /null/],
      ['undefined', () => undefined, 'INVALID_INPUT_FORMAT', /undefined/],
      ['a number', () => 42, 'INVALID_INPUT_FORMAT', /number/],
      ['an object of another kind', () => ({ temperature: 20 }), 'INVALID_INPUT_FORMAT', /temperature/],
      ['an own answer', () => detection, 'INVALID_INPUT_FORMAT', /msg\.image/],
      ['own answers of a batch', () => [detection], 'INVALID_INPUT_FORMAT', /msg\.image/],
      ['a header of 30,000 × 30,000', () => hugePng(30_000), 'ENCODING_ERROR', /too large/],
      ['raw pixels that are too few', () => pixels(10), 'ENCODING_ERROR', /bytes/],
      [
        'a batch with one bad one',
        (good) => [good, Buffer.from('x'), good],
        'ENCODING_ERROR',
        /Image 2 of 3/,
      ],
    ]
    for (const [name, payload, code, says] of bad) {
      it(name, async () => {
        const flow = await start()
        const error = await failure(flow, { payload: payload(jpeg) })
        assert.equal(error.code, code, error.message)
        assert.match(error.message, says)
        assert.deepEqual(test.stub.inferences, [])
        await goodAgain(flow)
      })
    }
  })

  describe('whose model is none, and sends nothing to the server:', () => {
    for (const model of ['../x', 'cars/..', 'cars//3', '/cars/3', 'cars/3?x=1', '%2e%2e/x']) {
      it(model, async () => {
        const flow = await start()
        const error = await failure(flow, { model })
        assert.equal(error.code, 'INVALID_MODEL_IDENTIFIER', error.message)
        assert.deepEqual(test.stub.requests, [])
        await goodAgain(flow)
      })
    }
  })

  describe('when the server answers inference with', () => {
    const html = { headers: { 'content-type': 'text/html' }, text: '<!doctype html><h1>It works!</h1>' }
    const statuses = {
      401: /API key/,
      404: /does not know the model "cars\/3"/,
      410: /no longer/,
      429: /Too many/,
      500: /The server failed/,
      503: /not ready/,
    }
    const answers: [name: string, answer: Answer, code: string, says: RegExp][] = [
      ...Object.entries(statuses).map(([status, says]): [string, Answer, string, RegExp] => [
        status,
        { status: Number(status), json: { message: 'so it is' } },
        'HTTP_CALL_ERROR',
        new RegExp(`${says.source}.*\\(${status}\\).*The server says: so it is`),
      ]),
      ['a web page', html, 'INVALID_RESPONSE', /proxy or another server/],
      ['a web page and 502', { ...html, status: 502 }, 'HTTP_CALL_ERROR', /A proxy or another server/],
      ['half of its JSON', { text: JSON.stringify(detection).slice(0, 80) }, 'INVALID_RESPONSE', /not JSON/],
      ['JSON of another kind', { json: { status: 'ok' } }, 'INVALID_RESPONSE', /no predictions/],
      ['null', { json: null }, 'INVALID_RESPONSE', /no predictions/],
      ['a dropped connection', 'drop', 'SERVER_CONNECTION_ERROR', /No answer/],
      ['nothing for too long', 'hang', 'TIMEOUT', /no answer in 0\.3 s/],
    ]
    for (const [name, answer, code, says] of answers) {
      it(name, async () => {
        const flow = await start()
        test.stub.answer = ({ path }) => (path.startsWith('/infer') ? answer : undefined)
        const error = await failure(flow, {})
        assert.equal(error.code, code, error.message)
        assert.match(error.message, says)
        test.stub.answer = () => undefined
        await goodAgain(flow)
      })
    }
  })

  it('with the status of the answer beside the error, whose text begins with the cause', async () => {
    const flow = await start()
    test.stub.answer = ({ path }) => (path.startsWith('/infer') ? { status: 402 } : undefined)
    flow.send({ payload: jpeg, model: 'cars/3' })
    const { error, statusCode } = await flow.caught.next()
    assert.equal(statusCode, 402)
    assert.match(error.message, /^The workspace has no credits left \(402\)\./)
  })

  it('whose upload is elsewhere, and says where', async () => {
    const flow = await start()
    const req = { files: [{ buffer: jpeg, mimetype: 'image/jpeg' }] }
    const error = await failure(flow, { payload: {}, req })
    assert.equal(
      error.message,
      'msg.payload: There is no image here: it is an empty object. ' +
        'The uploaded file is msg.req.files[0]: choose that.',
    )
  })

  it('when no server is chosen', async () => {
    const flow = await startFlow({})
    const error = await failure(flow, {})
    assert.equal(error.code, 'NOT_CONFIGURED')
    assert.match(error.message, /No server is chosen/)
  })

  it('when the server is unreachable', async () => {
    const flow = await start()
    await test.stub.stop()
    const error = await failure(flow, {})
    assert.equal(error.code, 'SERVER_CONNECTION_ERROR')
    assert.match(error.message, /running there/)
    const again = await startStubServer(test.stub.port)
    try {
      flow.send({ payload: jpeg, model: 'cars/3', topic: 'good' })
      assert.equal((await flow.out.next()).topic, 'good')
    } finally {
      await again.stop()
    }
  })

  it('when the model cannot be loaded', async () => {
    const flow = await start()
    test.stub.answer = ({ path }) => {
      if (path === '/model/registry') return { json: { models: [] } }
      return path === '/model/add' ? { status: 404, json: { message: 'no such project' } } : undefined
    }
    const error = await failure(flow, {})
    assert.equal(error.code, 'HTTP_CALL_ERROR')
    assert.match(error.message, /no such project/)
    test.stub.answer = () => undefined
    await goodAgain(flow)
  })

  it('shows the error in its status, and recovers with the next answer', async () => {
    const flow = await start()
    await failure(flow, { payload: Buffer.from('hello world') })
    const shown = async (fill: string) => {
      for (;;) {
        const { status } = await flow.statuses.next()
        if (status.fill === fill) return status.text
      }
    }
    assert.match(await shown('red'), /no image/)
    await goodAgain(flow)
    assert.match(await shown('green'), /^\d+ ms · \d\d:\d\d:\d\d$/)
  })

  it('without its key in the error', async () => {
    const apiKey = 'rf_SecretOfTests42'
    test.stub.answer = ({ path }) =>
      path.startsWith('/infer') ? { status: 401, json: { message: `key ${apiKey} refused` } } : undefined
    const flow = await startFlow({
      url: test.stub.url,
      server: { keyTransport: 'both' },
      credentials: { apiKey },
    })
    const error = await failure(flow, {})
    assert.equal(test.stub.inferences[0]?.json.api_key, apiKey)
    assert.equal(test.stub.inferences[0]?.headers.authorization, `Bearer ${apiKey}`)
    assert.doesNotMatch(JSON.stringify(error), /SecretOfTests/)
  })
})

function pixels(bytes: number) {
  return { data: Buffer.alloc(bytes), width: 8, height: 8, channels: 3 }
}
