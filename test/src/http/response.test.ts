import assert from 'node:assert/strict'
import { InvalidResponseError } from '../../../src/errors'
import { errorFromResponse, readJson } from '../../../src/http/response'
import { thrownBy } from '../failure'

const sent = { method: 'POST', path: '/infer/object_detection' }
const answer = (status: number, type: string, text: string, more: Record<string, string> = {}) => ({
  status,
  headers: { 'content-type': type, ...more },
  body: Buffer.from(text),
})
const json = (status: number, value: unknown) => answer(status, 'application/json', JSON.stringify(value))
const server = { place: 'http://stub:9001', redact: (text: string) => text.replaceAll('secret', '***') }
const errorOf = (...args: Parameters<typeof json>) => errorFromResponse(sent, json(...args), server)

describe('reading an answer', () => {
  it('gives the value of its JSON', () => {
    assert.deepEqual(readJson(json(200, { text: 'é車' }), sent), { text: 'é車' })
    assert.equal(readJson(json(200, null), sent), null)
  })

  it('reads past a byte order mark, which proxies add', () => {
    assert.deepEqual(readJson(answer(200, 'application/json', '\uFEFF{"a":1}'), sent), { a: 1 })
    assert.equal(
      errorFromResponse(sent, answer(400, 'application/json', '\uFEFF{"message":"No."}'), server).apiMessage,
      'No.',
    )
    const page = answer(200, 'text/plain', '\uFEFF<!DOCTYPE html>')
    assert.match(String(thrownBy(() => readJson(page, sent)).hint), /proxy/)
  })

  it('takes the numbers of Python that JSON does not know for null, and no text for them', () => {
    const text =
      '{"a": [NaN, -Infinity,Infinity], "NaN": "Infinity \\" NaN \\\\", "b": -1, "c": "\\\\\\" [NaN]"}'
    assert.deepEqual(readJson(answer(200, 'application/json', text), sent), {
      a: [null, null, null],
      NaN: 'Infinity " NaN \\',
      b: -1,
      c: '\\" [NaN]',
    })
    for (const broken of ['{"a": NaN', '{"a": NaNa}', 'NaN "', '"NaN']) {
      assert.equal(
        thrownBy(() => readJson(answer(200, 'application/json', broken), sent)).code,
        'INVALID_RESPONSE',
      )
    }
  })

  it('keeps the rest of an answer in which one name is no UTF-8', () => {
    const body = Buffer.from('{"class":"stra\xdfe","x":1}', 'latin1')
    assert.deepEqual(readJson({ status: 200, headers: {}, body }, sent), { class: 'stra\uFFFDe', x: 1 })
  })

  it('refuses what is nested so deeply that others would run out of stack, and says so', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (depth: number) =>
        answer(200, 'application/json', `${open.repeat(depth)}1${close.repeat(depth)}`)
      assert.ok(readJson(nested(500), sent))
      for (const depth of [501, 3_000, 200_000]) {
        const error = thrownBy(() => readJson(nested(depth), sent))
        assert.equal(error.code, 'INVALID_RESPONSE')
        assert.match(error.message, /nested too deeply/)
      }
    }
  })

  it('says that a proxy answered where HTML comes with success', () => {
    for (const page of [
      answer(200, 'text/html; charset=utf-8', 'Welcome'),
      answer(200, 'text/plain', '<!DOCTYPE html><p>Welcome</p>'),
      answer(200, 'application/octet-stream', '\n <html></html>'),
    ]) {
      const error = thrownBy(() => readJson(page, sent))
      assert.ok(error instanceof InvalidResponseError)
      assert.equal(error.code, 'INVALID_RESPONSE')
      assert.match(error.message, /POST \/infer\/object_detection/)
      assert.match(String(error.hint), /proxy/)
    }
  })

  it('says that half a JSON is no JSON', () => {
    for (const text of ['{"predictions": [{"x": 1', '', 'OK']) {
      const error = thrownBy(() => readJson(answer(200, 'application/json', text), sent))
      assert.equal(error.code, 'INVALID_RESPONSE')
      assert.match(String(error.hint), /cut off/)
    }
  })
})

describe('the error from an answer', () => {
  it('names status, request and server', () => {
    const error = errorOf(500, { message: 'Model failed.' })
    assert.equal(error.statusCode, 500)
    assert.equal(error.code, 'HTTP_CALL_ERROR')
    assert.equal(
      error.description,
      '500 Internal Server Error from POST http://stub:9001/infer/object_detection',
    )
    assert.equal(
      error.message,
      'The server failed (500). Its own log says why. The server says: Model failed. ' +
        '(POST http://stub:9001/infer/object_detection)',
    )
    assert.match(errorOf(599, {}).description, /^599 from POST/)
  })

  it('has a hint where the server could not decode the image', () => {
    const error = errorOf(400, { message: 'Could not load input image. Cause: Data is not image.' })
    assert.match(error.message, /^The server cannot decode this image \(400\)\. Is it damaged/)
    assert.match(String(error.hint), /JPEG or PNG/)
  })

  it('takes "message", else "detail", else N/A for what the server said', () => {
    assert.equal(errorOf(400, { message: 'a', detail: 'b' }).apiMessage, 'a')
    assert.equal(errorOf(400, { detail: 'b' }).apiMessage, 'b')
    assert.equal(errorOf(400, { other: 'c' }).apiMessage, 'N/A')
    assert.deepEqual(errorOf(422, { detail: [{ msg: 'x' }] }).apiMessage, [{ msg: 'x' }])
    assert.equal(
      errorOf(500, { message: 'a', inner_error_message: 'inner' }).apiMessage,
      'a. More details: inner',
    )
    assert.deepEqual(errorOf(400, ['x']).apiMessage, ['x'])
    assert.equal(errorOf(400, 'just a text').apiMessage, 'just a text')
  })

  it('takes any other body as text', () => {
    for (const [type, text] of [
      ['text/plain', 'Internal Server Error'],
      ['application/json', '{"half": '],
      ['', 'untyped'],
    ] as const) {
      assert.equal(errorFromResponse(sent, answer(500, type, text), server).apiMessage, text)
    }
  })

  it('says that a proxy answered where the body is HTML', () => {
    const error = errorFromResponse(sent, answer(502, 'text/html', '<html><h1>Bad</h1></html>'), server)
    assert.match(String(error.hint), /proxy/)
    assert.match(error.message, /: Bad/)
  })

  it('redacts what the server said, however deep, and where it redirects to', () => {
    const error = errorOf(422, { detail: [{ loc: ['body'], msg: 'bad secret', input: { key: ['secret'] } }] })
    assert.deepEqual(error.apiMessage, [{ loc: ['body'], msg: 'bad ***', input: { key: ['***'] } }])
    assert.doesNotMatch(error.message, /secret/)
    assert.deepEqual(errorOf(422, { detail: [{ 'x secret': { secret: 1 } }] }).apiMessage, [
      { 'x ***': { '***': 1 } },
    ])
    const moved = errorFromResponse(
      sent,
      answer(307, '', 'to secret', { location: 'http://new/secret' }),
      server,
    )
    assert.equal(moved.apiMessage, 'to ***')
    assert.match(String(moved.hint), /http:\/\/new\/\*\*\*/)
  })
})

describe('an error body made to do harm', () => {
  it('may be nested as deeply as it likes: it is a text then', () => {
    for (const depth of [499, 501, 3_000, 100_000]) {
      for (const [open, close] of [
        ['[', ']'],
        ['{"detail":', '}'],
      ] as const) {
        const text = `{"detail": ${open.repeat(depth)}"secret"${close.repeat(depth)}}`
        const error = errorFromResponse(sent, answer(422, 'application/json', text), server)
        assert.equal(error.statusCode, 422)
        assert.doesNotMatch(JSON.stringify(error), /secret/)
      }
    }
  })

  it('is read in one pass, whatever it is made of', () => {
    for (const piece of ['<', '<a', '. More details: ', '\n', ' ', '\\"', '"NaN', '[', '\uFEFF']) {
      const text = piece.repeat(400_000)
      for (const type of ['text/html', 'application/json']) {
        assert.equal(errorFromResponse(sent, answer(502, type, text), server).statusCode, 502)
        assert.ok(thrownBy(() => readJson(answer(200, type, text), sent)))
      }
    }
  }).timeout(10_000)

  it('says which request in a sentence of bounded length', () => {
    const long = { method: 'GET', path: `/${'x'.repeat(20_000)}` }
    assert.ok(errorFromResponse(long, json(431, {}), server).message.length < 600)
    assert.match(errorFromResponse(long, json(414, {}), server).message, /too long/)
    assert.ok(thrownBy(() => readJson(answer(200, '', ''), long)).message.length < 600)
  })
})
