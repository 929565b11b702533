import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PlainServer {
  url: string
  /** The paths that were asked for. */
  asked: string[]
  /** How many connections are open. */
  connections(): number
  stop(): Promise<void>
}

/** A server on 127.0.0.1 for what the stub cannot do: images, and looking at connections. */
export const startPlainServer = async (listener: RequestListener): Promise<PlainServer> => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    listener(request, response)
  })
  let connections = 0
  server.on('connection', (socket) => {
    connections++
    socket.on('close', () => connections--)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, asked, connections: () => connections, stop }
}

/** Answers every request with these bytes. */
export const startImageServer = (bytes: Buffer): Promise<PlainServer> =>
  startPlainServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' })
    response.end(bytes)
  })
