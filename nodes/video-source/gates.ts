import { unlessAborted } from '../../src/index'

/** A gate that is open, unless somebody closed it. */
export class Gate {
  #opened: Promise<void> | undefined
  #open = () => {}

  get isClosed(): boolean {
    return this.#opened !== undefined
  }

  close(): void {
    this.#opened ??= new Promise((resolve) => (this.#open = resolve))
  }

  open(): void {
    this.#open()
    this.#opened = undefined
  }

  async pass(signal: AbortSignal): Promise<void> {
    while (this.#opened) await unlessAborted(this.#opened, signal)
  }
}

/** Permissions for one frame each. */
export class Steps {
  #left = 0
  #added = () => {}

  add(): void {
    this.#left++
    this.#added()
  }

  async take(signal: AbortSignal): Promise<void> {
    while (this.#left === 0)
      await unlessAborted(new Promise<void>((resolve) => (this.#added = resolve)), signal)
    this.#left--
  }
}
