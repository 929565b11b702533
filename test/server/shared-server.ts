import { type RunningServer, startServer } from './server'

let running: Promise<RunningServer> | undefined

/** One server for all files that can share it: they may find any model loaded. It ends with the suite. */
export const sharedServer = (): Promise<RunningServer> => {
  running ??= startServer({ env: { ENABLE_WORKFLOWS_PROFILING: 'True' } })
  return running
}

// a hook of the whole suite, as it stands in no describe
after(async () => {
  const server = await running?.catch(() => undefined)
  running = undefined
  await server?.stop()
})
