import { InferenceHTTPClient, type InferenceHTTPClientOptions } from '../../src/index'
import { RememberingTransport } from '../support/compare-sent'
import type { RunningServer } from './server'
import { sharedServer } from './shared-server'

export interface RealClient {
  server: RunningServer
  client: InferenceHTTPClient
  /** What the client sends; forgotten before each test. */
  transport: RememberingTransport
}

/**
 * For a describe: a client of a real server with its key, opened before the tests and closed after them. `take` is
 * called once it is there.
 */
export const openRealClient = (
  take: (opened: RealClient) => void,
  start: () => Promise<RunningServer> = sharedServer,
  options: Partial<InferenceHTTPClientOptions> = {},
): void => {
  let opened: RealClient | undefined
  before(async () => {
    const server = await start()
    const transport = new RememberingTransport(server.url)
    const client = new InferenceHTTPClient({ apiUrl: server.url, apiKey: server.key, transport, ...options })
    opened = { server, client, transport }
    take(opened)
  })
  beforeEach(() => opened?.transport.forget())
  after(() => opened?.client.close())
}

/** A server for these tests alone, which ends after them. */
export const ownServer = (start: () => Promise<RunningServer>): (() => Promise<RunningServer>) => {
  let running: Promise<RunningServer> | undefined
  after(async () => (await running?.catch(() => undefined))?.stop())
  return () => {
    running = start()
    return running
  }
}
