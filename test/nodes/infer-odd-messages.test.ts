import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { paint } from '../support/images'
import { detection } from '../support/stub-server'
import { waitUntil } from '../support/wait-until'
import { assertNothingUnhandled, type Message, startFlow, stubForEachTest } from './flow'

/** Nested as deep as a small request can make it; cloning it overflows the stack. */
const nested = (depth: number): object => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)

const detached = (): Buffer => {
  const bytes = new Uint8Array(64)
  const buffer = Buffer.from(bytes.buffer)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return buffer
}

const withGetter = (name: string, value: () => unknown, rest: object = {}): Message =>
  Object.defineProperty({ ...rest }, name, { enumerable: true, configurable: true, get: value })

const refuse = () => {
  throw new Error('This may not be read.')
}

describe('infer, given messages that nobody expects,', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
  })

  // A second receiver of what leaves has it cloned.
  const start = (properties: Message = {}) =>
    startFlow({
      url: test.stub.url,
      properties: { wires: [['out', 'second'], ['dropped']], ...properties },
      nodes: [{ id: 'second', type: 'helper' }],
    })

  assertNothingUnhandled()

  const odd: Record<string, () => Message> = {
    'a payload of a detached buffer': () => ({ payload: detached() }),
    'an image and a detached buffer elsewhere': () => ({
      payload: jpeg,
      other: detached(),
    }),
    'a payload nested 3,000 deep': () => ({ payload: nested(3_000) }),
    'an image and something nested 10,000 deep': () => ({ payload: jpeg, other: nested(10_000) }),
    'a getter that throws as payload': () => withGetter('payload', refuse),
    'an image and a getter that throws': () => withGetter('other', refuse, { payload: jpeg }),
    'an image in a frozen message': () => Object.freeze({ _msgid: 'x', payload: jpeg }),
    'an image that nobody may replace': () =>
      Object.defineProperty({}, 'payload', { value: jpeg, enumerable: true }),
    'a configuration that is a proxy of nothing': () => {
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      return { payload: jpeg, configuration: proxy }
    },
    'a frame whose source cannot be read': () => ({
      payload: jpeg,
      frame: withGetter('source', refuse),
    }),
    'a topic that is no text': () => ({ payload: jpeg, topic: Object.create(null) }),
    'a payload that is a symbol': () => ({ payload: Symbol('image') }),
  }

  for (const [name, make] of Object.entries(odd)) {
    it(`ends it once, and answers the next: ${name}`, async () => {
      const flow = await start()
      const ends = flow.noteEnds()
      flow.node('infer').receive(make() as never)
      flow.node('infer').receive({ payload: jpeg, topic: 'good' } as never)
      await waitUntil(
        () => flow.out.messages.find(({ topic }) => topic === 'good'),
        () => `${flow.out.messages.length} messages, ${ends.length} ends`,
      )
      await waitUntil(
        () => ends.length >= 2 || undefined,
        () => `${ends.length} ends`,
      )
      assert.equal(ends.length, 2)
      assert.equal(ends[1], undefined)
    })
  }

  it('answers an image in a frozen message', async () => {
    const flow = await start()
    flow.node('infer').receive(Object.freeze({ _msgid: 'x', payload: jpeg, topic: 'cold' }) as never)
    const { payload, topic } = await flow.out.next()
    assert.deepEqual([payload, topic], [detection, 'cold'])
  })

  it('waits for a promise', async () => {
    const flow = await start()
    flow.node('infer').receive({ payload: Promise.resolve(jpeg) } as never)
    assert.deepEqual((await flow.out.next()).payload, detection)
  })

  it('gives up a promise that nobody keeps, after saying what it waits for', async () => {
    const flow = await start()
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      flow.node('infer').receive({ payload: new Promise(() => {}) } as never)
      await new Promise(setImmediate)
      mock.timers.tick(1_000)
      await waitUntilShown(flow.statuses.messages, /waiting-for msg\.payload/)
      mock.timers.tick(14_000)
    } finally {
      mock.timers.reset()
    }
    const { error } = await flow.caught.next()
    assert.equal(error.code, 'INPUT_TIMEOUT', error.message)
    assert.match(error.message, /msg\.payload did not arrive within 15 s/)
    flow.send({ payload: jpeg })
    await flow.out.next()
  })

  it('does not wait for a promise once it closes', async () => {
    const flow = await start()
    const ends = flow.noteEnds()
    flow.node('infer').receive({ payload: new Promise(() => {}) } as never)
    const node = flow.node('infer') as unknown as { close(removed: boolean): Promise<void> }
    await node.close(false)
    assert.deepEqual(
      ends.map((end) => (end as { code?: string }).code),
      ['NODE_CLOSED'],
    )
  })

  it('says where a mistake in a node was thrown, and what it quotes nowhere but in its message', async () => {
    const flow = await start()
    const { client } = flow.node('server') as unknown as { client: { useConfiguration: unknown } }
    client.useConfiguration = function mistaken() {
      throw Object.assign(new TypeError('x is undefined'), { secret: 'k', cause: new Error('k') })
    }
    flow.send({ payload: jpeg })
    const { error } = await flow.caught.next()
    assert.equal(error.code, 'UNEXPECTED')
    assert.match(error.stack, /^Error: x is undefined\n +at .*mistaken/)
    assert.equal(error.cause, undefined)
  })
})

const waitUntilShown = async (statuses: Message[], text: RegExp) => {
  for (let turn = 0; turn < 1_000; turn++) {
    if (statuses.some(({ status }) => text.test(status.text))) return
    await new Promise(setImmediate)
  }
  assert.fail(JSON.stringify(statuses))
}
