import assert from 'node:assert/strict'
import type { FlowNode } from '../support/node-red'
import { type RunningExample, runExample } from './example'

describe('example 15', function () {
  this.timeout(120_000)
  let example: RunningExample
  before(async () => {
    example = await runExample('15 - Count parts per minute', undefined, withoutTimers)
  })

  const withoutTimers = (node: FlowNode): FlowNode =>
    node.type === 'inject' ? { ...node, repeat: '' } : node

  /** Until so many parts were counted in all: images are worked on when they come. */
  const total = async (parts: number) => {
    const sum = { good: 0, reject: 0 }
    while (sum.good + sum.reject < parts) {
      await example.press('every minute')
      const { good, reject } = await example.shown('parts per minute')
      sum.good += good
      sum.reject += reject
    }
    return sum
  }

  it('counts good parts and rejects, but none that the edge cuts off', async () => {
    await example.press('next image')
    await example.press('next image')
    assert.deepEqual(await total(16), { good: 14, reject: 2 })
  })

  it('begins anew after each minute', async () => {
    await example.press('every minute')
    assert.deepEqual(await example.shown('parts per minute'), { good: 0, reject: 0 })
  })

  it('counts by itself, image by image and minute by minute', async () => {
    await example.deploy(undefined, (node) =>
      node.type === 'inject' ? { ...node, repeat: node.name === 'next image' ? '0.3' : '2' } : node,
    )
    // the model is loaded anew, which may take the first minutes
    for (let minutes = 0; minutes < 2; ) {
      const { good, reject } = await example.shown('parts per minute')
      assert.equal(good, reject * 7)
      if (reject > 0) minutes++
    }
    await example.deploy(undefined, withoutTimers)
  })
})
