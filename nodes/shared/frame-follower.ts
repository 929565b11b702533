import type { FrameInFlow, FramesInFlow, Hold, Holder } from './frames-in-flow'

/** Node-RED's messaging hooks, `RED.hooks`. */
export interface Hooks {
  // biome-ignore lint/suspicious/noExplicitAny: every hook has events of its own
  add(name: string, callback: (event: any) => void): void
  remove(name: string): void
}

/** One run of a source, whose messages have its id and its run in `msg.frame`. */
export interface FollowedRun {
  readonly id: string
  readonly run: number
  readonly frames: FramesInFlow
  /** This function node sent a frame that nobody held any more. */
  onLate(sender: Holder): void
}

interface Message {
  _msgid?: unknown
  frame?: unknown
}

/** A node of the runtime. What it keeps of its input handlers tells whether it ever completes a message. */
interface RuntimeNode extends Holder {
  readonly _expectedDoneCount?: number
  readonly _inputCallback?: unknown
  readonly _inputCallbacks?: unknown
}

interface Delivery {
  msg: Message
  source?: { node?: RuntimeNode }
  destination: { node: RuntimeNode }
}

interface Completion {
  msg: Message
  node: { node: RuntimeNode }
}

// without a dot, at which Node-RED splits a hook's name
const label = 'roboflow-frame-pacing'

// They complete a message once later ones have come, or their broker has: to wait for them would lock the flow.
const collectors = new Set(['join', 'batch', 'mqtt out'])

/**
 * Learns from Node-RED's messaging hooks which nodes hold which frames. The hooks are there while a run is followed, and
 * have next to nothing to do for messages without a frame.
 */
export class FrameFollower {
  readonly #hooks: Hooks
  readonly #runs = new Map<string, FollowedRun>()
  readonly #byMessageId = new Map<unknown, FrameInFlow>()
  /** By message: a flow may delete `msg.frame` of one, and hand the same one to several nodes. */
  readonly #holds = new WeakMap<Message, Hold[]>()
  /** Nodes that have completed a frame. */
  readonly #completing = new WeakSet<Holder>()
  /** Nodes that are not waited for. */
  #ignored = new WeakSet<Holder>()
  #late = new WeakSet<Holder>()

  constructor(hooks: Hooks) {
    this.#hooks = hooks
  }

  /** Follows this run instead of an earlier one of the same source. */
  follow(run: FollowedRun): void {
    if (this.#runs.size === 0) this.#install()
    this.#runs.set(run.id, run)
  }

  unfollow(run: FollowedRun): void {
    for (const frame of run.frames) this.forget(frame)
    if (this.#runs.get(run.id) !== run) return
    this.#runs.delete(run.id)
    if (this.#runs.size === 0) this.#hooks.remove(`*.${label}`)
  }

  /** To be called for each frame that leaves the flow. */
  forget({ messageIds }: FrameInFlow): void {
    for (const id of messageIds) this.#byMessageId.delete(id)
  }

  /** A node has kept a frame for too long: where it has never completed one, it holds none from now on (true). */
  ignore(holder: Holder): boolean {
    if (this.#completing.has(holder) || this.#ignored.has(holder)) return false
    this.#ignored.add(holder)
    this.#letGoWhere((other) => other === holder)
    return true
  }

  /** After a deploy: nodes that are gone hold nothing, the others are waited for again. */
  startAnew(isGone: (holder: Holder) => boolean): void {
    this.#ignored = new WeakSet()
    this.#late = new WeakSet()
    this.#letGoWhere(isGone)
  }

  #letGoWhere(isMeant: (holder: Holder) => boolean): void {
    for (const { frames } of this.#runs.values()) frames.letGoWhere(isMeant)
  }

  #install(): void {
    // as early as that: when it is received, the node before may have completed it, and nobody would hold the frame
    this.#on('preDeliver', ({ msg, source, destination: { node } }: Delivery) => {
      this.#take(msg, node, false, source?.node)
    })
    this.#on('onReceive', ({ msg, destination: { node } }: Delivery) => {
      const delivered = this.#holds.get(msg)?.find(({ holder, received }) => holder === node && !received)
      if (delivered) delivered.received = true
      // catch, complete and link call are handed messages without a delivery
      else this.#take(msg, node, true)
    })
    this.#on('postReceive', ({ msg, destination: { node } }: Delivery) => {
      if (!completes(node)) this.#letGo(msg, node)
    })
    this.#on('onComplete', ({ msg, node: { node } }: Completion) => {
      if (!this.#letGo(msg, node) && !(this.#ignored.has(node) && this.#carriesFrame(msg))) return
      this.#completing.add(node)
      this.#ignored.delete(node)
    })
  }

  /**
   * Node-RED waits for callbacks that have two parameters, and for promises; it stops a message for which one returns
   * false, and loses it where one throws.
   */
  #on<Event>(hook: string, look: (event: Event) => void): void {
    this.#hooks.add(`${hook}.${label}`, (event: Event) => {
      try {
        look(event)
      } catch {
        // reading a message may run code of whoever made it
      }
    })
  }

  #take(msg: Message, node: RuntimeNode, received: boolean, sender?: RuntimeNode): void {
    if (!this.#carriesFrame(msg) || collectors.has(node.type) || this.#ignored.has(node)) return
    const run = this.#runOf(msg)
    const frame = run ? this.#frameIn(run, msg, sender) : this.#byMessageId.get(msg._msgid)
    if (!frame) return
    const hold = frame.take(node, received)
    const holds = this.#holds.get(msg)
    if (holds) holds.push(hold)
    else this.#holds.set(msg, [hold])
    if (typeof msg._msgid !== 'string') return
    frame.messageIds.add(msg._msgid)
    this.#byMessageId.set(msg._msgid, frame)
  }

  /** Whether the node held the message: not any more at a second done(). */
  #letGo(msg: Message, node: RuntimeNode): boolean {
    const holds = this.#holds.get(msg)
    const hold = holds?.find(({ holder, received }) => holder === node && received)
    if (!holds || !hold) return false
    holds.splice(holds.indexOf(hold), 1)
    hold.frame.letGo(hold)
    return true
  }

  #runOf({ frame }: Message): FollowedRun | undefined {
    if (typeof frame !== 'object' || frame === null) return undefined
    const { source, run } = frame as { source: string; run: number }
    const followed = this.#runs.get(source)
    return followed?.run === run ? followed : undefined
  }

  #carriesFrame(msg: Message): boolean {
    return this.#runOf(msg) !== undefined || this.#byMessageId.has(msg._msgid)
  }

  /** The frame of a message; it is in the flow again where it had left. */
  #frameIn(run: FollowedRun, msg: Message, sender: RuntimeNode | undefined): FrameInFlow | undefined {
    const { id } = msg.frame as { id: number }
    const frame = run.frames.get(id)
    if (frame || !run.frames.hasLeft(id)) return frame
    // whoever was not waited for may send it that late
    if (sender?.type === 'function' && !this.#ignored.has(sender) && !this.#late.has(sender)) {
      this.#late.add(sender)
      run.onLate(sender)
    }
    return run.frames.enter(id)
  }
}

/** Whether Node-RED will tell of a completion: not for handlers with fewer than three parameters, or closed nodes. */
const completes = (node: RuntimeNode): boolean =>
  Boolean(node._expectedDoneCount) && Boolean(node._inputCallback ?? node._inputCallbacks)
