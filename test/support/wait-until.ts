import { setTimeout as pause } from 'node:timers/promises'

const longestPause = 20

/** Calls `look` until it finds something; `failure` makes the sentence for when it never does. */
export const waitUntil = async <T>(
  look: () => T | undefined | Promise<T | undefined>,
  failure: () => string,
  timeout = 20_000,
): Promise<T> => {
  const end = Date.now() + timeout
  for (let wait = 1; ; wait = Math.min(2 * wait, longestPause)) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`${failure()} (waited ${timeout / 1000} s)`)
    await pause(wait)
  }
}
