import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { Budget } from '../../../src/concurrency/budget'
import { failureOf } from '../failure'

/** Work of some weight that ends when the test says so. */
const uses = (budget: Budget) => {
  const begun: string[] = []
  const use = (name: string, weight: number, signal?: AbortSignal) => {
    let end = () => {}
    const result = budget.use(
      weight,
      () => {
        begun.push(name)
        return new Promise<string>((resolve) => {
          end = () => resolve(name)
        })
      },
      signal,
    )
    result.catch(() => {})
    return {
      result,
      finish: async () => {
        end()
        await turn()
      },
    }
  }
  return { begun, use }
}

describe('a budget', () => {
  it('is shared by as many as it suffices for; the others wait for their turn', async () => {
    const { begun, use } = uses(new Budget(10))
    const a = use('a', 6)
    const b = use('b', 4)
    use('c', 5)
    use('d', 1)
    await turn()
    assert.deepEqual(begun, ['a', 'b'])
    await b.finish()
    assert.deepEqual(begun, ['a', 'b'], 'nobody overtakes who waits')
    await a.finish()
    assert.deepEqual(begun, ['a', 'b', 'c', 'd'])
    assert.equal(await a.result, 'a')
  })

  it('lets what needs more than there is be alone', async () => {
    const { begun, use } = uses(new Budget(10))
    const small = use('small', 1)
    const huge = use('huge', 1_000)
    use('next', 1)
    await turn()
    assert.deepEqual(begun, ['small'])
    await small.finish()
    assert.deepEqual(begun, ['small', 'huge'])
    await huge.finish()
    assert.deepEqual(begun, ['small', 'huge', 'next'])
  })

  it('is given back by work that fails', async () => {
    const budget = new Budget(1)
    const reason = new Error('no')
    assert.equal(await failureOf(budget.use(1, () => Promise.reject(reason))), reason)
    assert.equal(await budget.use(1, async () => 'next'), 'next')
  })

  it('is not waited for once the signal aborts, and the one behind moves up', async () => {
    const { begun, use } = uses(new Budget(10))
    use('a', 6)
    const controller = new AbortController()
    const large = use('large', 8, controller.signal)
    use('small', 4)
    await turn()
    assert.deepEqual(begun, ['a'])
    const reason = new Error('enough')
    controller.abort(reason)
    assert.equal(await failureOf(large.result), reason)
    await turn()
    assert.deepEqual(begun, ['a', 'small'])
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
    assert.equal(await failureOf(use('late', 1, controller.signal).result), reason)
  })
})
