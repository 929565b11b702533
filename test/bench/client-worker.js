// Our client, as users run it: the built files.
const { InferenceHTTPClient } = require('../../src/index')
const { serve } = require('./worker')

serve(async ({ url, apiKey, modelId, version, image, video, downsizing, atOnce, listLength }) => {
  const root = new InferenceHTTPClient({ apiUrl: url, apiKey })
  if (version === 'v0') root.selectApiV0()
  const client = root.useConfiguration({
    client_downsizing_disabled: !downsizing,
    max_concurrent_requests: atOnce,
  })
  const inferVideo = async () => {
    const predictions = []
    for await (const { prediction } of client.inferOnStream(video, { modelId })) predictions.push(prediction)
    return predictions
  }
  if (video) return { call: inferVideo, brief: async () => [], close: () => root.close() }
  const inferList = (length) => client.infer(Array(length).fill(image), { modelId })
  const inferOne = async () => [await client.infer(image, { modelId })]
  return {
    call: atOnce === 1 ? inferOne : () => inferList(listLength),
    brief: atOnce === 1 ? inferOne : () => inferList(atOnce),
    close: () => root.close(),
  }
})
