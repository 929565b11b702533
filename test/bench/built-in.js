// Measures the built-in server, with either of its runtimes, beside the real one, which is asked over HTTP: the same
// YOLOv8n, one image after the other.
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { installServer, startServer } = require('../server/server')
const { installOnnxRuntimeNode } = require('../support/onnxruntime-node')
const { startChild } = require('./child')
const { median, ratioOf } = require('./contenders')

const root = path.join(__dirname, '../..')
const worker = path.join(__dirname, 'built-in-worker.js')

/** Resolves with one result per cell. */
const measureBuiltIn = async ({ cells, images, folder, plan, onCell }) => {
  const results = []
  for (const cell of cells) {
    onCell(cell)
    const image = images['1280×720'].path
    const model = await makeModel(folder, image)
    results.push({ ...cell, ...model, ...(await besideServer(model, image, plan)) })
  }
  return results
}

const makeModel = async (folder, image) => {
  const { python, bytecode } = await installServer('mini')
  const modelsFolder = path.join(folder, 'models')
  const args = [path.join(__dirname, 'make_yolov8n.py'), modelsFolder, image]
  const env = { ...process.env, PYTHONPYCACHEPREFIX: bytecode }
  return { modelsFolder, ...JSON.parse(execFileSync(python, args, { env, encoding: 'utf8' })) }
}

const besideServer = async ({ modelsFolder, modelId }, image, plan) => {
  const withNative = installOnnxRuntimeNode()
  // it may write into its models
  const serverModels = `${modelsFolder}-of-server`
  fs.cpSync(modelsFolder, serverModels, { recursive: true })
  const env = { MODEL_CACHE_DIR: serverModels }
  const server = await startServer({ kind: 'mini', engine: 'classic', offline: true, env })
  const builtIn = { apiUrl: 'built-in:', modelsFolder }
  const contenders = {
    server: start('The real server', root, { apiUrl: server.url, apiKey: server.key }),
    native: start('onnxruntime-node', withNative, builtIn),
    wasm: start('WebAssembly', root, builtIn),
  }
  try {
    return await takeTurns(contenders, { modelId, image }, plan)
  } finally {
    await Promise.all(Object.values(contenders).map(({ child }) => child.stop()))
    await server.stop()
    fs.rmSync(serverModels, { recursive: true, force: true })
  }
}

const start = (name, library, options) => ({
  child: startChild(name, process.execPath, [worker, library]),
  options,
})

const takeTurns = async (contenders, task, { rounds, seconds, warmUp }) => {
  const measured = {}
  for (const [name, { child, options }] of Object.entries(contenders)) {
    measured[name] = { rounds: [] }
    await child.ask({ command: 'prepare', options, ...task })
    await child.ask({ command: 'run', seconds: warmUp })
  }
  let expected
  for (let round = 0; round < rounds; round++) {
    for (const [name, { child }] of Object.entries(contenders)) {
      const { images, seconds: took, last } = await child.ask({ command: 'run', seconds })
      measured[name].rounds.push({ speed: images / took, delay: last.delay })
      measured[name].backend = last.resolved_model?.backend
      expected ??= last
      checkSame(name, last, expected)
    }
  }
  for (const values of Object.values(measured)) {
    values.speed = median(values.rounds.map(({ speed }) => speed))
    values.delay = median(values.rounds.map(({ delay }) => delay))
  }
  checkRuntimes(measured)
  return { measured, ratio: ratioOf(measured.native, measured.server) }
}

/** All find the same, and something. */
const checkSame = (name, { predictions }, expected) => {
  const differs = ({ x, y, width, height, confidence, class_id: id }, other) =>
    id !== other.class_id ||
    Math.abs(confidence - other.confidence) > 0.01 ||
    Math.max(Math.abs(x - other.x), Math.abs(y - other.y)) > 1 ||
    Math.max(Math.abs(width - other.width), Math.abs(height - other.height)) > 1
  const isSame = predictions.length === expected.predictions.length && predictions.length > 0
  if (!isSame || predictions.some((found, index) => differs(found, expected.predictions[index])))
    throw new Error(
      `${name} finds ${JSON.stringify(predictions)}, not ${JSON.stringify(expected.predictions)}`,
    )
}

const checkRuntimes = ({ native, wasm }) => {
  const seen = `${native.backend}, ${wasm.backend}`
  if (seen !== 'onnx (onnxruntime-node), onnx (WebAssembly)') throw new Error(`The runtimes were ${seen}.`)
}

module.exports = { measureBuiltIn }
