// Sends messages through the node, one after the other, and reads the memory of this process on the way.
const fs = require('node:fs')
const registerConfig = require('../../nodes/config/config')
const registerInfer = require('../../nodes/infer/infer')
const { makeFakeRed } = require('./fake-red')
const { readMemory, reportOf } = require('./memory-readings')

const main = async ({ url, modelId, image, width, downsizing, messages, firstReading }) => {
  const { red, deploy } = makeFakeRed()
  registerConfig(red)
  registerInfer(red)
  deploy({ id: 'server', type: 'roboflow-config', url })
  const node = deploy({
    id: 'infer',
    type: 'roboflow-infer',
    server: 'server',
    image: 'payload',
    imageType: 'msg',
    model: modelId,
    modelType: 'str',
  })
  const bytes = fs.readFileSync(image)
  const started = performance.now()
  let first
  for (let count = 1; count <= messages; count++) {
    // each message has its own image, as a camera's have
    const msg = { payload: Buffer.from(bytes), configuration: { client_downsizing_disabled: !downsizing } }
    const { payload } = await node.receive(msg)
    if (payload.predictions?.length !== 10 || Math.abs(payload.image.width - width) > 1)
      throw new Error(`The answer to message ${count} does not fit: ${JSON.stringify(payload).slice(0, 400)}`)
    if (count === firstReading) first = await readMemory(count)
  }
  const seconds = (performance.now() - started) / 1000
  return { messages, seconds, first, last: await readMemory(messages) }
}

reportOf(main)
