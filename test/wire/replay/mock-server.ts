import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { requestDifference } from './compare-request'
import type { WireRequest, WireResponse } from './recorded'

/** A request that was recorded or follows from it, and its answer. */
export interface Exchange {
  request: WireRequest
  response: WireResponse
  /** Whether it is sent depends on chance. */
  optional?: boolean
}

export interface Received {
  method: string
  path: string
  query: [name: string, value: string][]
  headers: Record<string, string | string[] | undefined>
  body: Buffer
  /** The number of the exchange that it was taken for; undefined: it fits none. */
  exchange?: number
}

export interface MockServer {
  url: string
  received: Received[]
  /** How many requests were being answered at the same time, at most. */
  mostAtOnce(): number
  /** Answers these from now on, each once. */
  expect(exchanges: Exchange[]): void
  stop(): Promise<void>
}

/** A server on 127.0.0.1 that answers as recorded; a request that fits nothing is answered 599. */
export const startMockServer = async (delay = 0): Promise<MockServer> => {
  const received: Received[] = []
  const used = new Set<number>()
  let exchanges: Exchange[] = []
  let inFlight = 0
  let most = 0

  const take = async (request: Received): Promise<WireResponse | undefined> => {
    const candidates = [...exchanges.entries()].filter(
      ([number, { request: expected }]) => !used.has(number) && isSameRoute(expected, request),
    )
    let [chosen] = candidates
    for (const candidate of candidates.length > 1 ? candidates : []) {
      if (await requestDifference(candidate[1].request, request)) continue
      chosen = candidate
      break
    }
    if (!chosen) return undefined
    used.add(chosen[0])
    request.exchange = chosen[0]
    return chosen[1].response
  }

  // one at a time: two requests must not be taken for the same exchange
  let turn: Promise<unknown> = Promise.resolve()
  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming)
    received.push(request)
    const isImage = exchanges.some(({ request: expected }) => expected.kind && isSameRoute(expected, request))
    if (!isImage) most = Math.max(most, ++inFlight)
    const taken = turn.then(() => take(request))
    turn = taken
    const answer = await taken
    if (delay && !isImage) await sleep(delay)
    if (!isImage) inFlight--
    reply(response, answer ?? { status: 599, headers: {}, text: 'Nothing like this was recorded.' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    mostAtOnce: () => most,
    expect(next) {
      exchanges = next
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const isSameRoute = (expected: WireRequest, { method, path }: Received): boolean =>
  expected.method === method && (expected.path === undefined || decoded(expected.path) === decoded(path))

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const readRequest = async (incoming: IncomingMessage): Promise<Received> => {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece)
  const [path = '', query = ''] = (incoming.url ?? '').split(/\?(.*)/s)
  return {
    method: incoming.method ?? '',
    path,
    query: [...new URLSearchParams(query)],
    headers: incoming.headers,
    body: Buffer.concat(pieces),
  }
}

const reply = (response: ServerResponse, answer: WireResponse): void => {
  if (answer.action === 'drop') {
    response.destroy()
    return
  }
  response.writeHead(answer.status, answer.headers)
  if (answer.bodyBase64 !== undefined) response.end(Buffer.from(answer.bodyBase64, 'base64'))
  else if (answer.text !== undefined) response.end(answer.text)
  else response.end('json' in answer ? JSON.stringify(answer.json) : undefined)
}
