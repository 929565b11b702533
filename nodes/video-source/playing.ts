import { setTimeout as sleep } from 'node:timers/promises'
import {
  type FrameSource,
  type HTTPClientError,
  type LiveEvent,
  LiveStream,
  type SourceFrame,
} from '../../src/index'
import type { FramePacing, PacedSource, SourceOptions } from '../shared/frame-pacing'
import { type FrameFacts, factsOf } from './frame-facts'
import { Gate, Steps } from './gates'

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

/** One run of a source, from its start to its end. */
export class Playing {
  readonly gate = new Gate()
  readonly steps = new Steps()
  readonly paced: PacedSource | undefined
  readonly stream: LiveStream<SourceFrame> | undefined
  readonly ended: Promise<void>
  readonly #end = new AbortController()
  readonly #run: Run
  readonly #number: number
  readonly #options: PlayerOptions
  #sent = 0

  constructor(run: Run, number: number, options: PlayerOptions) {
    this.#run = run
    this.#number = number
    this.#options = options
    const { source, byInput } = run
    if (!byInput) this.paced = options.pacing?.open({ ...options, run: number, live: source.live })
    if (source.live) {
      const { interval, patience } = options
      const onEvent = (event: LiveEvent) => this.#liveEvent(event)
      this.stream = new LiveStream(
        source.frames,
        { name: run.name, interval, patience, onEvent },
        this.#end.signal,
      )
    }
    this.ended = this.#play().finally(() => this.paced?.close())
  }

  get place(): string {
    return this.#run.place
  }

  async stop(): Promise<void> {
    if (this.#end.signal.aborted) return
    this.#end.abort(new DOMException('The source was stopped.', 'AbortError'))
    await this.ended
    this.#options.tells('stopped', { frames: this.#sent })
  }

  async #play(): Promise<void> {
    const { signal } = this.#end
    try {
      if (this.stream) await this.#playLive(this.stream, signal)
      else await this.#playAll(signal)
    } catch (error) {
      if (!signal.aborted) this.#options.failed(error)
    } finally {
      await this.stream?.close()
    }
  }

  async #playLive(stream: LiveStream<SourceFrame>, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#turn(signal)
      const { frame, timestamp, dropped } = await stream.next(signal)
      this.#send(frame, timestamp, dropped)
    }
  }

  async #playAll(signal: AbortSignal): Promise<void> {
    const began = Date.now()
    this.#options.tells('started', {})
    for await (const frame of this.#run.source.frames(signal)) {
      await this.#turn(signal)
      if (frame.error) this.#options.unreadable(frame.path, frame.error)
      else this.#send(frame, Date.now(), 0)
    }
    await this.paced?.empty(signal)
    this.#options.tells('ended', { frames: this.#sent, seconds: (Date.now() - began) / 1000 })
  }

  /** Waits until another frame may leave. */
  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#run.byInput) await this.steps.take(signal)
    await this.paced?.ready(signal)
    await this.gate.pass(signal)
    // a source that nothing paces must not keep everything else from its turn
    if (!this.paced) await sleep(0, undefined, { signal })
  }

  #send(frame: SourceFrame, timestamp: number, dropped: number): void {
    const id = this.#sent++
    const facts = factsOf(frame, {
      source: this.#options.id,
      run: this.#number,
      id,
      timestamp,
      live: this.#run.source.live,
      dropped,
    })
    const send = () => this.#options.sends(frame, facts)
    if (this.paced) this.paced.sending(id, send)
    else send()
  }

  #liveEvent(event: LiveEvent): void {
    const { tells } = this.#options
    if (event.event === 'started') tells('started', {})
    if (event.event === 'stalled') tells('stalled', { seconds: event.silentFor / 1000 })
    if (event.event === 'reconnecting') {
      const { attempt, wait, error } = event
      tells('reconnecting', { attempt, seconds: wait / 1000 }, error)
    }
  }
}
