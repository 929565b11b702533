import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export type Settings = Record<string, unknown>

export interface UserDirOptions {
  userDir?: string | undefined
  packageRoot: string
  settings: Settings
  port: number
}

/** Nothing in here calls out, asks the user, or depends on the machine's language. */
const quietSettings = (port: number) => ({
  uiHost: '127.0.0.1',
  uiPort: port,
  lang: 'en-US',
  flowFile: 'flows.json',
  credentialSecret: 'a secret for tests',
  telemetry: { enabled: false, updateNotification: false },
  logging: { console: { level: 'info', metrics: false, audit: false } },
  // The debug node cuts values at 1,000 characters by default: too short for the images of tests.
  debugMaxLength: 10_000_000,
})

const editorTheme = {
  tours: false,
  projects: { enabled: false },
  palette: { catalogues: [] },
}

const settingsFile = ({ settings, port }: UserDirOptions) => {
  const theme = { ...editorTheme, ...(settings.editorTheme as object | undefined) }
  const all = { ...quietSettings(port), ...settings, editorTheme: theme }
  return `module.exports = ${JSON.stringify(all, null, 2)}\n`
}

// A package counts as installed by the user when package.json lists it and node_modules has it. Only then does
// Node-RED serve its locales, icons, examples and resources as it will for users. A link is enough.
const linkPackage = (userDir: string, packageRoot: string) => {
  const { name } = JSON.parse(fs.readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    name: string
  }
  const manifest = { name: 'user-dir', private: true, dependencies: { [name]: `file:${packageRoot}` } }
  fs.writeFileSync(path.join(userDir, 'package.json'), JSON.stringify(manifest, null, 2))
  const link = path.join(userDir, 'node_modules', name)
  fs.mkdirSync(path.dirname(link), { recursive: true })
  fs.rmSync(link, { force: true })
  fs.symlinkSync(packageRoot, link, 'junction')
}

export const makeUserDir = (options: UserDirOptions) => {
  const userDir = options.userDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'node-red-test-'))
  fs.writeFileSync(path.join(userDir, 'settings.js'), settingsFile(options))
  linkPackage(userDir, options.packageRoot)
  return userDir
}
