import { abortedAfter, InvalidParameterError, LiveStream, type SourceFrame, sentence } from '../../src/index'
import type { Properties } from '../shared/evaluate'
import { NoFrameError } from '../shared/failure'
import { factsOf } from './frame-facts'
import type { Player, Run } from './player'

interface Wanted {
  player: Player
  /** What is opened where nothing plays. */
  run: Run
  id: string
  properties: Properties
  signal: AbortSignal
}

/**
 * What a message that asks for an image gets: a frame that came after it, or one that is at most as old as the dialog
 * says; within a limit. A source that is stopped is opened for it, and closed again.
 */
export const snapshotOf = async ({ player, run, id, properties, signal }: Wanted): Promise<object> => {
  if (!run.source.live)
    throw new InvalidParameterError(
      sentence`A file has no image of this moment.`,
      sentence`Snapshots are for cameras and streams.`,
    )
  const asked = Date.now()
  const seconds = Number(properties.snapshotLimit) || 1
  const limit = abortedAfter(seconds * 1_000, signal)
  const frames = run.source.frames as (signal: AbortSignal) => AsyncIterable<SourceFrame>
  const opened = player.stream ? undefined : new LiveStream(frames, { name: run.name }, signal)
  try {
    const stream = player.stream ?? (opened as LiveStream<SourceFrame>)
    const oldest = asked - Math.max(0, Number(properties.snapshotAge) || 0)
    const { frame, timestamp } = await stream.cameAfter(oldest, limit.signal)
    const facts = factsOf(frame, { source: id, run: asked, id: 0, timestamp, live: true, dropped: 0 })
    return { payload: frame.bytes, frame: facts }
  } catch (error) {
    if (!limit.expired) throw error
    throw new NoFrameError(
      sentence`No image came within ${seconds} s.`,
      sentence`Is the camera on? A source that was stopped has to be opened first: let it run, or allow more time.`,
    )
  } finally {
    limit.clear()
    await opened?.close()
  }
}
