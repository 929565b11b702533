import { abortedAfter } from '../concurrency/abort'

const usualTimeout = 4_000

/**
 * Whether the server is there. An answer says so, and a lost connection says the opposite. A request that only came
 * to nothing, such as one that took too long, says neither: then the server is asked, by one request at a time.
 */
export class Reachability {
  /** Milliseconds that the server has to say that it is there. */
  readonly timeout: number
  readonly #ask: (signal: AbortSignal) => Promise<unknown>
  readonly #tell: (reachable: boolean) => void
  #isAsking = false
  #answers = 0

  /** `ask` rejects when no answer came. */
  constructor(
    ask: (signal: AbortSignal) => Promise<unknown>,
    tell: (reachable: boolean) => void,
    timeout = usualTimeout,
  ) {
    this.timeout = timeout
    this.#ask = ask
    this.#tell = tell
  }

  answered(): void {
    this.#answers++
    this.#tell(true)
  }

  lost(): void {
    this.#tell(false)
  }

  /** Asks, unless it is being asked already; `closed` ends that, and nothing is told any more. */
  async doubt(closed: AbortSignal): Promise<void> {
    if (this.#isAsking || closed.aborted) return
    this.#isAsking = true
    const before = this.#answers
    const limit = abortedAfter(this.timeout, closed)
    const isThere = await this.#ask(limit.signal).then(
      () => true,
      () => false,
    )
    limit.clear()
    this.#isAsking = false
    if (closed.aborted) return
    if (isThere) this.answered()
    // another request may have been answered meanwhile
    else if (before === this.#answers) this.lost()
  }
}
