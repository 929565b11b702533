import assert from 'node:assert/strict'
import { explainStatus, hintForReason } from '../../../src/http/hints'

/** All that is said. */
const words = (...facts: Parameters<typeof explainStatus>): string => {
  const { cause, hint } = explainStatus(...facts)
  return `${cause}. ${hint}`
}

describe('hints', () => {
  const expected: [number, RegExp][] = [
    [401, /API key/],
    [402, /credits/],
    [403, /key/],
    [404, /spelled/],
    [410, /no longer/],
    [413, /too large/],
    [414, /too long/],
    [423, /paused/],
    [431, /too long/],
    [429, /[Tt]oo many/],
    [500, /log/],
    [502, /proxy/],
    [503, /again/],
    [504, /again/],
    [507, /memory/],
  ]

  for (const [status, said] of expected) {
    it(`says what ${status} means and what to do, the former in the few words of a status`, () => {
      const { cause, hint } = explainStatus(status, { html: false })
      assert.match(`${cause}. ${hint}`, said)
      assert.ok(String(cause).length < 80, `${String(cause).length} characters`)
      assert.match(String(hint), /[.?]$/)
    })
  }

  it('says for a page of HTML that a proxy answered, whatever the status', () => {
    for (const status of [400, 401, 404, 502, 503]) {
      assert.match(words(status, { html: true }), /^A web page came back\. A proxy/, String(status))
    }
  })

  it('says what is wrong with an image that the server cannot decode, and of no other 400', () => {
    const said = 'Could not load input image. Cause: Malformed base64 input image.'
    assert.match(words(400, { html: false, said }), /cannot decode this image.*damaged.*JPEG or PNG/)
    for (const other of ['Error with model input.', [{ msg: 'Field required' }]])
      assert.equal(explainStatus(400, { html: false, said: other }).hint, undefined)
  })

  it('names the new place of a redirect, and only of a redirect', () => {
    const location = 'https://new.example/x'
    assert.match(words(308, { html: true, location }), /has moved.*https:\/\/new\.example\/x/)
    assert.equal(explainStatus(418, { html: false, location }).hint, undefined)
  })

  it('names the model that the server does not know', () => {
    const { cause, hint } = explainStatus(404, { html: false, model: 'tiny-boxs/1' })
    assert.equal(String(cause), 'The server does not know the model "tiny-boxs/1"')
    assert.match(String(hint), /project\/version/)
  })

  it('says what HTTP calls a status that is not explained', () => {
    const { cause } = explainStatus(418, { html: false, reason: "I'm a Teapot" })
    assert.equal(String(cause), "The server answered I'm a Teapot")
    assert.equal(
      String(explainStatus(599, { html: false, reason: '' }).cause),
      'The server answered with an error',
    )
  })

  it('says what to do about the reasons for no answer', () => {
    for (const [reason, words] of [
      ['ECONNREFUSED', /running there/],
      ['ENOTFOUND', /spelled/],
      ['EAI_AGAIN', /spelled/],
      ['EHOSTUNREACH', /network/],
      ['ENETUNREACH', /network/],
      ['UND_ERR_CONNECT_TIMEOUT', /firewall/],
      ['DEPTH_ZERO_SELF_SIGNED_CERT', /certificate/],
      ['CERT_HAS_EXPIRED', /certificate/],
      ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate/],
      ['ERR_SSL_WRONG_VERSION_NUMBER', /https/],
      ['HPE_INVALID_CONSTANT', /https/],
      ['UND_ERR_HEADERS_OVERFLOW', /headers/],
      ['ERR_INVALID_URL', /HTTP_PROXY/],
    ] as const) {
      assert.match(String(hintForReason(reason)), words, reason)
    }
    assert.equal(hintForReason('ECONNRESET'), undefined)
  })
})
