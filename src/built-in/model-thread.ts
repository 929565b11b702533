import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { RuntimeOptions } from './onnx-runtime'
import type { Reply, Task } from './worker'

// compiled, also where the sources themselves are run: a thread begins with JavaScript
const script = path.join(__dirname, 'worker.js')

/** Milliseconds that the end of the process waits for native code. */
const longestExit = 1_500

const idle = 0
const busy = 1

/**
 * A thread that does one task at a time. Native code is not interrupted, as it would take the process with it; the end
 * of the process waits for it, too.
 */
export class ModelThread extends Worker {
  /** Whether its runtime may be interrupted, which is known when it is loaded. */
  isInterruptible = false
  readonly #state: Int32Array

  constructor(options: RuntimeOptions) {
    // shared memory: whoever ends the process can look at it, and hears no messages any more
    const state = new Int32Array(new SharedArrayBuffer(4))
    super(script, { workerData: { options, state } satisfies ThreadData })
    this.#state = state
    remember(state)
    this.once('exit', () => forget(state))
  }

  do(task: Task): void {
    if (!this.isInterruptible) Atomics.store(this.#state, 0, busy)
    try {
      // copied, not handed over: the memory that sharp gives cannot be, from Node.js 24 on
      this.postMessage(task)
    } catch (error) {
      setIdle(this.#state)
      throw error
    }
  }

  /** Resolves when the thread has ended; native code is let finish. */
  async end(): Promise<void> {
    this.unref()
    if (Atomics.load(this.#state, 0) === busy)
      await new Promise<void>((resolve) => {
        this.on('exit', resolve)
        this.on('message', (reply: Reply) => ('result' in reply || 'problem' in reply) && resolve())
      })
    await this.terminate()
  }
}

/** What a thread is given. */
export interface ThreadData {
  options: RuntimeOptions
  state: Int32Array
}

/** Called in the thread when it may be interrupted. */
export const setIdle = (state: Int32Array): void => {
  Atomics.store(state, 0, idle)
  Atomics.notify(state, 0)
}

const states = new Set<Int32Array>()

const remember = (state: Int32Array): void => {
  if (states.size === 0) process.on('exit', awaitIdle)
  states.add(state)
}

const forget = (state: Int32Array): void => {
  states.delete(state)
  if (states.size === 0) process.off('exit', awaitIdle)
}

const awaitIdle = (): void => {
  const end = performance.now() + longestExit
  for (const state of states) Atomics.wait(state, 0, busy, Math.max(0, end - performance.now()))
}
