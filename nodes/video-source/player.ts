import type { FrameSource, HTTPClientError, LiveStream, SourceFrame } from '../../src/index'
import type { FramePacing, SourceOptions } from '../shared/frame-pacing'
import type { FrameFacts } from './frame-facts'
import { Playing } from './playing'

export interface Run {
  source: FrameSource
  /** Its path, URL or device. */
  place: string
  name: string
  /** One frame for each time that `next` is called, instead of as the flow takes them. */
  byInput: boolean
}

export interface PlayerOptions extends Omit<SourceOptions, 'run' | 'live'> {
  pacing: FramePacing | undefined
  /** Ms between two frames of the source at most, where that is known. */
  interval?: number | undefined
  patience?: number | undefined
  sends(frame: SourceFrame, facts: FrameFacts): void
  unreadable(path: string, error: HTTPClientError): void
  /** started, ended, stopped, stalled, reconnecting, error; with numbers, and why where that is known. */
  tells(event: string, numbers: object, why?: HTTPClientError): void
  failed(error: unknown): void
}

const longestWaitQuietly = 1_000

/** Plays one source at a time: asks the flow before each frame, and tells what happens. */
export class Player {
  readonly #options: PlayerOptions
  #playing: Playing | undefined
  #lastRun = 0

  constructor(options: PlayerOptions) {
    this.#options = options
  }

  /** What plays, if that is it. */
  streamOf(place: string): LiveStream<SourceFrame> | undefined {
    return this.#playing?.place === place ? this.#playing.stream : undefined
  }

  get isPaused(): boolean {
    return this.#playing?.gate.isClosed === true
  }

  /** The name of a node that is waited for longer than a second. */
  get waitsFor(): string | undefined {
    const hold = this.#playing?.paced?.waitingFor()
    return hold && Date.now() - hold.since > longestWaitQuietly ? hold.name || hold.type : undefined
  }

  /** Ends what plays, and begins with this. */
  async start(run: Run): Promise<void> {
    await this.stop()
    this.#lastRun = Math.max(Date.now(), this.#lastRun + 1)
    const playing = new Playing(run, this.#lastRun, this.#options)
    this.#playing = playing
    playing.ended.then(() => {
      if (this.#playing === playing) this.#playing = undefined
    })
  }

  /** Resolves when nothing plays any more. */
  async stop(): Promise<void> {
    const playing = this.#playing
    this.#playing = undefined
    await playing?.stop()
  }

  pause(): void {
    this.#playing?.gate.close()
  }

  resume(): void {
    this.#playing?.gate.open()
  }

  next(): boolean {
    this.#playing?.steps.add()
    return this.#playing !== undefined
  }
}
