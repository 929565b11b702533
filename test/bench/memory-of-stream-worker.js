// Reads a long video to its end through inferOnStream, and the memory of this process on the way.
const { InferenceHTTPClient } = require('../../src/index')
const { readMemory, reportOf } = require('./memory-readings')

const main = async ({ url, modelId, video, firstReading, messages, downsizing }) => {
  const client = new InferenceHTTPClient({ apiUrl: url, apiKey: 'bench-key' })
  client.configure({ client_downsizing_disabled: !downsizing })
  const started = performance.now()
  let first
  let count = 0
  for await (const { reference, prediction } of client.inferOnStream(video, { modelId })) {
    if (reference !== count++ || prediction.predictions.length !== 10)
      throw new Error(`What came as frame ${count} does not fit: ${JSON.stringify(prediction).slice(0, 400)}`)
    if (count === firstReading) first = await readMemory(count)
  }
  if (count !== messages) throw new Error(`The video has ${messages} frames; ${count} came.`)
  const seconds = (performance.now() - started) / 1000
  const last = await readMemory(count)
  await client.close()
  return { messages, seconds, first, last }
}

reportOf(main)
