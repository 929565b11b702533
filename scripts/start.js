// npm start: the demo. Installs and builds, starts an inference server and Node-RED with the first example, and runs
// the example once: what it found is printed here.
const fs = require('node:fs')
const path = require('node:path')
const { installAndBuild, root } = require('./installed')
const { answers, ensureUserDir, firstDebugMessage, freePort, startNodeRed } = require('./node-red')

const example = path.join(root, 'examples/01 - Detect objects in an image.json')
const userDir = path.join(root, '.cache/demo')
const localServer = (port) => `http://localhost:${port}`

const exampleFlows = () => JSON.parse(fs.readFileSync(example, 'utf8'))
const idOf = (type) => exampleFlows().find((node) => node.type === type).id

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

/** Loads the demo's models of images, so that dialogs list them; returns their ids. */
const loadModels = async (url) => {
  const { InferenceHTTPClient } = require('..')
  const { models } = require('../test/server/kit/servers').mini
  const client = new InferenceHTTPClient({ apiUrl: url })
  const ids = models.filter((id) => id.startsWith('tiny-'))
  for (const id of ids) await client.loadModel(id)
  await client.close()
  return ids
}

const columns = (cells) => `  ${cells[0].padEnd(8)}${cells[1].padEnd(13)}${cells[2]}`

/** Predictions as a table: class, confidence, place. */
const table = ({ predictions }) =>
  [
    ['class', 'confidence', 'x, y (centre), width × height in pixels'],
    ...predictions.map((found) => [
      found.class,
      found.confidence.toFixed(2),
      `${found.x}, ${found.y}, ${found.width} × ${found.height}`,
    ]),
  ]
    .map(columns)
    .join('\n')

/** Presses the button of the example, where it is still there, and returns what its debug node shows. */
const runExample = async (url) => {
  const shown = firstDebugMessage(url, idOf('debug'))
  const pressed = await fetch(`${url}/inject/${idOf('inject')}`, { method: 'POST' })
  if (pressed.ok) return shown
  shown.catch(() => {})
  return undefined
}

const main = async () => {
  installAndBuild()
  const { installServer, startServer } = require('../test/server/server')
  // says what it does, where anything is left to do
  await installServer('mini')
  console.log('Starting the inference server and Node-RED …')
  const server = await startServer({ kind: 'mini', port: await freePort(9001), offline: true })
  const isNew = ensureUserDir(userDir, exampleFlows())
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
  const models = await loadModels(server.url)
  const found = await runExample(url)
  if (found) console.log(`\nExample 01 found in its image:\n\n${table(found)}`)
  console.log(`
  Node-RED          ${url}   (${isNew ? 'example 01' : 'your flows'}${found ? `; boxes: ${url}/detected` : ''})
  inference server  ${server.url}   (${models.join(' ')})

  Ctrl+C ends both.`)
}

main().catch((error) => {
  console.error(error.message)
  process.exit(1)
})
