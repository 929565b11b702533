import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { cancellable } from '../../../src/concurrency/cancellable'
import { failureOf } from '../failure'

const endless = () => {
  const seen = { started: false, ended: false }
  async function* values(signal: AbortSignal) {
    seen.started = true
    try {
      yield 1
      await pause(10_000, undefined, { signal }).catch(() => signal.throwIfAborted())
      yield 2
    } finally {
      seen.ended = true
    }
  }
  return { seen, values }
}

describe('what can be left', () => {
  it('begins when the first value is asked for', async () => {
    const controller = new AbortController()
    const { seen, values } = endless()
    const stream = cancellable(values, controller.signal)
    await stream.return()
    assert.equal(seen.started, false)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  })

  it('ends at once while a value is waited for', async () => {
    const { seen, values } = endless()
    const stream = cancellable(values)
    await stream.next()
    const waiting = stream.next()
    const started = Date.now()
    assert.deepEqual(await stream.return(), { done: true, value: undefined })
    assert.deepEqual(await waiting, { done: true, value: undefined })
    assert.ok(Date.now() - started < 500)
    assert.ok(seen.ended)
  })

  it('ends with a signal, for its reason', async () => {
    const controller = new AbortController()
    const { seen, values } = endless()
    const stream = cancellable(values, controller.signal)
    await stream.next()
    const waiting = failureOf(stream.next())
    controller.abort(new Error('enough'))
    assert.equal((await waiting).message, 'enough')
    assert.ok(seen.ended)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  })

  it('does not begin with a signal that is aborted', async () => {
    const { seen, values } = endless()
    const stream = cancellable(values, AbortSignal.abort(new Error('too late')))
    assert.equal((await failureOf(stream.next())).message, 'too late')
    assert.equal(seen.started, false)
  })

  it('is over after a break', async () => {
    const { seen, values } = endless()
    for await (const value of cancellable(values)) {
      assert.equal(value, 1)
      break
    }
    assert.ok(seen.ended)
  })
})
