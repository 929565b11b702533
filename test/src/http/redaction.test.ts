import assert from 'node:assert/strict'
import { redact } from '../../../src/http/redaction'

const key = 'aB3/+k ey&x=1'

describe('redaction', () => {
  it('takes every form of a secret out of a text', () => {
    const text = `raw ${key}, twice ${key}, encoded ${encodeURIComponent(key)}.`
    assert.equal(redact(text, [key]), 'raw ***, twice ***, encoded ***.')
  })

  it('takes out what stands where a key usually stands, known or not', () => {
    for (const [text, expected] of [
      ['GET /x?api_key=abc&y=1', 'GET /x?api_key=***&y=1'],
      ['GET /x?y=1&service_secret=a%20b+c', 'GET /x?y=1&service_secret=***'],
      ["{'api_key': 'abc', 'y': 1}", "{'api_key': '***', 'y': 1}"],
      ['{"api_key": "abc","y":1}', '{"api_key": "***","y":1}'],
      ['API_KEY=abc', 'API_KEY=***'],
      ['Authorization: Bearer abc.def-1', 'Authorization: Bearer ***'],
      ['"authorization":"Basic dXNlcjpwdw=="', '"authorization":"Basic ***"'],
    ]) {
      assert.equal(redact(text ?? ''), expected)
    }
  })

  it('takes out a secret whole when another secret is a part of it', () => {
    assert.equal(redact('it is abcdef', ['abc', 'abcdef']), 'it is ***')
  })

  it('leaves other texts alone, and takes an empty secret for none', () => {
    for (const text of ['No model cars/3.', 'Basic', 'the bearer of news', '']) {
      assert.equal(redact(text, ['', undefined]), text)
    }
  })

  it('takes a secret as it is, not as a pattern', () => {
    assert.equal(redact('a.c abc a+c', ['a.c', 'a+c']), '*** abc ***')
    assert.equal(redact('$& stays', ['$&']), '*** stays')
  })
})
