import assert from 'node:assert/strict'
import type { NodeAPI } from 'node-red'
import { slugOf, translated } from '../../../nodes/shared/translated'
import { EncodingError } from '../../../src/errors'
import { sentence } from '../../../src/sentence'

/** A Node-RED with this catalogue; what is not in it comes back as its key. */
const speaking = (texts: Record<string, unknown>) =>
  ({ _: (key: string) => texts[key.replace(/^.*:error\./, '')] ?? key }) as unknown as NodeAPI

const german = speaking({
  'it-is-0-of-1': 'Von {1} ist es {0}.',
  'a-list': 'eine Liste',
  'send-it-again': 'Noch einmal senden.',
})

describe('an error in another language', () => {
  const list = sentence`a list`
  const listOf = (name: string) => new EncodingError(sentence`It is ${list} of ${name}.`)

  it('has its values where the translation wants them, translated where they are words', () => {
    assert.equal(translated(german, listOf('cars')).message, 'Von cars ist es eine Liste.')
  })

  it('is the same error, with its code', () => {
    const error = listOf('cars')
    assert.equal(translated(german, error), error)
    assert.equal(error.code, 'ENCODING_ERROR')
  })

  it('says the same when it is translated once more, also with its place', () => {
    const error = translated(german, listOf('cars'))
    error.sayWhere('msg.payload:')
    for (let time = 0; time < 2; time++)
      assert.equal(translated(german, error).message, 'msg.payload: Von cars ist es eine Liste.')
  })

  it('is English where the catalogue has nothing', () => {
    const error = new EncodingError(sentence`It is damaged.`, sentence`Send it again.`)
    assert.equal(translated(german, error).message, 'It is damaged. Noch einmal senden.')
  })

  it('keeps values that look like something to fill in', () => {
    assert.equal(translated(german, listOf('{0} $& __x__')).message, 'Von {0} $& __x__ ist es eine Liste.')
  })

  it('keeps what a translation fills in by mistake', () => {
    const error = new EncodingError(sentence`Send it again.`)
    assert.equal(translated(speaking({ 'send-it-again': 'Noch {7} Mal.' }), error).message, 'Noch {7} Mal.')
  })

  it('is left as it is where it is of somebody else', () => {
    const foreign = new Error('a list')
    assert.equal(translated(german, foreign), foreign)
    assert.equal(foreign.message, 'a list')
  })

  it('is English where the catalogue cannot be read or holds no texts', () => {
    const broken = {
      _: () => {
        throw new Error('no catalogue')
      },
    } as unknown as NodeAPI
    for (const RED of [broken, {} as NodeAPI, speaking({ 'a-list': {}, 'it-is-0-of-1': '' })])
      assert.equal(translated(RED, listOf('cars')).message, 'It is a list of cars.')
  })
})

describe('the slug of a sentence', () => {
  it('is its letters and digits', () => {
    assert.equal(slugOf('{0} takes {1}, not “{2}”.'), '0-takes-1-not-2')
  })

  it('ends with a whole word where it is long', () => {
    const slug = slugOf('Set it where Node-RED is started, or among the environment variables of the flow.')
    assert.equal(slug, 'set-it-where-node-red-is-started-or-among-the-environment')
  })
})
