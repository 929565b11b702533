import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { filesIn } from './directory'

export interface DirectoryOptions {
  /** Ends of names that count as images; null takes all. */
  extensions: readonly string[] | null
  /** Wait for further files when all were given. */
  watch?: boolean | undefined
  /** With `watch`: leave out what is there already. */
  newOnly?: boolean | undefined
}

/**
 * The paths of a directory's images, sorted by name. Watched, a new one comes once its size has stood still for half a
 * second: it may still be written. The directory is looked at again and again, since drives of the network tell nothing.
 * `lookEvery` is in ms.
 */
export async function* filesOf(
  directory: string,
  { extensions, watch, newOnly }: DirectoryOptions,
  signal: AbortSignal,
  lookEvery = 500,
): AsyncGenerator<string, void, undefined> {
  const first = await filesIn(directory, extensions, signal)
  if (!watch) {
    yield* first
    return
  }
  const given = new Set<string>()
  if (newOnly) for (const file of first) given.add(file)
  let sizes = new Map<string, number>()
  for (;;) {
    const files = await filesIn(directory, extensions, signal)
    const now = new Map<string, number>()
    for (const file of files.filter((path) => !given.has(path))) {
      const { size } = await stat(file).catch(() => ({ size: -1 }))
      if (size <= 0 || sizes.get(file) !== size) {
        now.set(file, size)
        continue
      }
      given.add(file)
      yield file
    }
    // a file that was taken away and comes again is a new one
    const there = new Set(files)
    for (const file of given) if (!there.has(file)) given.delete(file)
    sizes = now
    await sleep(lookEvery, undefined, { signal })
  }
}
