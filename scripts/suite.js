// Runs one suite of tests; each is a set of files, and what has to be installed for it.
const fs = require('node:fs')
const path = require('node:path')
const { root, statusOf, installAndBuild } = require('./installed')

const onNodeRed5 = () => {
  const { home, node } = require('../test/support/node-red-5').installNodeRed5()
  return { NODE_RED_HOME: home, NODE_BINARY: node }
}

const withServers = async () => {
  const { installServer } = require('../test/server/server')
  await Promise.all([installServer('mini'), installServer('0.37.1')])
  return {}
}

const newerNode = () => require('../test/support/node-red-5').installNodeRed5().node

const withOnnxRuntimeNode = () => {
  require('../test/support/onnxruntime-node').installOnnxRuntimeNode()
  return {}
}

// The runs of a suite: folders of tests, what gives their environment, and which Node.js runs them, with which flags.
const suites = {
  unit: [
    {
      folders: ['src', 'nodes', 'node-red', 'package', 'wire'],
      // their models are small: WebAssembly is not compiled a second time, for speed, which takes seconds
      flags: ['liftoff-only'],
    },
  ],
  'node-red-5': [
    { folders: ['node-red'], prepare: onNodeRed5 },
    { folders: ['src', 'nodes'], nodeBinary: newerNode },
  ],
  server: [{ folders: ['server'], prepare: withServers }],
  native: [
    { folders: ['native'], prepare: withOnnxRuntimeNode },
    { folders: ['native/node-red'], prepare: () => ({ ...withOnnxRuntimeNode(), ...onNodeRed5() }) },
  ],
  examples: [
    { folders: ['examples'], prepare: withServers },
    { folders: ['examples'], prepare: async () => ({ ...(await withServers()), ...onNodeRed5() }) },
  ],
  video: [{ folders: ['video'] }, { folders: ['video/node-red'], prepare: onNodeRed5 }],
  editor: [{ folders: ['editor'] }, { folders: ['editor'], prepare: onNodeRed5 }],
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
  const mocha = path.join('node_modules', 'mocha', 'bin', 'mocha.js')
  for (const { folders, prepare, nodeBinary, flags = [] } of suite) {
    const env = { ...process.env, ...(await prepare?.()) }
    const options = flags.flatMap((flag) => ['--node-option', flag])
    const args = [mocha, ...options, ...testFiles(folders), ...mochaArguments]
    // one that fails keeps no other from running
    const status = statusOf(nodeBinary?.() ?? process.execPath, args, { env })
    process.exitCode ||= status
  }
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
