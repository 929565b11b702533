import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { mapInParallel } from '../../../src/concurrency/map-in-parallel'
import { failureOf } from '../failure'

/** A piece of work that ends when the test says so. */
const held = () => {
  const started: { item: number; index: number; signal: AbortSignal }[] = []
  const ends: { resolve: (result: number) => void; reject: (error: unknown) => void }[] = []
  const work = (item: number, index: number, signal: AbortSignal) => {
    started.push({ item, index, signal })
    return new Promise<number>((resolve, reject) => ends.push({ resolve, reject }))
  }
  const finish = async (index: number) => {
    ends[index]?.resolve((started[index]?.item ?? 0) * 10)
    await pause()
  }
  const fail = async (index: number, error: unknown) => {
    ends[index]?.reject(error)
    await pause()
  }
  return { started, work, finish, fail }
}

const items = [1, 2, 3, 4]

describe('working on a list, so many at once,', () => {
  for (const atOnce of [1, 2, 3, 4, 9]) {
    it(`has ${atOnce} of four in progress at most, and as many as it may`, async () => {
      const may = Math.min(atOnce, items.length)
      let running = 0
      let most = 0
      let begun = 0
      const results = await mapInParallel(items, atOnce, async (item) => {
        running++
        begun++
        most = Math.max(most, running)
        assert.ok(running <= may)
        // the next one starts as soon as one is done
        if (begun > may) assert.equal(running, may)
        await pause(5)
        running--
        return item
      })
      assert.equal(most, may)
      assert.deepEqual(results, items)
    })
  }

  it('starts the next as soon as any is done, and keeps the order of the results', async () => {
    const { started, work, finish } = held()
    const results = mapInParallel(items, 2, work)
    await pause()
    assert.equal(started.length, 2)
    await finish(1)
    assert.equal(started.length, 3)
    await finish(2)
    assert.equal(started.length, 4)
    await finish(3)
    await finish(0)
    assert.deepEqual(await results, [10, 20, 30, 40])
    assert.deepEqual(
      started.map(({ item, index }) => [index, item]),
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
      ],
    )
  })

  it('gives nothing for nothing', async () => {
    assert.deepEqual(await mapInParallel([], 3, () => assert.fail('there is nothing to do')), [])
  })

  it('ends the others at the first failure, which is the one that is thrown', async () => {
    const { started, work, fail, finish } = held()
    const failure = failureOf(mapInParallel(items, 3, work))
    await pause()
    const [one, two, three] = started.map(({ signal }) => signal)
    assert.deepEqual([one?.aborted, two?.aborted, three?.aborted], [false, false, false])
    const first = new Error('the second item')
    await fail(1, first)
    assert.equal(await failure, first)
    assert.deepEqual([one?.reason, three?.reason], [first, first])
    await fail(0, new Error('the first item, later'))
    await finish(2)
    assert.equal(started.length, 3, 'nothing is started after a failure')
  })

  it('throws what was first when two fail at the same time', async () => {
    const { work, fail } = held()
    const failure = failureOf(mapInParallel(items, 2, work))
    await pause()
    const errors = [new Error('a'), new Error('b')]
    await Promise.all([fail(1, errors[1]), fail(0, errors[0])])
    assert.equal(await failure, errors[1])
  })

  it('ends with the outer signal’s reason, and passes it on', async () => {
    const { started, work, fail } = held()
    const controller = new AbortController()
    const failure = failureOf(mapInParallel(items, 2, work, controller.signal))
    await pause()
    const reason = new Error('enough')
    controller.abort(reason)
    assert.deepEqual(
      started.map(({ signal }) => signal.reason),
      [reason, reason],
    )
    await fail(0, started[0]?.signal.reason)
    assert.equal(await failure, reason)
    await fail(1, reason)
    assert.equal(started.length, 2)
  })

  it('starts nothing when the outer signal is aborted already, or is while one is done', async () => {
    const reason = new Error('enough')
    const { started, work, finish } = held()
    assert.equal(await failureOf(mapInParallel(items, 2, work, AbortSignal.abort(reason))), reason)
    assert.equal(started.length, 0)
    const controller = new AbortController()
    const failure = failureOf(mapInParallel(items, 1, work, controller.signal))
    await pause()
    controller.abort(reason)
    await finish(0)
    assert.equal(await failure, reason)
    assert.equal(started.length, 1)
  })

  it('leaves no listener on the outer signal', async () => {
    const { signal } = new AbortController()
    const listeners = () => getEventListeners(signal, 'abort').length
    const seen: number[] = []
    await mapInParallel(
      items,
      2,
      async (item) => {
        seen.push(listeners())
        return item
      },
      signal,
    )
    assert.deepEqual(seen, [1, 1, 1, 1])
    assert.equal(listeners(), 0)
    await failureOf(mapInParallel(items, 2, () => Promise.reject(new Error('no')), signal))
    assert.equal(listeners(), 0)
  })
})
