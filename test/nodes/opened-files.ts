import fs from 'node:fs'

type Functions = Record<string, unknown>

/** Notes every path that is handed to a function of node:fs or node:fs/promises, until `stop`. */
export const noteOpenedFiles = () => {
  const paths: string[] = []
  const originals: [Functions, string, unknown][] = []
  for (const functions of [fs, fs.promises] as unknown as Functions[]) {
    for (const [name, original] of Object.entries(functions)) {
      if (typeof original !== 'function' || /^[A-Z_]/.test(name)) continue
      originals.push([functions, name, original])
      const noting = (...args: unknown[]) => {
        if (typeof args[0] === 'string' || args[0] instanceof URL) paths.push(String(args[0]))
        return original.apply(functions, args)
      }
      functions[name] = Object.assign(noting, original)
    }
  }
  const stop = () => {
    for (const [functions, name, original] of originals) functions[name] = original
  }
  return { paths, stop }
}
