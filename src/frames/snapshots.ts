import { setTimeout as sleep } from 'node:timers/promises'
import { type FetchOptions, fetchImage } from '../images/fetch-image'
import { LoadedImage } from '../images/loaded-image'

export interface SnapshotOptions extends Omit<FetchOptions, 'signal'> {
  /** Ms between requests (1,000). */
  interval?: number | undefined
}

/**
 * The images that a camera gives at a URL, asked for again and again; the same image a second time is none. Throws as
 * `fetchImage` does.
 */
export async function* snapshots(
  url: URL,
  { interval = 1_000, ...fetching }: SnapshotOptions,
  signal: AbortSignal,
): AsyncGenerator<LoadedImage, void, undefined> {
  let last: Buffer | undefined
  for (;;) {
    const started = Date.now()
    const bytes = await fetchImage(url, { ...fetching, signal })
    if (!last?.equals(bytes)) {
      last = bytes
      yield LoadedImage.from(bytes)
    }
    const rest = interval - (Date.now() - started)
    if (rest > 0) await sleep(rest, undefined, { signal })
    signal.throwIfAborted()
  }
}
