import { createServer, type RequestListener } from 'node:http'
import {
  type AddressInfo,
  createServer as createRawServer,
  type Server as NetServer,
  type Socket,
} from 'node:net'
import { defaultTimeouts, Requester, type RequesterOptions } from '../../src/http/requester'
import { UndiciTransport } from '../../src/http/undici-transport'
import { InferenceHTTPClient, type InferenceHTTPClientOptions } from '../../src/index'
import { type StubServer, startStubServer } from '../support/stub-server'

// Each of these is called in a describe; what it opens there is closed after each test.

const closedAfterEach = <T>(close: (thing: T) => Promise<unknown>) => {
  const opened: T[] = []
  afterEach(() => Promise.all(opened.splice(0).map(close)))
  return <U extends T>(thing: U): U => {
    opened.push(thing)
    return thing
  }
}

export const stubServers = () => {
  const keep = closedAfterEach<StubServer>((stub) => stub.stop())
  return async (): Promise<StubServer> => keep(await startStubServer())
}

/** Servers that answer in ways the stub server cannot; resolves with the URL. */
export const bareServers = () => {
  const keep = closedAfterEach<ReturnType<typeof createServer>>(
    (server) =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )
  return async (listener: RequestListener): Promise<string> => {
    const server = keep(createServer(listener))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
}

/** Servers that say what no HTTP server says: called with each connection; resolves with the URL. */
export const rawServers = () => {
  const sockets: Socket[] = []
  const keep = closedAfterEach<NetServer>(
    (server) =>
      new Promise((resolve) => {
        server.close(resolve)
        for (const socket of sockets.splice(0)) socket.destroy()
      }),
  )
  return async (connected: (socket: Socket, number: number) => void): Promise<string> => {
    let number = 0
    const server = keep(
      createRawServer((socket) => {
        sockets.push(socket)
        // the other side may be gone first
        socket.on('error', () => {})
        connected(socket, ++number)
      }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
}

export const clients = () => {
  const keep = closedAfterEach<InferenceHTTPClient>((client) => client.close())
  return (apiUrl: string, options: Partial<InferenceHTTPClientOptions> = {}): InferenceHTTPClient =>
    keep(new InferenceHTTPClient({ apiUrl, ...options }))
}

export const requesters = () => {
  const keep = closedAfterEach<Requester>((requester) => requester.close())
  return (url: string, options: Partial<RequesterOptions> = {}): Requester => {
    const onDropped = () => requester.expectLoading()
    const transport = new UndiciTransport(new URL(url), { connectTimeout: 5_000, onDropped })
    const requester = keep(
      new Requester(transport, {
        place: url,
        timeouts: defaultTimeouts,
        attempts: 3,
        basic: {},
        redact: (text) => text,
        onConnection: () => {},
        ...options,
      }),
    )
    return requester
  }
}

/** The URL of a port of 127.0.0.1 where nothing listens. */
export const deadUrl = async (): Promise<string> => {
  const stub = await startStubServer()
  await stub.stop()
  return stub.url
}
