// Runs one suite of tests; each is a set of files, and what has to be installed for it.
const fs = require('node:fs')
const path = require('node:path')
const { root, run, installAndBuild } = require('./installed')

const suites = {
  // needs Node.js alone
  unit: { files: ['src', 'nodes', 'node-red', 'package'] },
  // the same Node-RED tests with Node-RED 5 on Node.js 24
  'node-red-5': { files: ['node-red'], prepare: 'node-red-5' },
  // the real inference server
  server: { files: ['server'], prepare: 'server' },
  // the real editor in a real browser, on both Node-REDs
  editor: { files: ['editor'], prepare: 'node-red-5' },
}

const prepare = {
  'node-red-5': async () => {
    const { home, node } = await require('../test/support/node-red-5').installNodeRed5()
    return { NODE_RED_5_HOME: home, NODE_24: node }
  },
  server: async () => {
    await require('../test/server/server').installServer('mini')
    return {}
  },
}

const testFiles = (folders) =>
  folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(root, 'test', folder), { recursive: true })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => path.join('test', folder, name)),
  )

const main = async () => {
  const [name, ...mochaArguments] = process.argv.slice(2)
  const suite = suites[name]
  if (!suite) throw new Error(`There is no suite "${name}". Suites: ${Object.keys(suites).join(', ')}.`)
  if (name !== 'unit') installAndBuild()
  const env = { ...process.env, SUITE: name, ...(await prepare[suite.prepare]?.()) }
  const mocha = path.join('node_modules', 'mocha', 'bin', 'mocha.js')
  run(process.execPath, [mocha, ...testFiles(suite.files), ...mochaArguments], { env })
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
