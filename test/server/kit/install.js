// Installs the server into <repository>/.cache/server-<kind> and makes its models there, once.
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { endGroups, startGroup } = require('./processes')
const servers = require('./servers')

const cache = path.join(__dirname, '..', '..', '..', '.cache')
const inKit = (name) => path.join(__dirname, name)

const readIfThere = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')

function findPython() {
  const asked = process.env.PYTHON
  const candidates = asked ? [asked] : ['python3.11', 'python3', 'python3.12']
  for (const command of candidates) {
    try {
      const script = 'import sys; print(*sys.version_info[:2])'
      const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
      if (['3 11', '3 12'].includes(execFileSync(command, ['-c', script], options).trim())) return command
    } catch {
      // Not installed.
    }
  }
  const tried = candidates.join(', ')
  throw new Error(
    `The server needs Python 3.11 or 3.12 (tried: ${tried}). PYTHON=/path/to/python names another one.`,
  )
}

async function run(command, args, env = process.env) {
  const group = startGroup(command, args, { env, output: 2 })
  const reason = await group.exited
  await endGroups([group])
  if (reason !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} … failed: ${reason}.`)
}

/** The number of another process that is at it. It may be somebody else's by now, so it does not count for ever. */
function findInstaller(marker) {
  const pid = Number(readIfThere(marker))
  if (!pid || pid === process.pid || Date.now() - fs.statSync(marker).mtimeMs > 1_800_000) return undefined
  try {
    process.kill(pid, 0)
    return pid
  } catch {
    return undefined
  }
}

async function installPackages(kind, { home, python }) {
  const basePython = findPython()
  const { size, pins, packages = ['--no-deps', '-r', inKit(pins)] } = servers[kind]
  console.error(`Installing the ${kind} server into ${home}, once: ${size} …`)
  fs.rmSync(home, { recursive: true, force: true })
  fs.mkdirSync(home, { recursive: true })
  fs.writeFileSync(path.join(home, '.installer'), String(process.pid))
  await run(basePython, ['-m', 'venv', path.join(home, 'venv')])
  // Compiling all of it takes a third of the time; the server compiles the part that it needs.
  const quick = ['-q', '--disable-pip-version-check', '--no-compile']
  await run(python, ['-m', 'pip', 'install', ...quick, ...packages])
}

async function makeModels(kind, { python, models, bytecode }) {
  const { makers } = servers[kind]
  const madeBy = '.made-by'
  const sources = makers.map(([maker]) => readIfThere(inKit(maker))).join('')
  if (readIfThere(path.join(models, madeBy)) === sources) return
  // Made aside and moved, so that nobody meets half of them.
  const aside = fs.mkdtempSync(`${models}-`)
  const env = { ...process.env, PYTHONPYCACHEPREFIX: bytecode }
  for (const [maker, ...options] of makers) await run(python, [inKit(maker), aside, ...options], env)
  fs.writeFileSync(path.join(aside, madeBy), sources)
  fs.rmSync(models, { recursive: true, force: true })
  fs.renameSync(aside, models)
}

async function install(kind) {
  const server = servers[kind]
  if (!server) throw new Error(`There is no server "${kind}": ${Object.keys(servers).join(', ')}.`)
  const home = path.join(cache, `server-${kind}`)
  const places = {
    home,
    python: path.join(home, 'venv', 'bin', 'python'),
    models: path.join(home, 'models'),
    // Aside, so that Python leaves nothing beside the sources here.
    bytecode: path.join(home, 'bytecode'),
  }
  const ready = path.join(home, '.ready')
  const installer = path.join(home, '.installer')
  // The marker holds what was installed, so that other packages are installed anew.
  const wanted = server.pins ? readIfThere(inKit(server.pins)) : server.packages.join('\n')
  const isReady = () => fs.existsSync(places.python) && readIfThere(ready) === wanted

  if (!isReady() && findInstaller(installer))
    console.error(`Waiting for process ${findInstaller(installer)}, which is installing the ${kind} server …`)
  while (!isReady() && findInstaller(installer)) await sleep(500)
  if (isReady()) {
    await makeModels(kind, places)
    return places
  }
  const start = Date.now()
  await installPackages(kind, places)
  await makeModels(kind, places)
  fs.writeFileSync(ready, wanted)
  fs.rmSync(installer)
  console.error(`Installed in ${Math.round((Date.now() - start) / 1000)} s.`)
  return places
}

const underway = {}

/** Installs what is not there yet. All who ask meanwhile get the same promise. */
function installServer(kind = 'mini') {
  underway[kind] ??= install(kind).finally(() => {
    delete underway[kind]
  })
  return underway[kind]
}

module.exports = { cache, installServer }
