/** What a node is called: its id says which, its type and name what people know. */
export interface HoldingNode {
  id: string
  type: string
  name?: string
}

/** One message of a frame in one node, from its delivery until the node has completed it. */
export interface Hold {
  readonly node: HoldingNode
  readonly frame: FrameInFlow
  readonly since: number
  /** The node has begun to work on it. */
  received: boolean
}

/** A frame on its way through a flow, with all nodes that hold a message of it. */
export class FrameInFlow {
  readonly id: number
  readonly holds = new Set<Hold>()
  /** When it last went from one node to another: ms since 1970. */
  movedAt = Date.now()
  isGivenUp = false
  /** Of messages that carry it: new messages that a node makes of one keep this. */
  readonly msgids = new Set<string>()
  readonly #left: (frame: FrameInFlow) => void

  constructor(id: number, left: (frame: FrameInFlow) => void) {
    this.id = id
    this.#left = left
  }

  hold(node: HoldingNode, received = false): Hold {
    this.movedAt = Date.now()
    const hold = { node, frame: this, since: this.movedAt, received }
    this.holds.add(hold)
    return hold
  }

  release(hold: Hold): void {
    if (!this.holds.delete(hold)) return
    this.movedAt = Date.now()
    // catch, complete and link call take a message over only after the node before has completed it
    if (this.holds.size === 0) setImmediate(() => this.holds.size === 0 && this.#left(this))
  }

  /** One of our own nodes holds it: they always end by themselves. */
  get isInOurs(): boolean {
    return [...this.holds].some(({ node }) => node.type.startsWith('roboflow-'))
  }
}

export interface PacingOptions {
  /** How many frames may be in the flow at once. */
  atOnce: number
  /** A live source goes on after a second where only others' nodes hold its frames. */
  live: boolean
  /** Ms after which a file's frame that stands still in others' nodes is given up; 0: never. */
  giveUpAfter: number
  /** A node kept a frame for too long: it is told of once, and not waited for until the next deploy. */
  onGiveUp?(node: HoldingNode): void
}

const liveGrace = 1_000
/** So many frames of a live source more than `atOnce` may stay in slow branches. */
const liveSpare = 8
const mostGivenUp = 1_000

/** The frames of one run of a source that are in the flow, and whether another one may follow. */
export class FramesInFlow {
  readonly #frames = new Map<number, FrameInFlow>()
  readonly #options: PacingOptions
  /** Nodes that made a frame be given up, and have completed none since. */
  readonly #ignored = new Set<string>()
  readonly #onLeft: (frame: FrameInFlow) => void

  constructor(options: PacingOptions, onLeft: (frame: FrameInFlow) => void) {
    this.#options = options
    this.#onLeft = onLeft
  }

  get size(): number {
    return this.#frames.size
  }

  enter(id: number): FrameInFlow {
    const frame = new FrameInFlow(id, () => this.#leave(frame))
    this.#frames.set(id, frame)
    return frame
  }

  find(id: number): FrameInFlow | undefined {
    return this.#frames.get(id)
  }

  /** A node completed a frame after all. */
  completedBy(node: HoldingNode): void {
    this.#ignored.delete(node.id)
  }

  /** No frame is waited for any more: all have left, or were given up. */
  isEmpty(now = Date.now()): boolean {
    this.#giveUp(now)
    return ![...this.#frames.values()].some((frame) => this.#isWaitedFor(frame))
  }

  /** Whether the next frame may leave the source. */
  mayFollow(now = Date.now()): boolean {
    this.#giveUp(now)
    const waitedFor = [...this.#frames.values()].filter((frame) => this.#isWaitedFor(frame))
    const { atOnce, live } = this.#options
    if (waitedFor.length < atOnce) return true
    if (!live || this.#frames.size >= atOnce + liveSpare) return false
    return waitedFor.filter((frame) => frame.isInOurs || now - frame.movedAt < liveGrace).length < atOnce
  }

  /** The node that has held a frame for longest. */
  longestHold(): Hold | undefined {
    let longest: Hold | undefined
    for (const frame of this.#frames.values())
      for (const hold of frame.holds) if (!longest || hold.since < longest.since) longest = hold
    return longest
  }

  /** Lets go of what a node held that does not work any more. */
  releaseWhere(isGone: (node: HoldingNode) => boolean): void {
    this.#ignored.clear()
    for (const frame of this.#frames.values())
      for (const hold of [...frame.holds]) if (isGone(hold.node)) frame.release(hold)
  }

  #isWaitedFor(frame: FrameInFlow): boolean {
    if (frame.isGivenUp) return false
    const { holds } = frame
    return holds.size === 0 || [...holds].some(({ node }) => !this.#ignored.has(node.id))
  }

  #giveUp(now: number): void {
    const { giveUpAfter, live, onGiveUp } = this.#options
    if (live || giveUpAfter === 0) return
    let givenUp = 0
    for (const frame of this.#frames.values()) {
      if (frame.isGivenUp) givenUp++
      else if (!frame.isInOurs && this.#isWaitedFor(frame) && now - frame.movedAt >= giveUpAfter) {
        frame.isGivenUp = true
        for (const { node } of frame.holds) {
          if (this.#ignored.has(node.id)) continue
          this.#ignored.add(node.id)
          onGiveUp?.(node)
        }
      }
    }
    for (const frame of this.#frames.values()) {
      if (givenUp <= mostGivenUp) return
      if (!frame.isGivenUp) continue
      this.#leave(frame)
      givenUp--
    }
  }

  #leave(frame: FrameInFlow): void {
    this.#frames.delete(frame.id)
    this.#onLeft(frame)
  }
}
