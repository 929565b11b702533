import { readdir, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { InvalidInputFormatError } from '../errors'
import { sentence } from '../sentence'

/**
 * The files directly in a directory whose names end with one of these extensions (null: all), sorted by name, as
 * paths with slashes. An extension is matched in any case, with or without its dot; `jpg.png` works, too.
 */
export const filesIn = async (
  directory: string,
  extensions: readonly string[] | null,
  signal?: AbortSignal,
): Promise<string[]> => {
  const wanted = extensions?.map((extension) => extension.toLowerCase().replace(/^\.+/, ''))
  const entries = await readdir(directory, { withFileTypes: true }).catch((error) => {
    throw new InvalidInputFormatError(
      sentence`The directory ${JSON.stringify(directory)} cannot be read (${error.code}).`,
      sentence`Check the directory's permissions.`,
    )
  })
  const names: string[] = []
  for (const entry of entries) {
    signal?.throwIfAborted()
    if (wanted && !endingsOf(entry.name).some((ending) => wanted.includes(ending))) continue
    const isFile = entry.isSymbolicLink() ? await leadsToFile(join(directory, entry.name)) : entry.isFile()
    if (isFile) names.push(entry.name)
  }
  const start = directory.replaceAll(sep, '/').replace(/\/+$/, '')
  return names.sort().map((name) => `${start}/${name}`)
}

const leadsToFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isFile() === true

/** `archive.jpg.png` → jpg.png, png. What begins with its only dot has no ending. */
const endingsOf = (name: string): string[] => {
  const [, ...pieces] = name.toLowerCase().replace(/^\.+/, '').split('.')
  return pieces.at(-1) === '' ? [] : pieces.map((_, index) => pieces.slice(index).join('.'))
}
