import { abortedAfter, InvalidParameterError, LiveStream, type SourceFrame, sentence } from '../../src/index'
import type { Properties } from '../shared/evaluate'
import { NoFrameError } from '../shared/failure'
import { factsOf } from './frame-facts'
import type { Player } from './player'
import type { Run } from './playing'

interface Opening {
  stream: LiveStream<SourceFrame>
  users: number
}

/**
 * What messages that ask for an image get: a frame that came after them, or one that is at most as old as the dialog
 * says; within a limit. A source that does not play is opened for them, and closed again.
 */
export class Snapshots {
  readonly #player: Player
  readonly #id: string
  readonly #limit: number
  readonly #age: number
  readonly #signal: AbortSignal
  readonly #openings = new Map<string, Opening>()

  constructor(player: Player, id: string, { snapshotLimit, snapshotAge }: Properties, signal: AbortSignal) {
    this.#player = player
    this.#id = id
    this.#limit = Number(snapshotLimit) || 1
    this.#age = Math.max(0, Number(snapshotAge) || 0)
    this.#signal = signal
  }

  async take({ source, place, name }: Run): Promise<object> {
    if (!source.live)
      throw new InvalidParameterError(
        sentence`A file has no image of this moment.`,
        sentence`Snapshots are for cameras and streams.`,
      )
    const asked = Date.now()
    // an image that was asked for before the message came may show what was before it
    const isAskedAnew = source.onRequest && this.#age === 0
    const playing = isAskedAnew ? undefined : this.#player.streamOf(place)
    if (playing) return this.#from(playing, asked)
    const open = () => ({ stream: new LiveStream(source.frames, { name }, this.#signal), users: 0 })
    const opening = isAskedAnew ? open() : this.#shared(place, open)
    opening.users++
    try {
      return await this.#from(opening.stream, asked)
    } finally {
      if (--opening.users === 0) {
        if (this.#openings.get(place) === opening) this.#openings.delete(place)
        await opening.stream.close()
      }
    }
  }

  #shared(place: string, open: () => Opening): Opening {
    const opening = this.#openings.get(place) ?? open()
    this.#openings.set(place, opening)
    return opening
  }

  async #from(stream: LiveStream<SourceFrame>, asked: number): Promise<object> {
    const limit = abortedAfter(this.#limit * 1_000, this.#signal)
    try {
      const { frame, timestamp } = await stream.cameAfter(asked - this.#age, limit.signal)
      const facts = factsOf(frame, { source: this.#id, run: asked, id: 0, timestamp, live: true, dropped: 0 })
      return { payload: frame.bytes, frame: facts }
    } catch (error) {
      if (!limit.expired) throw error
      throw new NoFrameError(sentence`No image came within ${this.#limit} s.`, ...whyOf(stream))
    } finally {
      limit.clear()
    }
  }
}

const whyOf = ({ failure }: LiveStream<SourceFrame>) =>
  failure?.sentences ?? [
    sentence`Is the camera on? A source that was stopped has to be opened first: let it run, or allow more time.`,
  ]
