import type { LiveStream, SourceFrame } from '../../src/index'
import { type PlayerOptions, Playing, type Run } from './playing'

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
