import { VideoStalledError } from '../errors'
import { sentence } from '../sentence'
import type { FFmpeg } from './ffmpeg'

export interface WatchOptions {
  /** Ends everything: what waits rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Milliseconds that may pass until the next frame comes (30,000). */
  stallTimeout?: number | undefined
}

export interface Watchdog {
  /** From now on something is waited for. */
  start(): void
  /** It has come. */
  stop(): void
  /** Throws what ended ffmpeg, if it was this watchdog. */
  check(): void
  /** To be called when the work is over: takes timer and listener back. */
  clear(): void
}

/** Ends an ffmpeg that gives nothing for too long (a camera that hangs lets it wait for ever), or with a signal. */
export const watch = (
  ffmpeg: FFmpeg,
  name: string,
  { signal, stallTimeout = 30_000 }: WatchOptions,
): Watchdog => {
  let timer: NodeJS.Timeout | undefined
  let stalled = false
  const stop = () => clearTimeout(timer)
  const end = () => ffmpeg.end()
  signal?.addEventListener('abort', end, { once: true })
  return {
    start() {
      stop()
      timer = setTimeout(() => {
        stalled = true
        ffmpeg.kill()
      }, stallTimeout)
    },
    stop,
    check() {
      signal?.throwIfAborted()
      if (!stalled) return
      throw new VideoStalledError(
        sentence`Nothing came from ${name} for ${stallTimeout / 1000} s.`,
        sentence`Is the camera on, and the network there?`,
      )
    },
    clear() {
      stop()
      signal?.removeEventListener('abort', end)
    },
  }
}
