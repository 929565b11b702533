// A Node-RED for development: its user directory is the project's own, never ~/.node-red.
const { spawn } = require('node:child_process')
const fs = require('node:fs')
const net = require('node:net')
const path = require('node:path')
const { root } = require('./installed')

const packageName = 'node-red-contrib-roboflow'

const settings = `// Written by npm start; change it as you like, it is not written again.
module.exports = {
  flowFile: 'flows.json',
  credentialSecret: 'demo',
  telemetry: { enabled: false },
  editorTheme: { tours: false, palette: { catalogues: [] } },
}
`

/** Makes the user directory, with these flows, unless it is there; the package is linked into it. */
const ensureUserDir = (userDir, flows) => {
  if (fs.existsSync(userDir)) return false
  const modules = path.join(userDir, 'node_modules')
  fs.mkdirSync(modules, { recursive: true })
  fs.symlinkSync(root, path.join(modules, packageName), 'junction')
  const manifest = { name: 'demo', private: true, dependencies: { [packageName]: '*' } }
  fs.writeFileSync(path.join(userDir, 'package.json'), JSON.stringify(manifest, null, 2))
  fs.writeFileSync(path.join(userDir, 'settings.js'), settings)
  fs.writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flows, null, 2))
  return true
}

const isFree = (port) =>
  new Promise((resolve) => {
    const probe = net.createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })

/** The first free port from this one on. */
const freePort = async (from) => ((await isFree(from)) ? from : freePort(from + 1))

const startNodeRed = (userDir, port, env = {}) => {
  const program = path.join(root, 'node_modules/node-red/red.js')
  const args = [program, '--userDir', userDir, '--port', String(port), '-D', 'uiHost=127.0.0.1']
  return spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
}

/** Resolves when Node-RED answers there with its flows started. */
const answers = async (url) => {
  for (let tries = 0; tries < 120; tries++) {
    const response = await fetch(`${url}/flows/state`).catch(() => undefined)
    if (response) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error(`Node-RED does not answer at ${url}.`)
}

const patience = 120_000

/** What a debug node shows first from now on, as JSON holds it. */
const firstDebugMessage = (url, nodeId) => {
  const { WebSocket } = require('undici')
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The example shows nothing: see ${url}.`)), patience)
    socket.addEventListener('open', () => socket.send(JSON.stringify({ subscribe: 'debug' })))
    socket.addEventListener('error', () => reject(new Error(`Node-RED ended at ${url}.`)))
    socket.addEventListener('message', ({ data }) => {
      for (const { topic, data: message } of JSON.parse(data)) {
        if (topic !== 'debug' || message.id !== nodeId) continue
        clearTimeout(timer)
        resolve(JSON.parse(message.msg))
      }
    })
  }).finally(() => socket.close())
}

module.exports = { ensureUserDir, freePort, startNodeRed, answers, firstDebugMessage }
