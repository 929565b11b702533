import type { Dispatcher } from 'undici'
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
  lookup?: unknown
}

/** Node.js reads proxy settings nowhere by itself: HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured here. */
export const openConnections = async (url: URL, options: ConnectionOptions): Promise<Dispatcher> => {
  const { Agent, EnvHttpProxyAgent } = await import('undici')
  const { connectTimeout, tls, lookup } = options
  const settings = {
    connect: { timeout: connectTimeout, ...tls, ...(lookup ? { lookup } : {}) } as object,
    // the caller's own timers end a request
    headersTimeout: 0,
    bodyTimeout: 0,
  }
  const direct = isLocalHost(bareHost(url)) && !options.proxyLocalAddresses
  return direct
    ? new Agent(settings)
    : new EnvHttpProxyAgent({ ...settings, ...(tls ? { requestTls: tls } : {}) })
}
