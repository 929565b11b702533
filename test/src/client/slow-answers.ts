import { setTimeout as pause } from 'node:timers/promises'
import type { StubServer } from '../../support/stub-server'

/** Inferences take their time from now on, every second one longer. Returns what tells how many ran at once, at most. */
export const answerSlowly = (server: StubServer): (() => number) => {
  let running = 0
  let most = 0
  server.answer = async ({ path }, number) => {
    if (!path.startsWith('/infer')) return undefined
    most = Math.max(most, ++running)
    await pause(number % 2 ? 60 : 20)
    running--
    return undefined
  }
  return () => most
}
