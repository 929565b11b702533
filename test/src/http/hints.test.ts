import assert from 'node:assert/strict'
import { hintForReason, hintForStatus } from '../../../src/http/hints'

describe('hints', () => {
  const expected: [number, RegExp][] = [
    [401, /API key/],
    [402, /credits/],
    [403, /key/],
    [404, /project\/version/],
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

  for (const [status, words] of expected) {
    it(`says what to do about ${status}`, () => {
      assert.match(String(hintForStatus(status, { html: false })), words)
    })
  }

  it('says for a page of HTML that a proxy answered, whatever the status', () => {
    for (const status of [400, 401, 404, 502, 503]) {
      assert.match(String(hintForStatus(status, { html: true })), /proxy/, String(status))
    }
  })

  it('says what is wrong with an image that the server cannot decode, and of no other 400', () => {
    const said = 'Could not load input image. Cause: Malformed base64 input image.'
    assert.match(String(hintForStatus(400, { html: false, said })), /damaged.*JPEG or PNG/)
    assert.equal(hintForStatus(400, { html: false, said: 'Error with model input.' }), undefined)
    assert.equal(hintForStatus(400, { html: false, said: [{ msg: 'Field required' }] }), undefined)
  })

  it('names the new place of a redirect, and only of a redirect', () => {
    const location = 'https://new.example/x'
    assert.match(String(hintForStatus(308, { html: true, location })), /https:\/\/new\.example\/x/)
    assert.equal(hintForStatus(418, { html: false, location }), undefined)
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
