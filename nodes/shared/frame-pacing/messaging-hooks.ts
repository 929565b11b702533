import type { EventEmitter } from 'node:events'
import type { FrameInFlow, FramesInFlow, Hold, HoldingNode } from './frames-in-flow'

/** Node-RED's messaging hooks, as far as they are used. */
export interface Hooks {
  // biome-ignore lint/suspicious/noExplicitAny: each hook has an event of its own
  add(name: string, callback: (event: any) => void): void
  remove(name: string): void
}

/** One run of a source, as the hooks see it. */
export interface Followed {
  readonly run: number
  readonly frames: FramesInFlow
  /** The highest id that was sent. */
  last: number
  /** This node sent a frame that had left the flow. */
  late(sender: HoldingNode): void
}

/** A node as the runtime has it; what begins with _ tells whether its input handler calls done(). */
interface RuntimeNode extends HoldingNode {
  _expectedDoneCount?: number
  _inputCallback?: unknown
  _inputCallbacks?: unknown
}

type Message = Record<string, unknown>
interface Delivery {
  msg: Message
  source?: { node?: RuntimeNode }
  destination: { node?: RuntimeNode }
}

// They complete a message only after later ones, or once a broker is there: waiting for them would lock the flow.
const collecting = new Set(['join', 'batch', 'mqtt out'])

const label = 'roboflow'

const sources = new Map<string, Followed>()
const framesByMsgid = new Map<string, FrameInFlow>()
let holdsOf = new WeakMap<Message, Hold[]>()
const deployments = new Set<() => void>()
let isDeploying = false

/** Handlers with fewer than three arguments never complete a message: they are done when they return. */
const completes = (node: RuntimeNode): boolean =>
  Boolean(node._expectedDoneCount) && Boolean(node._inputCallback || node._inputCallbacks)

const frameOf = (msg: Message, sender: RuntimeNode | undefined): FrameInFlow | undefined => {
  // a function node that makes a new message keeps nothing but this
  if (typeof msg.frame !== 'object' || msg.frame === null) return framesByMsgid.get(String(msg._msgid))
  const { source, run, id } = msg.frame as { source?: unknown; run?: unknown; id?: unknown }
  const followed = sources.get(String(source))
  if (!followed || followed.run !== run) return undefined
  const frame = followed.frames.find(Number(id))
  if (!frame && sender && Number(id) <= followed.last) followed.late(sender)
  return frame
}

const take = (msg: Message, node: RuntimeNode, received: boolean, sender?: RuntimeNode): void => {
  if (collecting.has(node.type)) return
  const frame = frameOf(msg, sender)
  if (!frame) return
  const hold = frame.hold(node, received)
  const holds = holdsOf.get(msg)
  if (holds) holds.push(hold)
  else holdsOf.set(msg, [hold])
  const { _msgid: msgid } = msg
  if (typeof msgid !== 'string') return
  frame.msgids.add(msgid)
  framesByMsgid.set(msgid, frame)
}

/** The frame has left the flow. */
export const forgetFrame = ({ msgids }: FrameInFlow): void => {
  for (const msgid of msgids) framesByMsgid.delete(msgid)
}

const letGo = (msg: Message, node: RuntimeNode): void => {
  const holds = holdsOf.get(msg)
  const at = holds?.findIndex((hold) => hold.node.id === node.id && hold.received) ?? -1
  // a second done(), or a message of no frame
  if (!holds || at < 0) return
  const [hold] = holds.splice(at, 1)
  if (!hold) return
  for (const { frames } of sources.values()) frames.completedBy(hold.node)
  hold.frame.release(hold)
}

const isMessage = (msg: unknown): msg is Message => typeof msg === 'object' && msg !== null

/** A hook that throws loses the message: whatever a message is like, it goes on. */
const safely =
  (look: (event: never) => void) =>
  (event: unknown): void => {
    try {
      look(event as never)
    } catch {
      // it is paced a little worse
    }
  }

const looks: Record<string, (event: never) => void> = {
  preDeliver: ({ msg, source, destination: { node } }: Delivery) => {
    if (node && isMessage(msg)) take(msg, node, false, source?.node)
  },
  // catch, complete and link call hand messages over without a delivery
  onReceive: ({ msg, destination: { node } }: Delivery) => {
    if (!node || !isMessage(msg)) return
    const delivered = holdsOf.get(msg)?.find((hold) => hold.node.id === node.id && !hold.received)
    if (delivered) delivered.received = true
    else take(msg, node, true)
  },
  postReceive: ({ msg, destination: { node } }: Delivery) => {
    if (node && isMessage(msg) && !completes(node)) letGo(msg, node)
  },
  onComplete: ({ msg, node: { node } }: { msg: Message; node: { node?: RuntimeNode } }) => {
    if (node && isMessage(msg)) letGo(msg, node)
  },
}

/** Follows the frames of a source from now on. The first one installs the hooks, the last to close takes them back. */
export const followFrames = (
  hooks: Hooks,
  events: EventEmitter,
  source: string,
  followed: Followed,
  changed: () => void,
): { readonly isDeploying: boolean; close(): void } => {
  if (sources.size === 0) {
    for (const [name, look] of Object.entries(looks)) hooks.add(`${name}.${label}`, safely(look))
    events.on('flows:stopping', stopping)
    events.on('flows:started', started)
  }
  sources.set(source, followed)
  deployments.add(changed)
  return {
    get isDeploying() {
      return isDeploying
    },
    close() {
      deployments.delete(changed)
      if (sources.get(source) === followed) sources.delete(source)
      if (sources.size > 0) return
      hooks.remove(`*.${label}`)
      events.off('flows:stopping', stopping)
      events.off('flows:started', started)
      framesByMsgid.clear()
      holdsOf = new WeakMap()
      isDeploying = false
    },
  }
}

// changed nodes stop first, while the others still send
const stopping = (): void => {
  isDeploying = true
}

const started = (): void => {
  isDeploying = false
  for (const { frames } of sources.values()) frames.releaseWhere(isGone)
  for (const changed of deployments) changed()
}

/** A node that was stopped takes no messages any more. */
const isGone = (node: RuntimeNode): boolean => !node._inputCallback && !node._inputCallbacks
