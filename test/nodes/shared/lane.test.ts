import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { Lane, type LaneJob, type LaneOptions } from '../../../nodes/shared/lane'

const MiB = 2 ** 20

/** A job under control, which notes in `events` what becomes of it. */
class Job implements LaneJob {
  readonly weight: number
  readonly source: string
  started = false
  signal: AbortSignal | undefined
  /** Ends the work. */
  finish: () => void = () => assert.fail(`${this.name} has not started`)

  constructor(
    readonly name: string,
    readonly events: string[],
    { weight = 0, source = '' } = {},
    /** What else happens while the result is handed over. */
    readonly onDelivery: () => void = () => {},
  ) {
    this.weight = weight
    this.source = source
  }

  work(signal: AbortSignal): Promise<() => void> {
    this.started = true
    this.signal = signal
    return new Promise((resolve) => {
      this.finish = () =>
        resolve(() => {
          this.events.push(`${this.name} delivered`)
          this.onDelivery()
        })
    })
  }
  drop = () => this.events.push(`${this.name} dropped`)
  refuse = (limit: string) => this.events.push(`${this.name} refused: ${limit}`)
  abandon = () => this.events.push(`${this.name} abandoned`)
}

const setUp = (options: Partial<LaneOptions> = {}) => {
  const events: string[] = []
  let changes = 0
  const onChange = () => {
    changes++
  }
  const lane = new Lane({ atOnce: 1, whenBusy: 'queue', keepOrder: true, onChange, ...options })
  const add = (name: string, facts: { weight?: number; source?: string } = {}, onDelivery?: () => void) => {
    const job = new Job(name, events, facts, onDelivery)
    lane.add(job)
    return job
  }
  const finish = async (...jobs: Job[]) => {
    for (const job of jobs) {
      job.finish()
      await turn()
    }
  }
  return { lane, events, add, finish, changes: () => changes }
}

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

describe('the lane of a node', () => {
  it('works on as many jobs as allowed, and on the next when one has ended', async () => {
    const { lane, add, finish } = setUp({ atOnce: 2 })
    const jobs = ['a', 'b', 'c', 'd'].map((name) => add(name))
    const started = () => jobs.map((job) => job.started)
    assert.deepEqual(started(), [true, true, false, false])
    assert.deepEqual([lane.running, lane.waiting], [2, 2])
    await finish(jobs[1] as Job)
    assert.deepEqual(started(), [true, true, true, false])
    assert.deepEqual([lane.running, lane.waiting], [2, 1])
  })

  it('tells of every change of its counts', async () => {
    const { add, finish, changes } = setUp()
    const job = add('a')
    add('b')
    assert.equal(changes(), 2)
    await finish(job)
    assert.ok(changes() > 2)
  })

  it('queues 1,000 messages and refuses the next', async () => {
    const { lane, events, add, finish } = setUp()
    const running = add('running')
    const waiting = many(1000, (index) => add(`${index}`))
    assert.equal(lane.waiting, 1000)
    add('too many')
    assert.deepEqual(events, ['too many refused: 1000 messages'])
    await finish(running)
    add('fits again')
    assert.equal(lane.waiting, 1000)
    assert.equal(waiting[0]?.started, true)
    assert.deepEqual(events.slice(1), ['running delivered'])
  })

  it('queues 256 MiB of images and refuses the next, but not one without an image', async () => {
    const { lane, events, add, finish } = setUp()
    const running = add('running', { weight: 300 * MiB })
    const first = add('first', { weight: 200 * MiB })
    add('second', { weight: 56 * MiB })
    add('third', { weight: 1 })
    add('path', { weight: 0 })
    assert.equal(lane.waiting, 3)
    assert.deepEqual(events, ['third refused: 256 MiB of images'])
    await finish(running, first)
    add('fourth', { weight: 200 * MiB })
    assert.equal(lane.waiting, 2)
    assert.ok(!events.some((event) => event.startsWith('fourth')))
  })

  it('keeps the newest of each source, in whose turn the others are not forgotten', async () => {
    const { lane, events, add, finish } = setUp({ whenBusy: 'latest' })
    const running = add('a1', { source: 'a' })
    add('a2', { source: 'a' })
    const b = add('b1', { source: 'b' })
    const a = add('a3', { source: 'a' })
    assert.deepEqual(events, ['a2 dropped'])
    assert.deepEqual([lane.waiting, lane.dropped], [2, 1])
    await finish(running)
    assert.deepEqual([a.started, b.started], [true, false])
    add('a4', { source: 'a' })
    await finish(a)
    assert.equal(b.started, true, 'b has waited longer than a4')
  })

  it('lets no fast source starve a slow one', async () => {
    const { events, add, finish } = setUp({ whenBusy: 'latest' })
    let running = add('fast 0', { source: 'fast' })
    const slow = add('slow', { source: 'slow' })
    for (const index of [1, 2, 3]) {
      const next = add(`fast ${index}`, { source: 'fast' })
      await finish(running)
      running = slow.started && !events.includes('slow delivered') ? slow : next
    }
    assert.ok(events.includes('slow delivered'), events.join(', '))
  })

  it('keeps the newest of 64 sources at most: the one that waited longest is dropped', () => {
    const { lane, events, add } = setUp({ whenBusy: 'latest' })
    add('running')
    for (const index of many(64, (number) => number)) add(`${index}`, { source: `source ${index}` })
    assert.deepEqual([lane.waiting, events.length], [64, 0])
    add('64', { source: 'source 64' })
    assert.deepEqual([lane.waiting, lane.dropped], [64, 1])
    assert.deepEqual(events, ['0 dropped'])
  })

  it('drops what comes while it is busy, and counts it', async () => {
    const { lane, events, add, finish } = setUp({ whenBusy: 'drop' })
    const running = add('a')
    add('b')
    add('c')
    await finish(running)
    add('d')
    assert.deepEqual(events, ['b dropped', 'c dropped', 'a delivered'])
    assert.deepEqual([lane.dropped, lane.running, lane.waiting], [2, 1, 0])
  })

  it('delivers in the order in which jobs came', async () => {
    const { events, add, finish } = setUp({ atOnce: 3 })
    const [a, b, c] = ['a', 'b', 'c'].map((name) => add(name)) as [Job, Job, Job]
    await finish(c, b)
    assert.deepEqual(events, [])
    await finish(a)
    assert.deepEqual(events, ['a delivered', 'b delivered', 'c delivered'])
  })

  it('delivers as they end when the order need not be kept', async () => {
    const { events, add, finish } = setUp({ atOnce: 3, keepOrder: false })
    const [a, b, c] = ['a', 'b', 'c'].map((name) => add(name)) as [Job, Job, Job]
    await finish(c, a, b)
    assert.deepEqual(events, ['c delivered', 'a delivered', 'b delivered'])
  })

  it('starts no more than four times as many as at once behind a slow one', async () => {
    const { lane, events, add, finish } = setUp({ atOnce: 2 })
    const jobs = many(20, (index) => add(`${index}`))
    for (const job of jobs.slice(1, 8)) await finish(job)
    assert.deepEqual([jobs[7]?.started, jobs[8]?.started], [true, false])
    assert.deepEqual([lane.running, lane.waiting], [1, 12])
    assert.equal(events.length, 0)
    await finish(jobs[0] as Job)
    assert.equal(events.length, 8)
    assert.deepEqual([jobs[8]?.started, jobs[9]?.started, jobs[10]?.started], [true, true, false])
  })

  it('has no such window when the order need not be kept', async () => {
    const { add, finish } = setUp({ atOnce: 2, keepOrder: false })
    const jobs = many(20, (index) => add(`${index}`))
    for (const job of jobs.slice(1, 12)) await finish(job)
    assert.equal(jobs[12]?.started, true)
  })

  it('puts what comes while a result is handed over behind what waits', async () => {
    const { add, finish } = setUp()
    let late: Job | undefined
    const first = add('first', {}, () => {
      late = add('late')
    })
    const waiting = add('waiting')
    await finish(first)
    assert.deepEqual([waiting.started, late?.started], [true, false])
  })
})

describe('a lane that closes', () => {
  it('abandons what waits, aborts what runs, and has closed when that has ended', async () => {
    const { lane, events, add, finish } = setUp()
    const running = add('running')
    add('waiting')
    let closed = false
    lane.close().then(() => {
      closed = true
    })
    await turn()
    assert.deepEqual(events, ['waiting abandoned'])
    assert.equal(running.signal?.aborted, true)
    assert.equal(closed, false)
    await finish(running)
    assert.deepEqual(events, ['waiting abandoned', 'running abandoned'])
    assert.equal(closed, true)
  })

  it('closes at once when nothing runs', async () => {
    const { lane } = setUp()
    await lane.close()
  })

  it('abandons finished results that wait for a slower one', async () => {
    const { lane, events, add, finish } = setUp({ atOnce: 2 })
    const slow = add('slow')
    await finish(add('quick'))
    const closed = lane.close()
    await finish(slow)
    await closed
    assert.deepEqual(events, ['slow abandoned', 'quick abandoned'])
  })

  it('abandons what still comes', async () => {
    const { lane, events, add } = setUp()
    await lane.close()
    const late = add('late')
    assert.deepEqual(events, ['late abandoned'])
    assert.equal(late.started, false)
  })

  it('abandons the waiting of every source', async () => {
    const { lane, events, add, finish } = setUp({ whenBusy: 'latest' })
    const running = add('running')
    add('a', { source: 'a' })
    add('b', { source: 'b' })
    const closed = lane.close()
    await finish(running)
    await closed
    assert.deepEqual(events, ['a abandoned', 'b abandoned', 'running abandoned'])
  })
})
