const mostKept = 8
const largestKept = 4 * 2 ** 20
const granularity = 64 * 1024

/**
 * Memory of bodies that have been answered, for the next ones. A new buffer for each image would have the garbage
 * collector look at everything every hundred images.
 */
export class BodyBuffers {
  readonly #free: Buffer[] = []

  /** A buffer of this size or somewhat more. */
  readonly take = (size: number): Buffer => {
    const index = this.#free.findIndex(({ length }) => length >= size)
    const [kept] = index < 0 ? [] : this.#free.splice(index, 1)
    return kept ?? Buffer.allocUnsafeSlow(Math.ceil(size / granularity) * granularity)
  }

  /** To be called when nobody reads the buffer any more. */
  giveBack({ buffer }: Buffer): void {
    if (buffer.byteLength > largestKept) return
    this.#free.push(Buffer.from(buffer))
    if (this.#free.length > mostKept) this.#free.shift()
  }
}
