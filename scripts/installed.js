// What has to stand before anything else can run; plain Node.js, for a machine on which nothing is installed yet.
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/** Runs a program in the project's folder, its output shown, and returns its exit status. */
const statusOf = (program, args, options = {}) => {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) throw error
  return status ?? 1
}

/** The same; ends this process when the program fails. */
const run = (program, args, options) => {
  const status = statusOf(program, args, options)
  if (status !== 0) process.exit(status)
}

const newerThan = (file, other) => fs.statSync(file).mtimeMs > fs.statSync(other).mtimeMs

/** Installs what package-lock.json names, unless that was done since it changed, and builds. */
const installAndBuild = () => {
  const lock = path.join(root, 'package-lock.json')
  const done = path.join(root, 'node_modules/.package-lock.json')
  // "dependencies" would build a first time
  if (!fs.existsSync(done) || newerThan(lock, done)) run(npm, ['ci', '--ignore-scripts'])
  run(process.execPath, ['scripts/build.js'])
}

module.exports = { root, run, statusOf, installAndBuild }
