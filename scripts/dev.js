// npm run dev: builds and restarts Node-RED whenever a source changes. The user directory is the demo's.
const fs = require('node:fs')
const path = require('node:path')
const { spawnSync } = require('node:child_process')
const { installAndBuild, root } = require('./installed')
const { ensureUserDir, freePort, startNodeRed } = require('./node-red')

const userDir = path.join(root, '.cache/demo')
const isSource = (name) => /\.(ts|html|json|svg)$/.test(name ?? '') && !name.endsWith('.d.ts')

const main = async () => {
  installAndBuild()
  ensureUserDir(userDir, [])
  const port = await freePort(1880)
  let nodeRed = startNodeRed(userDir, port)

  const restart = () => {
    const { status } = spawnSync(process.execPath, ['scripts/build.js'], { cwd: root, stdio: 'inherit' })
    if (status !== 0) return
    nodeRed.once('exit', () => {
      nodeRed = startNodeRed(userDir, port)
    })
    nodeRed.kill('SIGTERM')
  }

  let timer
  for (const folder of ['src', 'nodes']) {
    fs.watch(path.join(root, folder), { recursive: true }, (_event, name) => {
      if (!isSource(name)) return
      clearTimeout(timer)
      timer = setTimeout(restart, 200)
    })
  }
  process.once('SIGINT', () => {
    nodeRed.kill('SIGTERM')
    process.exit()
  })
}

main()
