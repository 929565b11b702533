// npm start: the demo. Installs and builds, starts Node-RED with the tab "Start here", and presses its first button: what
// was found is printed here. Node.js is all it needs: models run in Node-RED itself.
const path = require('node:path')
const { installAndBuild, root } = require('./installed')
const { answers, ensureUserDir, firstDebugMessage, freePort, startNodeRed } = require('./node-red')
const { startHere } = require('./start-here')

const userDir = path.join(root, '.cache/demo')

const columns = (cells) => `  ${cells[0].padEnd(10)}${cells[1].padEnd(13)}${cells[2]}`

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

/** Presses the first button, where it is still there, and returns what the debug node shows. */
const findParts = async (url) => {
  const shown = firstDebugMessage(url, 'found')
  const pressed = await fetch(`${url}/inject/picture`, { method: 'POST' })
  if (pressed.ok) return shown
  shown.catch(() => {})
  return undefined
}

const main = async () => {
  installAndBuild()
  console.log('Starting Node-RED …')
  const isNew = ensureUserDir(userDir, startHere(path.join(root, 'demo')))
  const port = await freePort(1880)
  const url = `http://127.0.0.1:${port}`
  const nodeRed = startNodeRed(userDir, port)
  const end = () => nodeRed.kill('SIGTERM')
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  nodeRed.once('exit', () => process.exit())

  await answers(url)
  const found = await findParts(url)
  if (found) console.log(`\nThe picture of "Start here" shows:\n\n${table(found)}`)
  console.log(`
  Node-RED  ${url}   (${isNew ? 'the tab "Start here"' : 'your flows'})

  Ctrl+C ends it.`)
}

main().catch((error) => {
  console.error(error.message)
  process.exit(1)
})
