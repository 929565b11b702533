import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { choiceInput, numberInput, required } from '../../../nodes/shared/inputs'
import { type MessageRecipe, messageNode } from '../../../nodes/shared/message-node'
import type { Routed } from '../../../nodes/shared/outcome'
import { fakeRed } from './fake-node'

const start = <T>(recipe: MessageRecipe<T>, properties: object = {}) => {
  const red = fakeRed()
  messageNode(red.RED, 'roboflow-test', recipe)
  return red.start('roboflow-test', properties)
}

const payload = { value: 'payload', valueType: 'msg' }

describe('a node that takes messages', () => {
  it('hands its inputs to its work, and the message what that found', async () => {
    const node = start(
      { inputs: { value: numberInput() }, work: async ({ value = 0 }) => ({ payload: value * 2 }) },
      payload,
    )
    const msg = { payload: '21', topic: 'a' }
    const { sent, error } = await node.receive(msg)
    assert.deepEqual([sent, error], [[{ payload: 42, topic: 'a' }], undefined])
    assert.equal(sent[0], msg)
  })

  const router: MessageRecipe<{ value: number }> = {
    inputs: { value: required(numberInput()) },
    outputs: (properties) => (properties.rules as unknown[]).length,
    async work({ value }): Promise<Routed[]> {
      if (value < 0) return []
      return [
        { output: value % 3, message: { payload: value } },
        ...(value > 10 ? [{ output: 2, message: { payload: 'large' } }] : []),
      ]
    },
  }
  const rules = { rules: ['a', 'b', 'c'], ...payload }

  it('may send several messages by several outputs, or none', async () => {
    const node = start(router, rules)
    const sentFor = async (value: number) => (await node.receive({ payload: value })).sent
    assert.deepEqual(await sentFor(1), [[[], [{ payload: 1 }]]])
    assert.deepEqual(await sentFor(12), [[[{ payload: 12 }], [], [{ payload: 'large' }]]])
    assert.deepEqual(await sentFor(-1), [[]])
  })

  it('sends dropped messages as they came by the last output of all', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const waiting: MessageRecipe<{ value: number }> = {
      ...router,
      async work(inputs, context) {
        await held
        return router.work(inputs, context)
      },
    }
    const node = start(waiting, { ...rules, whenBusy: 'drop', droppedOutput: true })
    const first = node.receive({ payload: 1 })
    const second = await node.receive({ payload: 2 })
    release()
    assert.deepEqual(second, { sent: [[[], [], [], [{ payload: 2 }]]], error: undefined })
    assert.deepEqual((await first).sent, [[[], [{ payload: 1 }]]])
  })

  it('names the place of what is wrong', async () => {
    const node = start(router, rules)
    const { error } = await node.receive({ payload: 'many' })
    assert.match(String(error?.message), /^msg\.payload: value should be a number, but is string\./)
    assert.equal((error as { code?: string }).code, 'INVALID_PARAMETER')
    assert.match(String((await node.receive({})).error?.message), /^msg\.payload: value is missing/)
  })

  it('warns of nothing, however many it works on at once', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    try {
      const listening: MessageRecipe<object> = {
        inputs: {},
        async work(_inputs, { signal }) {
          signal.addEventListener('abort', () => {})
          signal.addEventListener('abort', () => {})
          await pause(1, undefined, { signal })
          return {}
        },
      }
      const node = start(listening, { atOnce: 64 })
      await Promise.all(Array.from({ length: 200 }, (_, index) => node.receive({ payload: index })))
      await node.close()
      // Node.js tells of them in a later turn
      await pause(0)
      assert.deepEqual(warnings, [])
    } finally {
      process.off('warning', note)
    }
  })

  it('refuses a recipe’s own mistakes as errors, not as exceptions', async () => {
    const node = start(
      { inputs: { value: choiceInput(['a', 'b']) }, work: () => ({}) as unknown as Promise<object> },
      { value: 'c', valueType: 'str' },
    )
    const { error } = await node.receive({})
    assert.match(String(error?.message), /one of a, b/)
  })
})
