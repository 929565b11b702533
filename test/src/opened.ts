import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
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

export const clients = () => {
  const keep = closedAfterEach<InferenceHTTPClient>((client) => client.close())
  return (apiUrl: string, options: Partial<InferenceHTTPClientOptions> = {}): InferenceHTTPClient =>
    keep(new InferenceHTTPClient({ apiUrl, ...options }))
}

export const requesters = () => {
  const keep = closedAfterEach<Requester>((requester) => requester.close())
  return (url: string, options: Partial<RequesterOptions> = {}): Requester =>
    keep(
      new Requester(new UndiciTransport(new URL(url), { connectTimeout: 5_000 }), {
        place: url,
        timeouts: defaultTimeouts,
        attempts: 3,
        redact: (text) => text,
        onConnection: () => {},
        ...options,
      }),
    )
}

/** The URL of a port of 127.0.0.1 where nothing listens. */
export const deadUrl = async (): Promise<string> => {
  const stub = await startStubServer()
  await stub.stop()
  return stub.url
}
