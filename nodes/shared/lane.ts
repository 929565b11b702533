import { Limiter, sentence, type Words } from '../../src/index'

/** What to do with a message that arrives while as many as allowed are being worked on. */
export type WhenBusy = 'queue' | 'latest' | 'drop'

export interface LaneJob {
  /** Bytes of images that wait with it. */
  weight: number
  /** Where it comes from: *keep latest* keeps one job of each. */
  source: string
  /** Does the work and resolves with what hands the result over; never rejects. */
  work(signal: AbortSignal): Promise<() => void>
  /** Not worked on: another one was newer, or the lane was busy. */
  drop(): void
  /** Not worked on: too many are waiting. */
  refuse(limit: Words): void
  /** Not worked on, or its result no longer wanted: the node is closing. */
  abandon(): void
}

export interface LaneOptions {
  atOnce: number
  whenBusy: WhenBusy
  /** Results leave in the order in which jobs came. */
  keepOrder: boolean
  /** Called after every change of the counts. */
  onChange(): void
}

const maxWaiting = 1000
const maxWaitingBytes = 256 * 2 ** 20
const maxSources = 64

/** The way of messages through a node: at most so many at once, the others queued, replaced or dropped. */
export class Lane {
  dropped = 0
  readonly #options: LaneOptions
  readonly #limiter: Limiter
  /** Jobs that wait; by source for *keep latest*, by number for *queue*. */
  readonly #waiting = new Map<string | number, LaneJob>()
  /** Of what runs: one signal for all would have as many listeners as there are jobs. */
  readonly #controllers = new Set<AbortController>()
  #waitingBytes = 0
  #next = 0
  #closing = false
  #idle: (() => void) | undefined

  constructor(options: LaneOptions) {
    this.#options = options
    const { atOnce, keepOrder } = options
    // a slow job must not let any number of finished ones pile up behind it
    this.#limiter = new Limiter({ atOnce, keepOrder, backlog: atOnce * 4, onChange: () => this.#changed() })
  }

  get running(): number {
    return this.#limiter.running
  }

  get waiting(): number {
    return this.#waiting.size
  }

  add(job: LaneJob): void {
    if (this.#closing) job.abandon()
    // nobody overtakes what waits, not even while a result is handed over
    else if (this.#limiter.hasRoom && this.#waiting.size === 0) this.#start(job)
    else if (this.#options.whenBusy === 'queue') this.#enqueue(job)
    else if (this.#options.whenBusy === 'latest') this.#replace(job)
    else this.#drop(job)
    this.#options.onChange()
  }

  /** Abandons what waits, aborts what runs, and resolves when all of it has ended. */
  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#idle = resolve
    })
    this.#closing = true
    for (const controller of this.#controllers)
      controller.abort(new DOMException('The node is closing.', 'AbortError'))
    for (const [key, job] of this.#waiting) {
      this.#take(key, job)
      job.abandon()
    }
    if (this.running > 0) await ended
  }

  #enqueue(job: LaneJob): void {
    const full = this.#waiting.size >= maxWaiting
    if (full || this.#waitingBytes + job.weight > maxWaitingBytes) {
      job.refuse(
        full ? sentence`${maxWaiting} messages` : sentence`${maxWaitingBytes / 2 ** 20} MiB of images`,
      )
      return
    }
    this.#waiting.set(this.#next++, job)
    this.#waitingBytes += job.weight
  }

  #replace(job: LaneJob): void {
    const older = this.#waiting.get(job.source)
    if (older) this.#drop(older)
    // an entry that is set again keeps its place: every source has its turn
    this.#waiting.set(job.source, job)
    const [oldest] = this.#waiting
    if (this.#waiting.size > maxSources && oldest) {
      this.#waiting.delete(oldest[0])
      this.#drop(oldest[1])
    }
  }

  #take(key: string | number, job: LaneJob): void {
    this.#waiting.delete(key)
    if (this.#options.whenBusy === 'queue') this.#waitingBytes -= job.weight
  }

  #drop(job: LaneJob): void {
    this.dropped++
    job.drop()
  }

  #start(job: LaneJob): void {
    const controller = new AbortController()
    this.#controllers.add(controller)
    this.#limiter.start(async () => {
      const deliver = await job.work(controller.signal)
      this.#controllers.delete(controller)
      return () => (this.#closing ? job.abandon() : deliver())
    })
  }

  #changed(): void {
    for (const [key, job] of this.#waiting) {
      if (!this.#limiter.hasRoom) break
      this.#take(key, job)
      this.#start(job)
    }
    this.#options.onChange()
    if (this.running === 0) this.#idle?.()
  }
}
