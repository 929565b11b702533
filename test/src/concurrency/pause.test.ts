import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { pauseUnlessAborted } from '../../../src/concurrency/pause'
import { failureOf } from '../failure'
import { assertNoMoreTimers, liveTimers } from '../http/timers'

const long = 60_000
const listeners = ({ signal }: AbortController) => getEventListeners(signal, 'abort').length

describe('a pause', () => {
  it('ends by itself, and leaves no listener', async () => {
    const [aborting, ending] = [new AbortController(), new AbortController()]
    await pauseUnlessAborted(1, aborting.signal, ending.signal)
    assert.deepEqual([listeners(aborting), listeners(ending)], [0, 0])
  })

  it('is given up with the signal’s reason', async () => {
    const [aborting, ending] = [new AbortController(), new AbortController()]
    // mocha's own timer begins once a test has returned its promise
    await turn()
    const before = liveTimers()
    const failure = failureOf(pauseUnlessAborted(long, aborting.signal, ending.signal))
    const reason = new Error('enough')
    aborting.abort(reason)
    assert.equal(await failure, reason)
    assert.deepEqual([listeners(aborting), listeners(ending)], [0, 0])
    await assertNoMoreTimers(before)
  })

  it('ends early when what it is part of ends', async () => {
    const [aborting, ending] = [new AbortController(), new AbortController()]
    // mocha's own timer begins once a test has returned its promise
    await turn()
    const before = liveTimers()
    const paused = pauseUnlessAborted(long, aborting.signal, ending.signal)
    ending.abort()
    await paused
    assert.deepEqual([listeners(aborting), listeners(ending)], [0, 0])
    await assertNoMoreTimers(before)
  })

  it('does not begin where one of both was aborted before', async () => {
    const { signal } = new AbortController()
    const reason = new Error('enough')
    assert.equal(await failureOf(pauseUnlessAborted(long, AbortSignal.abort(reason), signal)), reason)
    await pauseUnlessAborted(long, undefined, AbortSignal.abort())
  })
})
