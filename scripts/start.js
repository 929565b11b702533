// npm start: the demo. Installs and builds, starts an inference server and Node-RED with the first example, and runs
// the example once: what it found is printed here.
const fs = require('node:fs')
const path = require('node:path')
const { installAndBuild, root } = require('./installed')
const { answers, ensureUserDir, freePort, startNodeRed } = require('./node-red')

const example = path.join(root, 'examples/01 - Detect objects in an image.json')
const userDir = path.join(root, '.cache/demo')
const localServer = (port) => `http://localhost:${port}`

const exampleFlows = () => JSON.parse(fs.readFileSync(example, 'utf8'))
const injectId = () => exampleFlows().find(({ type }) => type === 'inject').id

/** The example as anybody imports it; its debug node prints into this terminal as well. */
const demoFlows = () => {
  const flows = exampleFlows()
  flows.find(({ type }) => type === 'debug').console = true
  return flows
}

/** The demo's server may have to use another port than the last time; nothing else of the flows is touched. */
const pointFlowsTo = (port) => {
  const file = path.join(userDir, 'flows.json')
  const remembered = path.join(userDir, 'server-port')
  const before = fs.existsSync(remembered) ? fs.readFileSync(remembered, 'utf8') : '9001'
  const flows = JSON.parse(fs.readFileSync(file, 'utf8'))
  for (const node of flows)
    if (node.type === 'roboflow-config' && node.url === localServer(before)) node.url = localServer(port)
  fs.writeFileSync(file, JSON.stringify(flows, null, 2))
  fs.writeFileSync(remembered, String(port))
}

const main = async () => {
  installAndBuild()
  const { startServer } = require('../test/server/server')
  console.log(
    'Starting an inference server with the demo models (the first time, it is installed: about a minute).',
  )
  const server = await startServer({ kind: 'mini', port: await freePort(9001), offline: true })
  const isNew = ensureUserDir(userDir, demoFlows())
  pointFlowsTo(new URL(server.url).port)

  const port = await freePort(1880)
  const url = `http://127.0.0.1:${port}`
  const nodeRed = startNodeRed(userDir, port)
  const end = async () => {
    nodeRed.kill('SIGTERM')
    await server.stop()
    process.exit()
  }
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  nodeRed.once('exit', end)

  await answers(url)
  console.log(
    `\nNode-RED with ${isNew ? 'the example' : 'your flows'}: ${url}   (inference server: ${server.url})`,
  )
  console.log('Now the example runs once; end everything with Ctrl+C.\n')
  await fetch(`${url}/inject/${injectId()}`, { method: 'POST' })
}

main().catch((error) => {
  console.error(error.message)
  process.exit(1)
})
