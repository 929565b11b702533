import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { SharedCalls } from '../../../src/concurrency/shared-calls'
import { failureOf } from '../failure'

/** A call under control. */
const controlled = () => {
  let settle = { resolve: (_value: string) => {}, reject: (_error: unknown) => {} }
  const promise = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject }
  })
  const state = { starts: 0, signal: undefined as AbortSignal | undefined, ...settle }
  const start = (signal: AbortSignal) => {
    state.starts++
    state.signal = signal
    return promise
  }
  return Object.assign(state, { start })
}

describe('shared calls', () => {
  it('start once for all who ask for the same, and once for each other thing', async () => {
    const calls = new SharedCalls<string>()
    const [a, b] = [controlled(), controlled()]
    const joined = [calls.join('a', a.start), calls.join('a', a.start), calls.join('b', b.start)]
    a.resolve('A')
    b.resolve('B')
    assert.deepEqual(await Promise.all(joined), ['A', 'A', 'B'])
    assert.deepEqual([a.starts, b.starts], [1, 1])
  })

  it('start again when the last one has ended, well or not', async () => {
    const calls = new SharedCalls<string>()
    assert.equal(await calls.join('a', async () => 'first'), 'first')
    const wrong = new Error('wrong')
    assert.equal(await failureOf(calls.join('a', () => Promise.reject(wrong))), wrong)
    assert.equal(await calls.join('a', async () => 'third'), 'third')
  })

  it('go on for the others when one leaves, and end when the last has left', async () => {
    const calls = new SharedCalls<string>()
    const call = controlled()
    const [first, second] = [new AbortController(), new AbortController()]
    const failures = [first, second].map(({ signal }) => failureOf(calls.join('a', call.start, { signal })))
    first.abort('first left')
    assert.equal(await failures[0], 'first left')
    assert.equal(call.signal?.aborted, false)
    second.abort('second left')
    assert.equal(await failures[1], 'second left')
    assert.equal(call.signal?.aborted, true)
  })

  it('leave no listener on a signal', async () => {
    const calls = new SharedCalls<string>()
    const { signal } = new AbortController()
    await calls.join('a', async () => 'x', { signal })
    await failureOf(calls.join('a', () => Promise.reject(new Error('wrong')), { signal }))
    const controller = new AbortController()
    const failure = failureOf(calls.join('a', controlled().start, { signal: controller.signal }))
    controller.abort()
    await failure
    for (const each of [signal, controller.signal]) assert.equal(getEventListeners(each, 'abort').length, 0)
  })

  it('do not start for somebody who has left before', async () => {
    const calls = new SharedCalls<string>()
    const call = controlled()
    assert.equal(await failureOf(calls.join('a', call.start, { signal: AbortSignal.abort('left') })), 'left')
    assert.equal(call.starts, 0)
  })

  it('start anew for somebody who comes while an abandoned one is still ending', async () => {
    const calls = new SharedCalls<string>()
    const abandoned = controlled()
    const controller = new AbortController()
    const failure = failureOf(calls.join('a', abandoned.start, { signal: controller.signal }))
    controller.abort()
    await failure
    const next = calls.join('a', async () => 'fresh')
    abandoned.reject(abandoned.signal?.reason)
    assert.equal(await next, 'fresh')
  })

  it('tell everybody who waits of progress, also who came after it', async () => {
    const calls = new SharedCalls<string>()
    const told: string[] = []
    let progress = () => {}
    let finish = (_value: string) => {}
    const work = (_signal: AbortSignal, tell: () => void) => {
      progress = tell
      return new Promise<string>((resolve) => {
        finish = resolve
      })
    }
    const join = (name: string, signal?: AbortSignal) =>
      calls.join('a', work, { signal, onProgress: () => told.push(name) })
    const controller = new AbortController()
    const gone = failureOf(join('gone', controller.signal))
    const joined = [join('first'), join('second')]
    controller.abort()
    await gone
    assert.deepEqual(told, [])
    progress()
    joined.push(join('late'))
    assert.deepEqual(told, ['first', 'second', 'late'])
    finish('done')
    assert.deepEqual(await Promise.all(joined), ['done', 'done', 'done'])
  })

  it('are not mixed up when an abandoned one ends after the next has started', async () => {
    const calls = new SharedCalls<string>()
    const [abandoned, next] = [controlled(), controlled()]
    const controller = new AbortController()
    const failure = failureOf(calls.join('a', abandoned.start, { signal: controller.signal }))
    controller.abort()
    await failure
    const first = calls.join('a', next.start)
    abandoned.reject(new Error('ended'))
    await new Promise(setImmediate)
    const second = calls.join('a', next.start)
    next.resolve('shared')
    assert.deepEqual(await Promise.all([first, second]), ['shared', 'shared'])
    assert.equal(next.starts, 1)
  })
})
