import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StubRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
  /** The body as JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  json: any
}

/** The image that a request for inference carries. */
export const sentIn = ({ json }: StubRequest): Buffer => Buffer.from(json.image.value, 'base64')

/** What to answer: a status and JSON, or the response itself for everything unusual; nothing = the usual answer. */
export type Answer =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
  | 'drop'
  | 'hang'

export interface StubServer {
  url: string
  port: number
  requests: StubRequest[]
  /** Requests other than for the registry. */
  inferences: StubRequest[]
  /** Called for each request; what it returns is answered, undefined takes the usual answer. */
  answer: (request: StubRequest, number: number) => Answer | undefined | Promise<Answer | undefined>
  stop(): Promise<void>
}

export const detection = {
  inference_id: 'f4f6a1f2',
  time: 0.01,
  image: { width: 64, height: 48 },
  predictions: [
    { x: 20, y: 15, width: 10, height: 8, confidence: 0.9, class: 'person', class_id: 0, detection_id: 'a' },
    { x: 40, y: 30, width: 12, height: 10, confidence: 0.7, class: 'car', class_id: 1, detection_id: 'b' },
    { x: 50, y: 30, width: 12, height: 10, confidence: 0.6, class: 'person', class_id: 0, detection_id: 'c' },
  ],
}

const registry = {
  models: [{ model_id: 'cars/3', task_type: 'object-detection', input_height: 640, input_width: 640 }],
}
const info = { name: 'Stub Server', version: '1.8.3', uuid: 'stub' }

const usualAnswer = ({ method, path }: StubRequest): Answer => {
  if (path === '/info') return { json: info }
  if (path === '/model/registry' || path === '/model/add') return { json: registry }
  if (method === 'POST' && path === '/infer/object_detection') return { json: detection }
  return { status: 404, json: { detail: 'Not Found' } }
}

/** A server on 127.0.0.1 that speaks API v1 for one model, `cars/3`, and fails on demand. */
export const startStubServer = async (port = 0): Promise<StubServer> => {
  const stub: StubServer = {
    url: '',
    port: 0,
    requests: [],
    get inferences() {
      return stub.requests.filter(({ path }) => path.startsWith('/infer/'))
    },
    answer: () => undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  const server = createServer((incoming, response) => {
    readRequest(incoming).then(async (request) => {
      stub.requests.push(request)
      const answer = (await stub.answer(request, stub.requests.length)) ?? usualAnswer(request)
      reply(response, answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  stub.port = (server.address() as AddressInfo).port
  stub.url = `http://127.0.0.1:${stub.port}`
  return stub
}

const readRequest = async (incoming: IncomingMessage): Promise<StubRequest> => {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece)
  const body = Buffer.concat(pieces)
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://stub')
  let json: unknown
  try {
    json = JSON.parse(body.toString())
  } catch {}
  return {
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    body,
    json,
  }
}

const reply = (response: ServerResponse, answer: Answer): void => {
  if (answer === 'hang') return
  if (answer === 'drop') {
    response.destroy()
    return
  }
  const type = answer.text === undefined ? 'application/json' : 'text/plain'
  response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers })
  response.end(answer.text ?? JSON.stringify(answer.json))
}
