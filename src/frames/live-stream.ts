import { setTimeout as sleep } from 'node:timers/promises'
import { abortable, unlessAborted } from '../concurrency/abort'
import { HTTPClientError, VideoStalledError } from '../errors'
import { sentence } from '../sentence'

/** What a live source gives: whatever else it tells of a frame comes along. */
export interface LiveFrame<Frame> {
  frame: Frame
  /** When its last byte came: ms since 1970. */
  timestamp: number
  /** Frames that nobody took since the one before. */
  dropped: number
}

/** What happens to a connection; times in ms. */
export type LiveEvent =
  | { event: 'started' }
  | { event: 'stalled'; silentFor: number }
  | { event: 'reconnecting'; attempt: number; wait: number; error?: HTTPClientError }

export interface LiveOptions {
  /** What it is called in errors. */
  name: string
  /** Ms between frames, where they are few; a stream is not taken for frozen before three of them. */
  interval?: number | undefined
  /** Ms until the first frame of a connection (20,000; key frames only: 30,000). */
  patience?: number | undefined
  onEvent?(event: LiveEvent): void
}

interface Waiting {
  arrived(): void
  leave(reason: unknown): void
}

const defaultPatience = 20_000
const shortestSilence = 5_000
const firstPause = 500
const longestPause = 5_000
/** A connection that held so long was a good one: the next pause is short again. */
const goodConnection = 5_000

/**
 * Frames of a source that never waits, such as a camera: it is always read to its end, and whoever asks gets the newest
 * frame. A source that ends, fails or gives nothing for too long is opened again, for ever.
 */
export class LiveStream<Frame> {
  readonly #connect: (signal: AbortSignal) => AsyncIterable<Frame>
  readonly #options: LiveOptions
  readonly #end: ReturnType<typeof abortable>
  #newest: { frame: Frame; timestamp: number } | undefined
  #untaken = 0
  readonly #waiting = new Set<Waiting>()
  #longestGap = 0
  #failure: HTTPClientError | undefined
  /** Resolves once everything has ended after `close` or the signal. */
  readonly ended: Promise<void>

  constructor(
    connect: (signal: AbortSignal) => AsyncIterable<Frame>,
    options: LiveOptions,
    signal?: AbortSignal,
  ) {
    this.#connect = connect
    this.#options = options
    this.#end = abortable(signal)
    this.ended = this.#run().finally(() => {
      for (const { leave } of this.#waiting) leave(this.#end.signal.reason)
      this.#end.clear()
    })
  }

  /** Why there is no connection, as far as that is known. */
  get failure(): HTTPClientError | undefined {
    return this.#failure
  }

  /** The newest frame that was not taken yet, or the next that comes. */
  async next(signal?: AbortSignal): Promise<LiveFrame<Frame>> {
    while (!this.#newest || this.#untaken === 0) await this.#arrival(signal)
    const dropped = this.#untaken - 1
    this.#untaken = 0
    return { ...this.#newest, dropped }
  }

  /** A frame that came after this time (ms since 1970); it counts as taken by nobody. Several may share one. */
  async cameAfter(time: number, signal?: AbortSignal): Promise<LiveFrame<Frame>> {
    while (!this.#newest || this.#newest.timestamp <= time) await this.#arrival(signal)
    return { ...this.#newest, dropped: 0 }
  }

  close(): Promise<void> {
    this.#end.abort(new DOMException('The stream is closed.', 'AbortError'))
    return this.ended
  }

  /** Resolves with the next frame that comes. */
  async #arrival(signal: AbortSignal | undefined): Promise<void> {
    this.#end.signal.throwIfAborted()
    let waiting: Waiting | undefined
    const arrival = new Promise<void>((arrived, leave) => {
      waiting = { arrived, leave }
      this.#waiting.add(waiting)
    })
    try {
      await unlessAborted(arrival, signal)
    } finally {
      if (waiting) this.#waiting.delete(waiting)
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#end
    for (let attempt = 1; !signal.aborted; attempt++) {
      const opened = Date.now()
      const error = await this.#read().catch((thrown: unknown) => thrown)
      if (signal.aborted) return
      if (Date.now() - opened > goodConnection && this.#longestGap > 0) attempt = 1
      const wait = pauseBefore(attempt)
      this.#failure = error instanceof HTTPClientError ? error : undefined
      const known = this.#failure ? { error: this.#failure } : {}
      this.#options.onEvent?.({ event: 'reconnecting', attempt, wait, ...known })
      await sleep(wait, undefined, { signal }).catch(() => {})
    }
  }

  /** One connection, from its opening to its end. A camera that is there again may have become another one. */
  async #read(): Promise<void> {
    const connection = abortable(this.#end.signal)
    const { name, patience = defaultPatience } = this.#options
    let last = Date.now()
    let isFirst = true
    this.#longestGap = 0
    const watch = () => {
      const limit = isFirst ? patience : this.#longestSilence
      const silentFor = Date.now() - last
      if (silentFor < limit) {
        timer = setTimeout(watch, limit - silentFor)
        return
      }
      this.#options.onEvent?.({ event: 'stalled', silentFor })
      connection.abort(
        new VideoStalledError(
          sentence`Nothing came from ${name} for ${Math.round(silentFor / 1000)} s.`,
          sentence`Is the camera on, and the network there?`,
        ),
      )
    }
    let timer = setTimeout(watch, patience)
    try {
      for await (const frame of this.#connect(connection.signal)) {
        const now = Date.now()
        if (isFirst) this.#options.onEvent?.({ event: 'started' })
        else this.#longestGap = Math.max(this.#longestGap, now - last)
        if (isFirst) {
          clearTimeout(timer)
          timer = setTimeout(watch, this.#longestSilence)
        }
        isFirst = false
        this.#failure = undefined
        last = now
        this.#newest = { frame, timestamp: now }
        this.#untaken++
        for (const { arrived } of this.#waiting) arrived()
      }
    } finally {
      clearTimeout(timer)
      connection.clear()
    }
  }

  get #longestSilence(): number {
    return Math.max(shortestSilence, 3 * (this.#options.interval ?? 0), 3 * this.#longestGap)
  }
}

/** 0.5 s, doubled up to 5 s, each a little longer or shorter: ten cameras that were lost together do not come as one. */
const pauseBefore = (attempt: number): number => {
  const pause = Math.min(longestPause, firstPause * 2 ** Math.min(attempt - 1, 10))
  return Math.round(pause * (0.8 + 0.4 * Math.random()))
}
