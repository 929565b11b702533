/** A set of the names that were added last, so many at most. */
export class RecentNames {
  readonly #names = new Set<string>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  add(name: string): void {
    // a set is in the order in which its names came
    this.#names.delete(name)
    this.#names.add(name)
    for (const oldest of this.#names) {
      if (this.#names.size <= this.#most) return
      this.#names.delete(oldest)
    }
  }

  clear(): void {
    this.#names.clear()
  }
}
