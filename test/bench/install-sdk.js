// Installs the Python SDK into <repository>/.cache/sdk, once.
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { cache } = require('../server/kit/install')
const { endGroups, startGroup } = require('../server/kit/processes')

// Without what the SDK loads for streams and plots only, and with the OpenCV that needs no display.
const pins = path.join(__dirname, 'requirements-sdk.txt')
const home = path.join(cache, 'sdk')
const marker = path.join(home, '.ready')
const python = path.join(home, 'venv', 'bin', 'python')

const readIfThere = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')

const findPython = () => {
  const candidates = process.env.PYTHON ? [process.env.PYTHON] : ['python3.11', 'python3', 'python3.12']
  const fits = (command) => {
    try {
      const script = 'import sys; print(*sys.version_info[:2])'
      const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
      return ['3 11', '3 12', '3 13'].includes(execFileSync(command, ['-c', script], options).trim())
    } catch {
      return false
    }
  }
  const found = candidates.find(fits)
  if (found) return found
  throw new Error(`The Python SDK needs Python 3.11 to 3.13 (tried: ${candidates.join(', ')}).`)
}

const run = async (command, args) => {
  const group = startGroup(command, args, { env: process.env, output: 2 })
  const reason = await group.exited
  await endGroups([group])
  if (reason !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} … failed: ${reason}.`)
}

/** Resolves with the path of a Python that has the SDK. */
const installSdk = async () => {
  const wanted = fs.readFileSync(pins, 'utf8')
  // The marker holds what was installed: a half-made environment or other versions are installed anew.
  if (fs.existsSync(python) && readIfThere(marker) === wanted) return python
  const basePython = findPython()
  console.error(`Installing the Python SDK into ${home}, once: half a minute, 0.4 GB …`)
  fs.rmSync(home, { recursive: true, force: true })
  fs.mkdirSync(home, { recursive: true })
  await run(basePython, ['-m', 'venv', path.join(home, 'venv')])
  const quick = ['-q', '--disable-pip-version-check', '--no-compile', '--no-deps']
  await run(python, ['-m', 'pip', 'install', ...quick, '-r', pins])
  fs.writeFileSync(marker, wanted)
  return python
}

module.exports = { installSdk }
