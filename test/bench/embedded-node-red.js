// A real Node-RED in this process, so that its work, its memory and its event loop can be measured.
const fs = require('node:fs')
const http = require('node:http')
const os = require('node:os')
const path = require('node:path')
const { ensureUserDir } = require('../../scripts/node-red')

/** Resolves with a Node-RED without an editor; `arrived(name, msg)` is called for what reaches nodes "bench-sink". */
const embedNodeRed = async (arrived) => {
  const RED = require('node-red')
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'))
  const userDir = path.join(folder, 'user')
  ensureUserDir(userDir, [])
  globalThis.bench = { arrived }
  RED.init(http.createServer(), {
    userDir,
    flowFile: 'flows.json',
    credentialSecret: 'bench',
    nodesDir: path.join(__dirname, 'nodes'),
    httpAdminRoot: false,
    httpNodeRoot: false,
    logging: { console: { level: 'off' } },
    telemetry: { enabled: false },
  })
  await RED.start()
  const deploy = async (flows) => {
    const started = new Promise((resolve) => RED.events.once('flows:started', resolve))
    await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: 'full' })
    await started
  }
  return {
    deploy,
    /** Hands a message to a node. */
    send: (id, msg) => globalThis.bench.getNode(id).receive(msg),
    async stop() {
      await deploy([])
      await RED.stop()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

const place = { z: 'tab', x: 0, y: 0 }

/** The nodes of a flow; what is not named is as the dialogs have it. */
const tab = { id: 'tab', type: 'tab' }
const sink = (id) => ({ id, type: 'bench-sink', name: id, ...place, wires: [] })
const server = (url, properties) => ({
  id: 'server',
  type: 'roboflow-config',
  url,
  retries: true,
  ...properties,
})
const infer = (properties) => ({
  id: 'infer',
  type: 'roboflow-infer',
  ...place,
  server: 'server',
  model: 'bench/1',
  modelType: 'str',
  image: 'payload',
  imageType: 'msg',
  whenBusy: 'queue',
  wires: [['answers']],
  ...properties,
})
const videoSource = (properties) => ({
  id: 'source',
  type: 'roboflow-video-source',
  ...place,
  sourceType: 'str',
  startOnDeploy: false,
  wires: [['infer'], ['events']],
  ...properties,
})

module.exports = { embedNodeRed, tab, sink, server, infer, videoSource }
