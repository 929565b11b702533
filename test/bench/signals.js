// How long a call goes on after its signal was aborted, for every method: while it waits for an answer that never
// comes, and while ffmpeg is at work.
const http = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')
const { InferenceHTTPClient } = require('../../src/index')

const model = { model_id: 'bench/1', task_type: 'object-detection', input_height: 640, input_width: 640 }
const modelId = 'bench/1'

const methods = {
  infer: (client, { image }, signal) => client.infer(image, { modelId, signal }),
  'infer, a list': (client, { image }, signal) => client.infer([image, image], { modelId, signal }),
  getServerInfo: (client, _, signal) => client.getServerInfo({ signal }),
  loadModel: (client, _, signal) => client.loadModel('bench/2', { signal }),
  unloadModel: (client, _, signal) => client.unloadModel('bench/2', { signal }),
  unloadAllModels: (client, _, signal) => client.unloadAllModels({ signal }),
  getClipImageEmbeddings: (client, { image }, signal) => client.getClipImageEmbeddings(image, { signal }),
  getClipTextEmbeddings: (client, _, signal) => client.getClipTextEmbeddings('a car', { signal }),
  clipCompare: (client, { image }, signal) => client.clipCompare(image, 'a car', { signal }),
  ocrImage: (client, { image }, signal) => client.ocrImage(image, { signal }),
  detectGazes: (client, { image }, signal) => client.detectGazes(image, { signal }),
  promptCogvlm: (client, { image }, signal) => client.promptCogvlm(image, 'What is it?', { signal }),
  runWorkflow: (client, { image }, signal) =>
    client.runWorkflow({ specification: {}, images: { image: image }, signal }),
  describeWorkflowInterface: (client, _, signal) =>
    client.describeWorkflowInterface({ specification: {}, signal }),
  validateWorkflow: (client, _, signal) => client.validateWorkflow({}, { signal }),
  'inferOnStream, a directory': (client, { folder }, signal) => readAll(client, folder, signal),
  'inferOnStream, a video': (client, { video }, signal) => readAll(client, video, signal),
}

const readAll = async (client, input, signal) => {
  for await (const _ of client.inferOnStream(input, { modelId, signal }));
}

/** Resolves with the longest of some tries, in milliseconds, per method. */
const measureSignals = async ({ image, folder, video, tries }) => {
  const server = await startSilentServer()
  const results = []
  try {
    for (const [name, call] of Object.entries(methods)) {
      let longest = 0
      for (let number = 0; number < tries; number++) {
        // at another moment of the work each time
        longest = Math.max(longest, await endOf(server.url, call, { image, folder, video }, 30 + 40 * number))
      }
      results.push({ name, longest })
    }
  } finally {
    server.stop()
  }
  return results
}

const endOf = async (apiUrl, call, inputs, after) => {
  const client = new InferenceHTTPClient({ apiUrl, apiKey: 'bench-key' })
  const controller = new AbortController()
  const reason = new Error('The bench has aborted it.')
  const ended = call(client, inputs, controller.signal).then(
    () => assertAborted(undefined, reason),
    (error) => assertAborted(error, reason),
  )
  await sleep(after)
  const aborted = performance.now()
  controller.abort(reason)
  await ended
  const took = performance.now() - aborted
  await client.close()
  return took
}

const assertAborted = (error, reason) => {
  if (error !== reason) throw new Error(`A call ended with ${error ?? 'an answer'} before it was aborted.`)
}

/** Lists a model, and answers nothing else. */
const startSilentServer = () =>
  new Promise((resolve) => {
    const server = http.createServer((request, response) => {
      request.resume()
      if (request.url.startsWith('/model/registry')) response.end(JSON.stringify({ models: [model] }))
    })
    server.listen(0, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${server.address().port}`
      const stop = () => {
        server.close()
        server.closeAllConnections()
      }
      resolve({ url, stop })
    })
  })

module.exports = { measureSignals }
