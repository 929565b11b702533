import type { LookupFunction, Socket } from 'node:net'
import type { buildConnector, Dispatcher } from 'undici'
import { bareHost, isLocalHost } from './addresses'

export interface TlsOptions {
  ca?: string | Buffer
  cert?: string | Buffer
  key?: string | Buffer
  passphrase?: string
  servername?: string
  rejectUnauthorized?: boolean
}

export interface ConnectionOptions {
  connectTimeout: number
  tls?: TlsOptions | undefined
  /** Send requests to loopback and private addresses through HTTP_PROXY as well. */
  proxyLocalAddresses?: boolean | undefined
  lookup?: LookupFunction | undefined
  /** Called when a connection was ended by the other side, also one that lay idle; not through a proxy. */
  onDropped?: (() => void) | undefined
}

export interface Connections {
  dispatcher: Dispatcher
  /** Ends all of them, also those that do not stand yet. */
  close(): Promise<void>
}

/** Node.js reads proxy settings nowhere by itself: HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured here. */
export const openConnections = async (url: URL, options: ConnectionOptions): Promise<Connections> => {
  const { Agent, EnvHttpProxyAgent, buildConnector } = await import('undici')
  const { connectTimeout: timeout, tls, lookup } = options
  const connect: buildConnector.BuildOptions = { timeout, ...tls, ...(lookup ? { lookup } : {}) }
  // the caller's own timers end a request
  const timeouts = { headersTimeout: 0, bodyTimeout: 0 }
  const isDirect = isLocalHost(bareHost(url)) && !options.proxyLocalAddresses
  if (!isDirect) {
    const agent = new EnvHttpProxyAgent({ ...timeouts, connect, ...(tls ? { requestTls: tls } : {}) })
    return { dispatcher: agent, close: () => agent.destroy() }
  }
  const unfinished = new UnfinishedSockets(buildConnector(connect))
  const agent = new Agent({ ...timeouts, connect: unfinished.connect })
  // what is ended from here, for being idle or aborted, is ended with UND_ERR_INFO
  agent.on('disconnect', (_origin, _targets, { code }: Error & { code?: string }) => {
    if (code !== 'UND_ERR_INFO' && code !== 'UND_ERR_DESTROYED') options.onDropped?.()
  })
  return {
    dispatcher: agent,
    async close() {
      await agent.destroy()
      unfinished.destroy()
    },
  }
}

/** undici forgets a connection that is closed before it stands: it would hold the process until its time runs out. */
class UnfinishedSockets {
  readonly #sockets = new Set<Socket>()
  readonly #connect: buildConnector.connector

  constructor(connect: buildConnector.connector) {
    this.#connect = connect
  }

  readonly connect: buildConnector.connector = (options, done) => {
    // it returns the socket, though its type does not say so
    const socket = this.#connect(options, (...outcome: Parameters<buildConnector.Callback>) => {
      this.#sockets.delete(socket)
      done(...outcome)
    }) as unknown as Socket
    this.#sockets.add(socket)
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy(new Error('closed'))
  }
}
