// Sends thousands of messages through the node roboflow-infer: what it uses must not grow.
const path = require('node:path')
const { startChild } = require('./child')
const { memoryRuns } = require('./matrix')

const worker = path.join(__dirname, 'memory-worker.js')

/** Resolves with one result per run; they go side by side, as nothing here is about time. */
const measureMemory = ({ picture, stub, messages, firstReading }) =>
  Promise.all(
    memoryRuns.map(async ({ name, ...run }) => {
      const { path: file, width } = picture
      const task = { url: stub.url, picture: file, width, messages, firstReading, ...run }
      const args = ['--expose-gc', worker, JSON.stringify(task)]
      const child = startChild(`Memory, ${name}`, process.execPath, args, { ROBOFLOW_API_KEY: 'bench-key' })
      try {
        return { name, ...JSON.parse(await child.nextLine()) }
      } finally {
        await child.stop()
      }
    }),
  )

module.exports = { measureMemory }
