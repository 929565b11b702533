import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { Limiter, type LimiterOptions } from '../../../src/concurrency/limiter'

/** A limiter whose work ends when the test says so, and what it has handed over. */
const setUp = (options: LimiterOptions) => {
  const handed: string[] = []
  let changes = 0
  const limiter = new Limiter({ ...options, onChange: () => changes++ })
  const start = (name: string) => {
    let end = () => {}
    limiter.start(
      () =>
        new Promise((resolve) => {
          end = () => resolve(() => handed.push(name))
        }),
    )
    return async () => {
      end()
      await turn()
    }
  }
  return { limiter, handed, start, changes: () => changes }
}

describe('a limiter', () => {
  it('has room for so many', async () => {
    const { limiter, start } = setUp({ atOnce: 2 })
    const [a] = [start('a'), start('b')]
    assert.deepEqual([limiter.running, limiter.hasRoom], [2, false])
    await a()
    assert.deepEqual([limiter.running, limiter.hasRoom], [1, true])
  })

  it('hands results over in the order of their starts, and tells of each end', async () => {
    const { limiter, handed, start, changes } = setUp({ atOnce: 3 })
    const [a, b, c] = [start('a'), start('b'), start('c')]
    await c()
    await b()
    assert.deepEqual([handed, limiter.running, limiter.pending, changes()], [[], 1, 3, 2])
    await a()
    assert.deepEqual([handed, limiter.pending, changes()], [['a', 'b', 'c'], 0, 3])
  })

  it('or as they come', async () => {
    const { limiter, handed, start } = setUp({ atOnce: 3, keepOrder: false })
    const [a, b] = [start('a'), start('b')]
    await b()
    assert.deepEqual([handed, limiter.pending], [['b'], 1])
    await a()
    assert.deepEqual(handed, ['b', 'a'])
  })

  it('has no room where too many wait for a slower one before them', async () => {
    const { limiter, start } = setUp({ atOnce: 2, backlog: 3 })
    const slow = start('slow')
    await start('a')()
    await start('b')()
    assert.deepEqual([limiter.running, limiter.pending, limiter.hasRoom], [1, 3, false])
    await slow()
    assert.equal(limiter.hasRoom, true)
  })
})
