// A client that detects in an image again and again, and how long the event loop is late meanwhile. Its argument is the
// package that it is of.
const fs = require('node:fs')
const { monitorEventLoopDelay } = require('node:perf_hooks')
const { serve } = require('./worker')

const { InferenceHTTPClient } = require(process.argv[2])

// every candidate stays: servers differ in which overlaps they remove
const configuration = { clientDownsizingDisabled: true, iouThreshold: 1 }

serve(async ({ options, modelId, image }) => {
  const root = new InferenceHTTPClient(options)
  const client = root.useConfiguration(configuration)
  const jpeg = fs.readFileSync(image)
  await client.infer(jpeg, { modelId })
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const call = async () => {
    const answer = await client.infer(jpeg, { modelId })
    return [{ ...answer, delay: delay.percentile(99) / 1e6 }]
  }
  // each round begins with it
  const brief = () => {
    delay.reset()
    delay.enable()
    return call()
  }
  return { call, brief, close: () => root.close() }
})
