import assert from 'node:assert/strict'
import { isAboutRequest, pauseBefore } from '../../../src/http/retry'

const often = (make: () => number): number[] => Array.from({ length: 200 }, make)

describe('the pause before an attempt', () => {
  it('is half a second before the second and doubles from there, with at most a quarter of jitter', () => {
    for (const [next, longest] of [
      [2, 500],
      [3, 1000],
      [4, 2000],
      [5, 4000],
      [6, 8000],
    ] as const) {
      for (const pause of often(() => pauseBefore(next, undefined))) {
        assert.ok(pause <= longest && pause >= longest * 0.75, `${pause} ms before attempt ${next}`)
      }
    }
  })

  it('is never longer than 8 s by itself', () => {
    for (const next of [7, 10, 50]) assert.ok(pauseBefore(next, undefined) <= 8000)
  })

  it('differs from client to client', () => {
    assert.ok(new Set(often(() => pauseBefore(2, undefined))).size > 100)
  })

  it('is what Retry-After asks for in seconds, to the millisecond', () => {
    assert.equal(pauseBefore(2, '0'), 0)
    assert.equal(pauseBefore(2, '1'), 1000)
    assert.equal(pauseBefore(3, ' 120 '), 120_000)
  })

  it('is what Retry-After asks for as a date', () => {
    const pause = pauseBefore(2, new Date(Date.now() + 60_000).toUTCString())
    assert.ok(pause > 50_000 && pause <= 60_000, `${pause} ms`)
    assert.equal(pauseBefore(2, 'Wed, 21 Oct 2015 07:28:00 GMT'), 0)
  })

  for (const odd of ['', 'soon', '1.5', '-1']) {
    it(`does not shrink to nothing when Retry-After is "${odd}"`, () => {
      const pause = pauseBefore(2, odd)
      assert.ok(pause >= 375 && pause <= 2000, `${pause} ms`)
    })
  }
})

describe('what another try would not change', () => {
  it('is a request, or an answer, that cannot be read; lost connections are not like that', () => {
    for (const reason of [
      'HPE_INVALID_CONSTANT',
      'HPE_HEADER_OVERFLOW',
      'UND_ERR_HEADERS_OVERFLOW',
      'UND_ERR_INVALID_ARG',
    ])
      assert.equal(isAboutRequest(reason), true, reason)
    for (const reason of ['ECONNRESET', 'ECONNREFUSED', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'EPIPE'])
      assert.equal(isAboutRequest(reason), false, reason)
  })
})
