export interface LimiterOptions {
  /** How many are worked on at the same time. */
  atOnce: number
  /** Results are handed over in the order of their starts (true), or as they come. */
  keepOrder?: boolean
  /** How many may be started and not handed over: a slow one holds back those behind it (any number). */
  backlog?: number
  /** Something has ended, and was handed over where it was its turn. */
  onChange?: () => void
}

/** Hands a result over; must not throw. */
type HandOver = () => void

/** Works on so many things at once and no more; whoever has more asks for room first. */
export class Limiter {
  readonly #options: Required<LimiterOptions>
  /** Started and not yet handed over, in the order of their starts. */
  readonly #pending: { handOver?: HandOver }[] = []
  #running = 0

  constructor({
    atOnce,
    keepOrder = true,
    backlog = Number.POSITIVE_INFINITY,
    onChange = () => {},
  }: LimiterOptions) {
    this.#options = { atOnce, keepOrder, backlog, onChange }
  }

  get running(): number {
    return this.#running
  }

  get pending(): number {
    return this.#pending.length
  }

  get hasRoom(): boolean {
    return this.#running < this.#options.atOnce && this.#pending.length < this.#options.backlog
  }

  /** Starts work, whether there is room or not; it never rejects, and resolves with what hands its result over. */
  start(work: () => Promise<HandOver>): void {
    const entry: { handOver?: HandOver } = {}
    this.#running++
    this.#pending.push(entry)
    void work().then((handOver) => {
      this.#running--
      entry.handOver = handOver
      this.#handOver(entry)
      this.#options.onChange()
    })
  }

  #handOver(finished: { handOver?: HandOver }): void {
    if (!this.#options.keepOrder) {
      this.#pending.splice(this.#pending.indexOf(finished), 1)
      finished.handOver?.()
    }
    while (this.#pending[0]?.handOver) this.#pending.shift()?.handOver?.()
  }
}
