import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { abortedAfter, unlessAborted } from '../../../src/concurrency/abort'
import { liveTimers } from '../http/timers'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

describe('a limit of time', () => {
  it('aborts when the time runs out, and says so', async () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    const limit = abortedAfter(20)
    mock.timers.tick(19)
    assert.equal(limit.signal.aborted, false)
    assert.equal(limit.expired, false)
    mock.timers.tick(1)
    mock.timers.reset()
    assert.equal(limit.signal.aborted, true)
    assert.equal(limit.signal.reason.name, 'TimeoutError')
    assert.equal(limit.expired, true)
    limit.clear()
  })

  it('aborts with another signal, for its reason, and has not expired then', () => {
    const controller = new AbortController()
    const limit = abortedAfter(60_000, controller.signal)
    controller.abort('enough')
    assert.equal(limit.signal.reason, 'enough')
    assert.equal(limit.expired, false)
    limit.clear()
  })

  it('is aborted from the start with a signal that is', () => {
    const limit = abortedAfter(60_000, AbortSignal.abort('enough'))
    assert.equal(limit.signal.reason, 'enough')
    limit.clear()
  })

  it('leaves neither timer nor listener when it is cleared', async () => {
    const controller = new AbortController()
    const before = liveTimers()
    const limit = abortedAfter(30, controller.signal)
    assert.equal(liveTimers(), before + 1)
    assert.equal(listeners(controller.signal), 1)
    limit.clear()
    assert.equal(liveTimers(), before)
    assert.equal(listeners(controller.signal), 0)
    controller.abort()
    assert.equal(limit.signal.aborted, false)
    assert.equal(limit.expired, false)
  })
})

describe('a signal that many share', () => {
  it('is no leak: nothing is warned of', async () => {
    const warnings: Error[] = []
    const warned = (warning: Error) => warnings.push(warning)
    process.on('warning', warned)
    const { signal } = new AbortController()
    const limits = Array.from({ length: 20 }, () => abortedAfter(60_000, signal))
    const waiting = limits.map(() => unlessAborted(new Promise((resolve) => setImmediate(resolve)), signal))
    assert.equal(listeners(signal), 40)
    await Promise.all(waiting)
    // warnings come a tick later
    await turn()
    for (const { clear } of limits) clear()
    process.off('warning', warned)
    assert.deepEqual(warnings, [])
    assert.equal(listeners(signal), 0)
  })
})
