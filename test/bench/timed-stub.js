// A server that tells when each request came; it stands beside the one written in Go, which only counts them.
const http = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')

const registry = {
  models: [{ model_id: 'bench/1', task_type: 'object-detection', input_height: 640, input_width: 640 }],
}
const answer = { inference_id: 'bench', time: 0.01, image: { width: 1280, height: 720 }, predictions: [] }

/** Resolves with a server that takes so many ms for an answer; `arrivals` are ms since 1970. */
const startTimedStub = (delay) =>
  new Promise((resolve) => {
    const arrivals = []
    const server = http.createServer(async (request, response) => {
      const at = performance.timeOrigin + performance.now()
      for await (const _ of request);
      const isInference = request.url.startsWith('/infer/')
      if (isInference) {
        arrivals.push(at)
        await sleep(delay)
      }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(isInference ? answer : registry))
    })
    server.listen(0, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${server.address().port}`
      const stop = () => {
        server.close()
        server.closeAllConnections()
      }
      resolve({ url, arrivals, stop })
    })
  })

module.exports = { startTimedStub }
