import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { ServerWatch } from '../../../nodes/config/server-watch'

/** A watch whose question nobody answers unless the test does, by `heard`. */
const setUp = (ask: () => Promise<unknown> = async () => {}) => {
  const reports: boolean[] = []
  const held = { asked: 0 }
  const watch = new ServerWatch(
    () => {
      held.asked++
      return ask()
    },
    (reachable) => reports.push(reachable),
  )
  return { watch, reports, asked: () => held.asked }
}

const pass = (milliseconds: number) => mock.timers.tick(milliseconds)

describe('the watch over a server', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('asks nothing and reports nothing while all is well', () => {
    const { watch, reports, asked } = setUp()
    for (let hour = 0; hour < 24; hour++) {
      watch.heard(true)
      pass(3_600_000)
    }
    assert.deepEqual([asked(), reports], [0, []])
  })

  it('reports once that the server is gone, however many requests fail', () => {
    const { watch, reports } = setUp()
    for (let second = 0; second < 60; second++) {
      watch.heard(false)
      pass(1_000)
    }
    assert.deepEqual(reports, [false])
  })

  it('asks every 5 s while the server is gone', () => {
    const { watch, asked } = setUp()
    watch.heard(false)
    pass(4_900)
    assert.equal(asked(), 0)
    pass(200)
    assert.equal(asked(), 1)
    pass(50_000)
    assert.equal(asked(), 11)
  })

  it('reports once that it is back, and asks no longer', () => {
    const { watch, reports, asked } = setUp()
    watch.heard(false)
    pass(12_000)
    watch.heard(true)
    watch.heard(true)
    pass(60_000)
    assert.deepEqual([reports, asked()], [[false, true], 2])
  })

  it('notices each time anew', () => {
    const { watch, reports, asked } = setUp()
    for (const reachable of [true, false, true, false]) watch.heard(reachable)
    pass(5_000)
    assert.deepEqual([reports, asked()], [[false, true, false], 1])
  })

  it('does not mind a question that fails', async () => {
    const { watch, asked } = setUp(() => Promise.reject(new Error('still gone')))
    watch.heard(false)
    pass(15_000)
    await new Promise(setImmediate)
    assert.equal(asked(), 3)
  })

  it('asks no longer once it is closed', () => {
    const { watch, reports, asked } = setUp()
    watch.heard(false)
    watch.close()
    pass(60_000)
    assert.deepEqual([asked(), reports], [0, [false]])
  })

  it('is deaf once it is closed: requests that closing breaks off are no news', () => {
    const { watch, reports, asked } = setUp()
    watch.close()
    watch.heard(false)
    pass(60_000)
    assert.deepEqual([asked(), reports], [0, []])
  })
})
