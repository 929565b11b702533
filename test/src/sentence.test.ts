import assert from 'node:assert/strict'
import { EncodingError } from '../../src/errors'
import { sentence } from '../../src/sentence'

describe('a sentence', () => {
  const [format, bytes] = ['JPEG', 12]
  const said = sentence`The ${format} ends after ${bytes} bytes.`

  it('is English as a text, with its values apart for others', () => {
    assert.equal(String(said), 'The JPEG ends after 12 bytes.')
    assert.equal(said.template, 'The {0} ends after {1} bytes.')
    assert.deepEqual(said.values, ['JPEG', 12])
  })

  it('may be a value of another one', () => {
    const kind = sentence`a list`
    assert.equal(String(sentence`It is ${kind}.`), 'It is a list.')
  })

  it('is what the message of an error is made of', () => {
    const error = new EncodingError(said, sentence`Send it again.`)
    assert.equal(error.message, 'The JPEG ends after 12 bytes. Send it again.')
    assert.equal(error.hint, 'Send it again.')
    error.sayWhere('msg.payload:')
    assert.equal(error.message, 'msg.payload: The JPEG ends after 12 bytes. Send it again.')
    assert.deepEqual(error.sentences.map(String), ['msg.payload:', String(said), 'Send it again.'])
  })

  it('stays out of what is shown or copied of an error', () => {
    const error = new EncodingError(said)
    assert.deepEqual({ ...error }, { code: 'ENCODING_ERROR', hint: undefined })
  })
})
