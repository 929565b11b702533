// Sends thousands of images, through the node roboflow-infer and as a video: what is used must not grow.
const path = require('node:path')
const { startChild } = require('./child')
const { memoryRuns } = require('./matrix')

/** Resolves with one result per run; they go side by side, as nothing here is about time. */
const measureMemory = ({ image, video, stub, messages, firstReading }) =>
  Promise.all(
    memoryRuns.map(async ({ name, worker, ...run }) => {
      const { path: file, width } = image
      const inputs = { image: file, width, video: video.path }
      const task = { url: stub.url, messages, firstReading, ...inputs, ...run }
      const args = ['--expose-gc', path.join(__dirname, worker), JSON.stringify(task)]
      const child = startChild(`Memory, ${name}`, process.execPath, args, { ROBOFLOW_API_KEY: 'bench-key' })
      try {
        return { name, ...JSON.parse(await child.nextLine()) }
      } finally {
        await child.stop()
      }
    }),
  )

module.exports = { measureMemory }
