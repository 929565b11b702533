/** A node that messages are delivered to; Node-RED's own object, so that a redeployed node is another one. */
export interface Holder {
  readonly id: string
  readonly type: string
  readonly name?: string | undefined
}

/** One message of a frame in one node: from its delivery until the node has completed it. */
export interface Hold {
  readonly frame: FrameInFlow
  readonly holder: Holder
  /** Ms on a clock that nobody sets. */
  readonly since: number
  /** The message has reached the node; before that, it is on its way. */
  received: boolean
}

/** A frame and the nodes that hold it. It has left the flow when nobody does. */
export class FrameInFlow {
  readonly id: number
  readonly holds = new Set<Hold>()
  /** Of its messages: all that a function node's new message has in common with the old one. */
  readonly messageIds = new Set<string>()
  /** When a node last took it or let it go. */
  movedAt = performance.now()
  /** Since when none of our own nodes has held it. */
  amongOthersSince = this.movedAt
  readonly #onLeave: () => void

  constructor(id: number, onLeave: () => void) {
    this.id = id
    this.#onLeave = onLeave
  }

  get isInOurs(): boolean {
    for (const { holder } of this.holds) if (isOurs(holder)) return true
    return false
  }

  take(holder: Holder, received: boolean): Hold {
    this.movedAt = performance.now()
    const hold = { frame: this, holder, since: this.movedAt, received }
    this.holds.add(hold)
    return hold
  }

  letGo(hold: Hold): void {
    if (!this.holds.delete(hold)) return
    this.movedAt = performance.now()
    if (isOurs(hold.holder)) this.amongOthersSince = this.movedAt
    if (this.holds.size > 0) return
    // catch, complete and link call are handed a message only after the node before has completed it
    setImmediate(() => {
      if (this.holds.size === 0) this.#onLeave()
    })
  }
}

const isOurs = ({ type }: Holder): boolean => type.startsWith('roboflow-')

/** The frames of one run of a source that are in the flow. */
export class FramesInFlow implements Iterable<FrameInFlow> {
  readonly #frames = new Map<number, FrameInFlow>()
  readonly #givenUp = new Set<number>()
  readonly #onLeave: (frame: FrameInFlow) => void
  #lastId = -1

  constructor(onLeave: (frame: FrameInFlow) => void) {
    this.#onLeave = onLeave
  }

  get size(): number {
    return this.#frames.size
  }

  get givenUp(): number {
    return this.#givenUp.size
  }

  [Symbol.iterator](): Iterator<FrameInFlow> {
    return this.#frames.values()
  }

  get(id: number): FrameInFlow | undefined {
    return this.#frames.get(id)
  }

  /** The source, or whoever brings a frame back, takes hold of it at once. */
  enter(id: number): FrameInFlow {
    const frame = new FrameInFlow(id, () => this.#leave(frame))
    this.#frames.set(id, frame)
    this.#lastId = Math.max(this.#lastId, id)
    return frame
  }

  /** Whether it was in the flow until nobody held it: it may come back. One that was given up never does. */
  hasLeft(id: number): boolean {
    return id <= this.#lastId && !this.#frames.has(id) && !this.#givenUp.has(id)
  }

  /** Counts a frame as out of the flow, whoever holds it. Returns who does. */
  giveUp(frame: FrameInFlow): Holder[] {
    const holders = [...frame.holds].map(({ holder }) => holder)
    frame.holds.clear()
    this.#givenUp.add(frame.id)
    this.#leave(frame)
    return holders
  }

  /** Lets go of whatever these nodes hold. */
  letGoWhere(isMeant: (holder: Holder) => boolean): void {
    for (const frame of this) for (const hold of frame.holds) if (isMeant(hold.holder)) frame.letGo(hold)
  }

  /** Nobody wants to know of them any more. */
  clear(): void {
    this.#frames.clear()
  }

  #leave(frame: FrameInFlow): void {
    if (this.#frames.get(frame.id) !== frame) return
    this.#frames.delete(frame.id)
    this.#onLeave(frame)
  }
}
