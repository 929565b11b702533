import path from 'node:path'
import type { NodeAPI } from 'node-red'
import {
  builtInUrl,
  InferenceHTTPClient,
  type InferenceHTTPClientOptions,
  type TlsOptions,
} from '../../src/index'

/** What the dialog holds; numbers may be texts, seconds may be blank. */
export interface Settings {
  url: string
  /** Of the built-in server; a relative one begins at Node-RED's user directory, a blank one is this package's. */
  modelsFolder?: string
  /** Of the built-in server: what runs models, blank for the CPU. */
  device?: string
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
  { onConnection, onNotice }: Pick<InferenceHTTPClientOptions, 'onConnection' | 'onNotice'> = {},
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
    modelsFolder: modelsFolderOf(RED, settings),
    device: settings.device || undefined,
    onConnection,
    onNotice,
    configuration: { apiKeyTransport: settings.keyTransport, serviceSecret },
  })
  if (settings.apiVersion === 'v0') client.selectApiV0()
  if (settings.apiVersion === 'v1') client.selectApiV1()
  return client
}

/** Where the models of the built-in server are; undefined for other servers, and for the models of this package. */
export const modelsFolderOf = (RED: NodeAPI, { url, modelsFolder }: Settings): string | undefined => {
  const named = url === builtInUrl && fromEnvironment(modelsFolder ?? '').trim()
  return named ? path.resolve(RED.settings.userDir ?? '', named) : undefined
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
