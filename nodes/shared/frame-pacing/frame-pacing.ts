import type { EventEmitter } from 'node:events'
import { unlessAborted } from '../../../src/index'
import { FramesInFlow, type Hold, type HoldingNode, type PacingOptions } from './frames-in-flow'
import { type Followed, followFrames, forgetFrame, type Hooks } from './messaging-hooks'

export interface PacedSourceOptions extends PacingOptions {
  /** `msg.frame.source` and `msg.frame.run` of its frames. */
  id: string
  run: number
  /** A frame came back into the flow after it had left it: of a function node, `node.done()` is missing there. */
  onLate?(node: HoldingNode): void
}

/** A source that is paced by the flow: it asks before each frame, and tells what it sends. */
export interface PacedSource {
  /** Frames of this run that are in the flow. */
  readonly inFlow: number
  /** Resolves when another frame may be sent; rejects with the signal's reason. */
  ready(signal: AbortSignal): Promise<void>
  /** Calls `send`, by which the message with this frame leaves the source. */
  sending(frameId: number, send: () => void): void
  /** What is waited for, for a status. */
  waitingFor(): Hold | undefined
  /** Resolves when no frame of this run is in the flow any more, but for those that were given up. */
  empty(signal: AbortSignal): Promise<void>
  close(): void
}

export type FramePacing = (options: PacedSourceOptions) => PacedSource

// what goes by time, such as giving up, is looked at so often
const lookEvery = 250

/**
 * How frames are paced by the flow itself: what Node-RED's messaging hooks tell of deliveries and completions says which
 * frames are still in it. Undefined in a runtime that has no such hooks.
 */
export const framePacing = (hooks: Hooks | undefined, events: EventEmitter): FramePacing | undefined => {
  if (!hooks) return undefined
  return ({ id, run, onLate, ...options }) => {
    const waiting = new Set<() => void>()
    let isClosed = false
    const changed = () => {
      for (const look of [...waiting]) look()
    }
    const lateNodes = new Set<string>()
    const frames = new FramesInFlow(options, (frame) => {
      forgetFrame(frame)
      changed()
    })
    const followed: Followed = {
      run,
      frames,
      last: -1,
      late(node) {
        if (node.type !== 'function' || lateNodes.has(node.id)) return
        lateNodes.add(node.id)
        onLate?.(node)
      },
    }
    const follower = followFrames(hooks, events, id, followed, changed)

    const until = async (isSo: () => boolean, signal: AbortSignal): Promise<void> => {
      signal.throwIfAborted()
      if (isSo()) return
      let look = () => {}
      const timer = setInterval(() => look(), lookEvery)
      try {
        const met = new Promise<void>((resolve, reject) => {
          look = () => {
            if (isClosed) reject(new DOMException('The source is closed.', 'AbortError'))
            else if (isSo()) resolve()
          }
          waiting.add(look)
        })
        await unlessAborted(met, signal)
      } finally {
        clearInterval(timer)
        waiting.delete(look)
      }
    }

    return {
      get inFlow() {
        return frames.size
      },
      ready: (signal) => until(() => !follower.isDeploying && frames.mayFollow(), signal),
      sending(frameId, send) {
        followed.last = Math.max(followed.last, frameId)
        const frame = frames.enter(frameId)
        // until its first deliveries are known, the source itself holds it
        const hold = frame.hold({ id, type: 'source' })
        try {
          send()
        } finally {
          frame.release(hold)
        }
      },
      waitingFor: () => frames.longestHold(),
      empty: (signal) => until(() => frames.isEmpty(), signal),
      close() {
        isClosed = true
        follower.close()
        changed()
      },
    }
  }
}
