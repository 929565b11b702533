import type { SourceFrame } from '../../src/index'

/** A frame as it leaves the node, besides the image itself: plain data, which survives every clone. */
export interface FrameFacts {
  /** The node's id: `msg.topic` is its name. */
  source: string
  /** When the run began: ms since 1970, new at every start. */
  run: number
  /** From 0 within the run. */
  id: number
  timestamp: number
  mediaTime: number | null
  width: number | undefined
  height: number | undefined
  scale: number
  live: boolean
  /** Frames that were left out since the one before. */
  dropped: number
}

/** What is known of a frame, with what its source says of it. */
export const factsOf = (
  { width, height, scale, mediaTime }: SourceFrame,
  { source, run, id, timestamp, live, dropped }: Omit<FrameFacts, 'width' | 'height' | 'scale' | 'mediaTime'>,
): FrameFacts => ({ source, run, id, timestamp, mediaTime, width, height, scale, live, dropped })
