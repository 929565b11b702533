import type { NodeAPI } from 'node-red'
import { InferenceHTTPClient, type TlsOptions } from '../../src/index'

/** What the dialog holds; numbers may be texts, seconds may be blank. */
export interface Settings {
  url: string
  apiVersion?: 'auto' | 'v0' | 'v1'
  connectTimeout?: number | string
  firstTimeout?: number | string
  requestTimeout?: number | string
  retries?: boolean
  keyTransport?: 'legacy' | 'both' | 'header'
  httpReferences?: boolean
  proxyLocalAddresses?: boolean
  /** Catch nodes hear of a server that is gone, too. */
  goneToCatch?: boolean
  tls?: string
}

export interface Secrets {
  apiKey?: string | undefined
  serviceSecret?: string | undefined
}

/** The client that these settings ask for; throws `InvalidParameterError` when they are wrong. */
export const clientFor = (
  RED: NodeAPI,
  settings: Settings,
  { apiKey, serviceSecret }: Secrets,
  onConnection?: (reachable: boolean) => void,
): InferenceHTTPClient => {
  const client = new InferenceHTTPClient({
    apiUrl: settings.url,
    apiKey,
    timeouts: {
      ...seconds('connect', settings.connectTimeout),
      ...seconds('first', settings.firstTimeout),
      ...seconds('request', settings.requestTimeout),
    },
    attempts: settings.retries === false ? 1 : undefined,
    tls: tlsOptions(RED, settings.tls),
    proxyLocalAddresses: settings.proxyLocalAddresses,
    onConnection,
    configuration: { apiKeyTransport: settings.keyTransport, serviceSecret },
  })
  if (settings.apiVersion === 'v0') client.selectApiV0()
  if (settings.apiVersion === 'v1') client.selectApiV1()
  return client
}

/** `${NAME}` as Node-RED fills it in when flows start; anything else is as it is. */
export const fromEnvironment = (text: string): string => {
  const name = /^\$\{([^}]+)\}$/.exec(text)?.[1]
  return name === undefined ? text : (process.env[name] ?? '')
}

const seconds = (name: string, value: number | string | undefined): Record<string, number> => {
  const given = Number(value)
  return value !== undefined && value !== '' && given > 0 ? { [name]: given * 1000 } : {}
}

const tlsOptions = (RED: NodeAPI, id: string | undefined): TlsOptions | undefined => {
  const node = id ? (RED.nodes.getNode(id) as { addTLSOptions?: (options: object) => object } | null) : null
  return node?.addTLSOptions?.({})
}
