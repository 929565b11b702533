import { waitUntil } from '../../support/wait-until'

/** How many timers keep this process alive, mocha's own among them. */
export const liveTimers = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

/** No more timers are left than there were; those of connections may take a moment to end. */
export const assertNoMoreTimers = (before: number): Promise<unknown> =>
  waitUntil(
    () => liveTimers() <= before || undefined,
    () => `${liveTimers()} timers are left; there were ${before}`,
    1_000,
  )
