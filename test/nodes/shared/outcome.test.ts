import assert from 'node:assert/strict'
import type { Node, NodeAPI } from 'node-red'
import { NodeClosedError } from '../../../nodes/shared/failure'
import { Outcome } from '../../../nodes/shared/outcome'
import type { StatusLine } from '../../../nodes/shared/status'

type Message = Record<string, unknown>

/** What becomes of a message; whoever is told of it may throw. */
const setUp = (msg: Message, throws: { send?: boolean; done?: boolean; error?: boolean } = {}) => {
  const seen: { sent: unknown[]; ends: unknown[]; logged: unknown[]; failures: string[] } = {
    sent: [],
    ends: [],
    logged: [],
    failures: [],
  }
  const note = (list: unknown[], fails: boolean | undefined) => (value: unknown) => {
    list.push(value)
    if (fails) throw new RangeError('It cannot be cloned.')
  }
  const outcome = new Outcome(
    { _: (key: string) => key } as unknown as NodeAPI,
    { error: note(seen.logged, throws.error) } as unknown as Node,
    { failed: ({ message }: Error) => seen.failures.push(message) } as unknown as StatusLine,
    msg,
    note(seen.sent, throws.send),
    note(seen.ends, throws.done),
  )
  return { outcome, ...seen }
}

describe('the outcome of a message', () => {
  it('is the message itself with what the node has found, then its end', () => {
    const msg = { payload: 'image', topic: 'a' }
    const { outcome, sent, ends } = setUp(msg)
    outcome.leave({ payload: 'answer' })
    assert.equal(sent[0], msg)
    assert.deepEqual(msg, { payload: 'answer', topic: 'a' })
    assert.deepEqual(ends, [undefined])
  })

  it('is several messages by several outputs, each with the properties of the one that came', () => {
    const { outcome, sent } = setUp({ payload: 'image', topic: 'a' })
    outcome.leave([
      { output: 2, message: { payload: 1 } },
      { output: 0, message: { payload: 2 } },
      { output: 2, message: { payload: 3 } },
    ])
    const of = (payload: number) => ({ payload, topic: 'a' })
    assert.deepEqual(sent, [[[of(2)], [], [of(1), of(3)]]])
  })

  it('is the message itself where only one leaves, by whatever output', () => {
    const msg = { payload: 'image' }
    const { outcome, sent } = setUp(msg)
    outcome.leave([{ output: 1, message: { payload: 'part' } }])
    assert.equal((sent as unknown[][][])[0]?.[1]?.[0], msg)
  })

  it('is nothing but an end where nothing leaves', () => {
    const { outcome, sent, ends } = setUp({})
    outcome.leave([])
    assert.deepEqual([sent, ends], [[[]], [undefined]])
  })

  for (const [name, make] of Object.entries({
    'is frozen': () => Object.freeze({ payload: 'image', topic: 'a' }),
    'has a payload that nobody may write': () =>
      Object.defineProperty({ topic: 'a' }, 'payload', { value: 'image', enumerable: true }),
    'has a setter that throws': () => ({
      topic: 'a',
      get payload() {
        return 'image'
      },
      set payload(_value: string) {
        throw new Error('no')
      },
    }),
  })) {
    it(`is a copy of a message that ${name}`, () => {
      const { outcome, sent, ends } = setUp(make())
      outcome.leave({ payload: 'answer' })
      assert.deepEqual(sent, [{ topic: 'a', payload: 'answer' }])
      assert.deepEqual(ends, [undefined])
    })
  }

  it('is an error, once, where the message has a getter that throws', () => {
    const msg = Object.freeze(
      Object.defineProperty({}, 'secret', {
        enumerable: true,
        get() {
          throw new Error('not for you')
        },
      }),
    )
    const { outcome, sent, ends, failures } = setUp(msg)
    outcome.leave({ payload: 'answer' })
    assert.deepEqual([sent.length, ends.length, failures.length], [0, 1, 1])
    assert.match(String(ends[0]), /not for you/)
  })

  it('is an error, once, where sending fails', () => {
    const { outcome, sent, ends } = setUp({}, { send: true })
    outcome.leave({})
    assert.equal(sent.length, 1)
    assert.equal(ends.length, 1)
    assert.match(String(ends[0]), /cannot be cloned/)
  })

  it('is logged without the message where Catch nodes cannot be told of it', () => {
    const { outcome, ends, logged } = setUp({}, { done: true })
    outcome.fail(new Error('The image is damaged.'))
    assert.equal(ends.length, 1)
    assert.deepEqual(logged, ['The image is damaged.'])
  })

  it('throws nothing even where that fails, too', () => {
    const { outcome, ends } = setUp({}, { send: true, done: true, error: true })
    outcome.leave({})
    assert.equal(ends.length, 1)
  })

  it('happens once: what comes later is nothing', () => {
    const { outcome, ends } = setUp({})
    outcome.leave({})
    outcome.abandon(new NodeClosedError())
    outcome.fail(new Error('late'))
    assert.deepEqual(ends, [undefined])
  })

  it('leaves the status alone where the node goes', () => {
    const { outcome, ends, failures } = setUp({})
    outcome.abandon(new NodeClosedError())
    assert.equal((ends[0] as NodeClosedError).code, 'NODE_CLOSED')
    assert.deepEqual(failures, [])
  })
})
