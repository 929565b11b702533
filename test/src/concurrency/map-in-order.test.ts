import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { mapInOrder } from '../../../src/concurrency/map-in-order'
import { collected } from '../collected'
import { failureOf } from '../failure'

/** Numbers from 0, and what happened to them. */
const source = (end = Number.POSITIVE_INFINITY, failure?: Error) => {
  const seen = { taken: 0, closed: false }
  async function* numbers() {
    try {
      while (seen.taken < end) yield seen.taken++
      if (failure) throw failure
    } finally {
      seen.closed = true
    }
  }
  return { seen, open: numbers }
}

/** Whatever can happen without time passing has happened. */
const allTurns = async () => {
  for (let turns = 0; turns < 20; turns++) await turn()
}

describe('work in order', () => {
  it('gives the results in order, however long each takes', async () => {
    const work = async (item: number) => {
      await pause(item % 3 === 0 ? 30 : 1)
      return item * 2
    }
    assert.deepEqual(
      await collected(mapInOrder(source(10).open, 4, work)),
      Array.from({ length: 10 }, (_, index) => index * 2),
    )
  })

  it('does nothing before the first result is asked for', async () => {
    const { seen, open } = source()
    const results = mapInOrder(open, 2, async (item) => item)
    await allTurns()
    assert.equal(seen.taken, 0)
    await results.return()
    assert.equal(seen.taken, 0)
  })

  for (const atOnce of [1, 2, 5]) {
    it(`works on ${atOnce} at the same time and takes one more`, async () => {
      const { seen, open } = source()
      let running = 0
      let most = 0
      const work = async (item: number) => {
        most = Math.max(most, ++running)
        await pause(5)
        running--
        return item
      }
      let given = 0
      for await (const item of mapInOrder(open, atOnce, work)) {
        assert.equal(item, given++)
        assert.ok(seen.taken <= given + atOnce, `${seen.taken} taken, ${given} given`)
        await pause(given === 3 ? 50 : 0)
        if (given === 20) break
      }
      assert.equal(most, atOnce)
      assert.ok(seen.closed)
    })
  }

  it('begins no work before its result is asked for', async () => {
    const { seen, open } = source()
    let begun = 0
    const results = mapInOrder(open, 1, async (item) => {
      begun++
      return item
    })
    await results.next()
    await allTurns()
    assert.deepEqual([begun, seen.taken], [1, 2])
    await results.next()
    assert.equal(begun, 2)
    await results.return()
  })

  it('gives a result although the next item is long in coming', async () => {
    async function* slow() {
      yield 1
      await pause(10_000, undefined, { ref: false })
    }
    const results = mapInOrder(slow, 3, async (item) => item)
    const started = Date.now()
    assert.deepEqual(await results.next(), { done: false, value: 1 })
    assert.ok(Date.now() - started < 1_000)
  })

  it('fails where the work fails, after the results before, and ends the others', async () => {
    const { seen, open } = source()
    const ended: number[] = []
    const work = async (item: number, _index: number, signal: AbortSignal) => {
      if (item === 2) {
        await pause(20)
        throw new Error('two is bad')
      }
      if (item > 2) await pause(10_000, undefined, { signal }).catch(() => ended.push(item))
      return item
    }
    const results = mapInOrder(open, 4, work)
    assert.equal((await results.next()).value, 0)
    assert.equal((await results.next()).value, 1)
    assert.match((await failureOf(results.next())).message, /two is bad/)
    assert.ok(seen.closed)
    await allTurns()
    assert.ok(ended.length >= 1)
  })

  it('fails with its source after the results of what came before', async () => {
    const results = mapInOrder(source(3, new Error('broken off')).open, 5, async (item) => {
      await pause(20)
      return item
    })
    for (const number of [0, 1, 2]) assert.equal((await results.next()).value, number)
    assert.match((await failureOf(results.next())).message, /broken off/)
  })

  it('ends with a signal, for its reason, and leaves no listener', async () => {
    const controller = new AbortController()
    const { seen, open } = source()
    const work = (_item: number, _index: number, signal: AbortSignal) =>
      pause(10_000, undefined, { signal }).catch(() => signal.throwIfAborted())
    const results = mapInOrder(open, 2, work, controller.signal)
    const next = failureOf(results.next())
    await allTurns()
    assert.ok(seen.taken > 0)
    controller.abort(new Error('enough'))
    assert.equal((await next).message, 'enough')
    assert.ok(seen.closed)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  })
})
