const askEvery = 5_000

/**
 * Notices that a server is gone, from what requests report, and asks until it answers again. While all is well
 * nothing is asked.
 */
export class ServerWatch {
  readonly #ask: () => Promise<unknown>
  readonly #report: (reachable: boolean) => void
  #timer: NodeJS.Timeout | undefined
  #closed = false

  /** `ask` sends a request, whose outcome reaches `heard` like any other's; `report` is called on each change. */
  constructor(ask: () => Promise<unknown>, report: (reachable: boolean) => void) {
    this.#ask = ask
    this.#report = report
  }

  heard(reachable: boolean): void {
    if (this.#closed || reachable === (this.#timer === undefined)) return
    if (reachable) this.#stopAsking()
    else this.#timer = setInterval(() => this.#ask().catch(() => {}), askEvery)
    this.#report(reachable)
  }

  /** Requests that closing breaks off are no news. */
  close(): void {
    this.#closed = true
    this.#stopAsking()
  }

  #stopAsking(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
