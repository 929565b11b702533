import { onAbort } from './abort'

interface Waiting {
  weight: number
  begin: () => void
}

/**
 * So much of something may be in use at the same time, such as memory; whoever needs more than is left waits for its
 * turn. What needs more than there is in all is alone.
 */
export class Budget {
  readonly #capacity: number
  readonly #waiting: Waiting[] = []
  #used = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Rejects with the signal's reason when that aborts before the work begins; begun work keeps its share to its end. */
  async use<T>(weight: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const share = Math.min(weight, this.#capacity)
    signal?.throwIfAborted()
    if (this.#waiting.length > 0 || this.#used + share > this.#capacity) await this.#turn(share, signal)
    else this.#used += share
    try {
      return await work()
    } finally {
      this.#used -= share
      this.#begin()
    }
  }

  #turn(weight: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        weight,
        begin: () => {
          signal?.removeEventListener('abort', leave)
          resolve()
        },
      }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(signal?.reason)
        // the one behind may need less
        this.#begin()
      }
      if (signal) onAbort(signal, leave)
      this.#waiting.push(waiting)
    })
  }

  #begin(): void {
    for (const next of [...this.#waiting]) {
      if (this.#used + next.weight > this.#capacity) return
      this.#waiting.shift()
      this.#used += next.weight
      next.begin()
    }
  }
}
