import { dirname } from 'node:path'
import { Budget } from '../concurrency/budget'

/** For folders that nobody knows to be there: each file of a drive that went away holds one of four threads for ever. */
const doubtful = new Budget(2)

/** When a file of a folder was read last, by the clock that nobody sets; the longest ago first. */
const lastRead = new Map<string, number>()
const mostFolders = 100
/** What was there so lately is there. */
const trusted = 2_000

/**
 * Does what reads a file. Node.js has four threads for all files and names: files of a folder that has not been read
 * from lately are read two at a time, so that a drive that went away does not take them all.
 */
export const whileReachable = async <T>(
  path: string,
  read: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> => {
  const folder = dirname(path)
  const isTrusted = performance.now() - (lastRead.get(folder) ?? Number.NEGATIVE_INFINITY) < trusted
  const result = isTrusted ? await read() : await doubtful.use(1, read, signal)
  lastRead.delete(folder)
  lastRead.set(folder, performance.now())
  const [oldest] = lastRead.keys()
  if (lastRead.size > mostFolders && oldest !== undefined) lastRead.delete(oldest)
  return result
}
