/** How many timers keep this process alive, mocha's own among them. */
export const liveTimers = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
