import type { EventEmitter } from 'node:events'
import { unlessAborted } from '../../src/index'
import { type FollowedRun, FrameFollower, type Hooks } from './frame-follower'
import { type FrameInFlow, FramesInFlow, type Hold, type Holder } from './frames-in-flow'

/**
 * Lets a source send its frames at the pace of the flow: the next one leaves when an earlier one has left the flow,
 * whatever nodes it went through.
 */
export interface FramePacing {
  /** For one run of a source, whose frames all have this id and run: `msg.frame = { source: id, run, id: 0, … }`. */
  open(options: SourceOptions): PacedSource
}

export interface SourceOptions {
  id: string
  run: number
  /** How many frames may be in the flow at once. */
  atOnce: number
  /** New frames are worth more than old ones: those that slow nodes of others hold are soon not waited for. */
  live: boolean
  /** Ms that a live source waits for those (1,000). */
  grace?: number
  /** Ms that a frame may stand still in nodes of others before it is not waited for any longer; 0: for ever. */
  giveUpAfter: number
  /** The number of frames in the flow has changed. */
  onChange?(): void
  /** A frame was given up in this node, which has never completed one: it is not waited for until the next deploy. */
  onGiveUp(node: Holder): void
  /** This function node sent a frame after the last node had completed it; said once until the next deploy. */
  onLate(node: Holder): void
}

export interface PacedSource {
  /** How many frames of this run are in the flow. */
  readonly inFlow: number
  /** How many were given up. */
  readonly givenUp: number
  /** Resolves when another frame may be sent; rejects with the signal's reason. */
  ready(signal: AbortSignal): Promise<void>
  /** Sends a frame's message, by `send`. */
  sending(frameId: number, send: () => void): void
  /** The node that has kept the source waiting for longest, for the status; `since` in ms since 1970. */
  waitingFor(): (Holder & { since: number }) | undefined
  /** Resolves when no frame is in the flow any more; rejects with the signal's reason. */
  empty(signal: AbortSignal): Promise<void>
  close(): void
}

const usualGrace = 1_000
/** How many frames of a live source may stay behind in slow nodes of others. */
const liveBacklog = 8
/** A frame that goes in circles never stands still: it may do so for this many times as long. */
const circling = 10
const lookEvery = 250

// Node-RED has one set of hooks: however often a type is registered, they are added once.
const known = new WeakMap<Hooks, FramePacing>()

/** Undefined where the runtime has no messaging hooks. `findNode` is `RED.nodes.getNode`. */
export const framePacing = (
  hooks: Hooks | undefined,
  events: EventEmitter,
  findNode: (id: string) => unknown,
): FramePacing | undefined => {
  if (!hooks) return undefined
  const pacing = known.get(hooks) ?? makePacing(hooks, events, findNode)
  known.set(hooks, pacing)
  return pacing
}

const makePacing = (hooks: Hooks, events: EventEmitter, findNode: (id: string) => unknown): FramePacing => {
  const follower = new FrameFollower(hooks)
  const sources = new Set<Pace>()
  let isDeploying = false

  // what is sent before every node has started again is lost
  const stop = () => {
    isDeploying = true
  }
  events.on('flows:stopping', stop)
  events.on('flows:starting', stop)
  events.on('flows:started', () => {
    isDeploying = false
    follower.startAnew((holder) => findNode(holder.id) !== holder)
    for (const source of sources) source.look()
  })

  return {
    open(options) {
      const source: Pace = new Pace(options, follower, {
        isDeploying: () => isDeploying,
        onClose: () => sources.delete(source),
      })
      sources.add(source)
      return source
    },
  }
}

interface Surroundings {
  isDeploying(): boolean
  onClose(): void
}

class Pace implements PacedSource {
  readonly #options: SourceOptions
  readonly #follower: FrameFollower
  readonly #surroundings: Surroundings
  readonly #frames = new FramesInFlow((frame) => this.#left(frame))
  readonly #run: FollowedRun
  /** What goes by time is looked at so often. */
  readonly #timer = setInterval(() => this.#tick(), lookEvery)
  #waiting: (() => void)[] = []
  #isEnding = false

  constructor(options: SourceOptions, follower: FrameFollower, surroundings: Surroundings) {
    this.#options = options
    this.#follower = follower
    this.#surroundings = surroundings
    const { id, run } = options
    this.#run = { id, run, frames: this.#frames, onLate: (node) => options.onLate(node) }
    follower.follow(this.#run)
  }

  get inFlow(): number {
    return this.#frames.size
  }

  get givenUp(): number {
    return this.#frames.givenUp
  }

  async ready(signal: AbortSignal): Promise<void> {
    await this.#until(() => !this.#surroundings.isDeploying() && this.#mayFollow(), signal)
  }

  async empty(signal: AbortSignal): Promise<void> {
    this.#isEnding = true
    try {
      await this.#until(() => this.#frames.size === 0, signal)
    } finally {
      this.#isEnding = false
    }
  }

  sending(frameId: number, send: () => void): void {
    const frame = this.#frames.enter(frameId)
    // until its first deliveries are known, the source itself holds it
    const hold = frame.take({ id: this.#options.id, type: 'source' }, true)
    this.#options.onChange?.()
    try {
      send()
    } finally {
      frame.letGo(hold)
    }
  }

  waitingFor(): (Holder & { since: number }) | undefined {
    let longest: Hold | undefined
    for (const { holds } of this.#waitedFor())
      for (const hold of holds) if (!longest || hold.since < longest.since) longest = hold
    if (!longest) return undefined
    const { id, type, name } = longest.holder
    return { id, type, name, since: Date.now() - (performance.now() - longest.since) }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#follower.unfollow(this.#run)
    this.#frames.clear()
    this.#surroundings.onClose()
  }

  /** Lets those who wait see whether they still have to. */
  look(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    while (!isSo()) await unlessAborted(new Promise<void>((wake) => this.#waiting.push(wake)), signal)
  }

  #mayFollow(): boolean {
    const { atOnce, live } = this.#options
    if (this.#frames.size < atOnce) return true
    return live && this.#waitedFor().length < atOnce
  }

  /** The frames that have to leave the flow before the next one is sent, or before the source has ended. */
  #waitedFor(): FrameInFlow[] {
    const { atOnce, live, grace = usualGrace } = this.#options
    const frames = [...this.#frames]
    if (!live || this.#isEnding || frames.length >= atOnce + liveBacklog) return frames
    const now = performance.now()
    return frames.filter((frame) => frame.isInOurs || now - frame.amongOthersSince < grace)
  }

  #left(frame: FrameInFlow): void {
    this.#follower.forget(frame)
    this.#options.onChange?.()
    this.look()
  }

  #tick(): void {
    if (this.#waiting.length === 0) return
    this.#giveUp()
    this.look()
  }

  #giveUp(): void {
    const { giveUpAfter, onGiveUp } = this.#options
    if (giveUpAfter === 0) return
    const now = performance.now()
    for (const frame of this.#waitedFor()) {
      const stands = now - frame.movedAt >= giveUpAfter
      const circles = now - frame.amongOthersSince >= giveUpAfter * circling
      if (frame.isInOurs || !(stands || circles)) continue
      for (const holder of this.#frames.giveUp(frame)) if (this.#follower.ignore(holder)) onGiveUp(holder)
    }
  }
}
