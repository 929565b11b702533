import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { FramesInFlow } from '../../../nodes/shared/frames-in-flow'

const ours = { id: 'infer', type: 'roboflow-infer' }
const delay = { id: 'delay', type: 'delay' }

describe('frames in the flow', () => {
  let left: number[]
  let frames: FramesInFlow
  beforeEach(() => {
    left = []
    frames = new FramesInFlow(({ id }) => left.push(id))
  })

  it('are there until nobody holds them', async () => {
    const frame = frames.enter(0)
    const one = frame.take(ours, true)
    const other = frame.take(delay, true)
    frame.letGo(one)
    await turn()
    assert.equal(frames.size, 1)
    frame.letGo(other)
    await turn()
    assert.equal(frames.size, 0)
    assert.deepEqual(left, [0])
  })

  it('stay where the next node takes hold right after the last one let go', async () => {
    const frame = frames.enter(0)
    frame.letGo(frame.take(ours, true))
    const hold = frame.take(delay, true)
    await turn()
    assert.equal(frames.get(0), frame)
    frame.letGo(hold)
    await turn()
    assert.deepEqual(left, [0])
  })

  it('leave once, however often a node lets go', async () => {
    const frame = frames.enter(0)
    const hold = frame.take(ours, true)
    frame.letGo(hold)
    frame.letGo(hold)
    await turn()
    assert.deepEqual(left, [0])
  })

  it('may come back, unless they were never sent or were given up', async () => {
    const frame = frames.enter(0)
    assert.equal(frames.hasLeft(0), false)
    frame.letGo(frame.take(ours, true))
    await turn()
    assert.equal(frames.hasLeft(0), true)
    assert.equal(frames.hasLeft(1), false)

    const given = frames.enter(1)
    given.take(delay, true)
    assert.deepEqual(frames.giveUp(given), [delay])
    assert.equal(frames.hasLeft(1), false)
    assert.equal(frames.givenUp, 1)
    assert.deepEqual(left, [0, 1])
  })

  it('know whether one of our own nodes holds them, and since when none does', async () => {
    const frame = frames.enter(0)
    frame.take(delay, true)
    assert.equal(frame.isInOurs, false)
    const { amongOthersSince } = frame
    const hold = frame.take(ours, false)
    assert.equal(frame.isInOurs, true)
    await new Promise((resolve) => setTimeout(resolve, 5))
    frame.letGo(hold)
    assert.equal(frame.isInOurs, false)
    assert.ok(frame.amongOthersSince > amongOthersSince)
    assert.equal(frame.movedAt, frame.amongOthersSince)
  })

  it('are let go by nodes that are gone', async () => {
    frames.enter(0).take(delay, true)
    frames.enter(1).take(ours, true)
    frames.letGoWhere((holder) => holder === delay)
    await turn()
    assert.deepEqual(left, [0])
  })

  it('are not told of once nobody wants to know', async () => {
    const frame = frames.enter(0)
    frame.letGo(frame.take(ours, true))
    frames.clear()
    await turn()
    assert.deepEqual(left, [])
  })
})
