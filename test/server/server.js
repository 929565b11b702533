#!/usr/bin/env node
// Starts the real Roboflow Inference server (inference-cpu 1.8.3, or 0.37.1) on this machine, with tiny models made
// here and a stand-in for the Roboflow platform. kit/README.md tells what it can answer.
//
//   node test/server/server.js [mini|full|0.37.1] [--port 9001] [--offline] [--engine classic]
const fs = require('node:fs')
const path = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { parseArgs } = require('node:util')
const { cache, installServer } = require('./kit/install')
const { endGroups, findFreePort, startGroup, tryPort } = require('./kit/processes')
const servers = require('./kit/servers')

const kit = path.join(__dirname, 'kit')
const key = 'good-key'

const runFolders = new Set()
process.on('exit', () => {
  for (const folder of runFolders) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

function makeRunFolder(port, weights) {
  fs.mkdirSync(path.join(cache, 'runs'), { recursive: true })
  const folder = fs.mkdtempSync(path.join(cache, 'runs', `${port}-`))
  runFolders.add(folder)
  // The package brings no landing page, but does not start without the folders of one.
  for (const part of ['static', '_next/static'])
    fs.mkdirSync(path.join(folder, 'inference/landing/out', part), { recursive: true })
  const serverCache = path.join(folder, 'cache')
  // A copy, because /model/remove deletes weights.
  if (weights) fs.cpSync(weights, serverCache, { recursive: true })
  else fs.mkdirSync(serverCache)
  return folder
}

function serverEnvironment({ kind, engine, folder, bytecode, platformUrl, streams, streamPort }) {
  // An address where nobody answers is for old servers, which know no offline mode.
  const platform = platformUrl ?? 'http://127.0.0.1:9'
  // Little of our own environment: a key or a proxy in it would change the answers.
  const { PATH, HOME, TMPDIR = '/tmp' } = process.env
  return {
    PATH,
    HOME,
    TMPDIR,
    PYTHONPATH: servers[kind].standins.map((name) => path.join(kit, name)).join(path.delimiter),
    API_BASE_URL: platform,
    ROBOFLOW_API_HOST: platform,
    METRICS_COLLECTOR_BASE_URL: platform,
    OFFLINE_MODE: platformUrl ? 'False' : 'True',
    DISABLE_VERSION_CHECK: 'True',
    ALLOW_NON_HTTPS_URL_INPUT: 'True',
    ALLOW_URL_INPUT_WITHOUT_FQDN: 'True',
    RUN_FOLDER: folder,
    PYTHONPYCACHEPREFIX: bytecode,
    MODEL_CACHE_DIR: path.join(folder, 'cache'),
    // Otherwise /model/clear and the ninth model delete weights.
    DISK_CACHE_CLEANUP: 'False',
    USE_INFERENCE_MODELS: engine === 'classic' ? 'False' : 'True',
    ENABLE_STREAM_API: streams ? 'True' : 'False',
    // Its default cannot be listened on by two servers, nor again within a minute.
    STREAM_MANAGER_PORT: String(streamPort),
    TELEMETRY_OPT_OUT: 'True',
    METRICS_ENABLED: 'False',
    WORKFLOWS_STEP_EXECUTION_MODE: 'local',
    API_LOGGING_ENABLED: 'True',
    IGNORE_MODEL_DEPENDENCIES_WARNINGS: 'True',
    INFERENCE_WARNINGS_DISABLED: 'True',
  }
}

async function waitForAnswer(url, server, logFile) {
  const patience = Date.now() + 180_000
  while (!server.hasExited && Date.now() < patience) {
    // Old servers have no /healthz.
    const answer = await fetch(`${url}/info`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.ok) return
    await sleep(100)
  }
  const end = fs.readFileSync(logFile, 'utf8').split('\n').slice(-20).join('\n')
  throw new Error(`The server did not come up; its log ends:\n${end}`)
}

/**
 * Starts one server. `kill` sends a signal to the server alone and leaves the platform; `exited` resolves when the
 * server is gone. `stop` ends everything, frees the port and removes the run's folder with its `logFile`.
 */
async function startServer(options = {}) {
  const { kind = 'mini', port = 0, offline = false, streams = false, quiet = true, env = {} } = options
  if (!Number.isInteger(port)) throw new Error('The port has to be a number.')
  if (port) await tryPort(port)
  const { python, models, bytecode } = await installServer(kind)
  const { engine = servers[kind].engine } = options
  const serverPort = port || (await findFreePort())
  const platformPort = await findFreePort()
  const streamPort = await findFreePort()
  const url = `http://127.0.0.1:${serverPort}`
  const platformUrl = offline ? undefined : `http://127.0.0.1:${platformPort}`
  // With a platform the server fetches the weights by itself.
  const folder = makeRunFolder(serverPort, offline ? models : undefined)
  const logFile = path.join(folder, 'server.log')
  const output = fs.openSync(logFile, 'a')
  const environment = serverEnvironment({ kind, engine, folder, bytecode, platformUrl, streams, streamPort })
  const place = { cwd: folder, env: { ...environment, ...env }, output }

  if (!quiet) console.error(`Starting the ${kind} server on ${url}: ${servers[kind].start} seconds or more …`)
  const uvicorn = [
    '-m',
    'uvicorn',
    'serve:app',
    '--app-dir',
    kit,
    '--host',
    '127.0.0.1',
    '--port',
    serverPort,
  ]
  const server = startGroup(python, uvicorn, place)
  const groups = [server]
  if (!offline)
    groups.push(startGroup(python, [path.join(kit, 'platform_standin.py'), `${platformPort}`, models], place))
  fs.closeSync(output)

  async function stop() {
    await endGroups(groups)
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    runFolders.delete(folder)
  }

  try {
    await waitForAnswer(url, server, logFile)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, platformUrl, key, pid: server.pid, exited: server.exited, kill: server.kill, stop, logFile }
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '9001' },
      offline: { type: 'boolean', default: false },
      engine: { type: 'string' },
    },
  })
  const [kind = 'mini'] = positionals
  const { offline, engine } = values
  let server
  let isEnding = false
  const end = async () => {
    isEnding = true
    await server?.stop()
    process.exit(0)
  }
  process.on('SIGINT', end).on('SIGTERM', end).on('SIGHUP', end)
  server = await startServer({
    kind,
    port: Number(values.port),
    offline,
    engine,
    streams: true,
    quiet: false,
  })
  const access = offline ? 'any key' : `key ${key}`
  console.log(`Ready: ${server.url}, ${access}, models ${servers[kind].models.join(' ')}. Ctrl+C ends it.`)
  const reason = await server.exited
  if (!isEnding) throw new Error(`The server ended by itself: ${reason}.`)
}

module.exports = { installServer, startServer }

if (require.main === module)
  main().catch((error) => {
    console.error(error.message)
    process.exit(1)
  })
