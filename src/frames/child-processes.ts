import type { ChildProcess } from 'node:child_process'

const running = new Set<ChildProcess>()

const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL')
}

/** Ends a child together with this process, however that ends. */
export const endWithUs = (child: ChildProcess): void => {
  if (running.size === 0) process.on('exit', killAll)
  running.add(child)
  child.once('close', () => {
    running.delete(child)
    if (running.size === 0) process.off('exit', killAll)
  })
}
