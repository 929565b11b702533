import { type RunningServer, startServer } from '../server'

let started: Promise<RunningServer> | undefined

/** The old server (0.37.1), one for all tests: it starts when the first of them asks, and ends after the last. */
export const olderServer = (): Promise<RunningServer> => {
  started ??= startServer({ kind: '0.37.1' })
  return started
}

after(async () => {
  await (await started?.catch(() => undefined))?.stop()
})
