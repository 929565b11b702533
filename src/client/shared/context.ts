import { BuiltInTransport } from '../../built-in/built-in-transport'
import { readConfiguration } from '../../configuration/configuration'
import { fieldNames, fieldOf } from '../../configuration/fields'
import type { InferenceConfiguration } from '../../configuration/inference-configuration'
import { InvalidParameterError, WrongClientModeError } from '../../errors'
import type { TlsOptions } from '../../http/connections'
import { checkLimits, checkTimeouts } from '../../http/limits'
import { redact } from '../../http/redaction'
import { defaultTimeouts, Requester, type SomeTimeouts, type Timeouts } from '../../http/requester'
import { UndiciTransport } from '../../http/undici-transport'
import { basicHeader, builtInUrl, decoded, displayUrl } from '../../http/urls'
import type { LoadOptions } from '../../images/load-image'
import { sentence, type Words } from '../../sentence'
import type { InferenceHTTPClientOptions } from '../options'
import { type ClientMode, modeOf, parseApiUrl } from './client-mode'
import { ModelDescriptions } from './model-descriptions'

/** What every API family works with: the shared connection, and one client's own state. */
export interface ClientContext {
  readonly requester: Requester
  readonly descriptions: ModelDescriptions
  readonly apiKey: string | undefined
  readonly mode: ClientMode
  readonly selectedModel: string | undefined
  readonly configuration: InferenceConfiguration
  /** Limits for images that are read by URL. */
  readonly loading: LoadOptions
  /** User and password of the URL, as a header. */
  readonly basic: Record<string, string>
  /** What must never be seen; grows with each secret that is configured. */
  readonly secrets: Set<string>
}

export const isContext = (from: object): from is ClientContext =>
  typeof from === 'object' && 'requester' in (from ?? {})

export const createContext = (options: InferenceHTTPClientOptions): ClientContext => {
  const url = parseApiUrl(options.apiUrl)
  const { attempts, maxAnswerBytes, maxImageBytes, tls, proxyLocalAddresses, onConnection } = options
  checkLimits('attempts', { attempts })
  checkLimits('bytes', { maxAnswerBytes, maxImageBytes })
  const timeouts = completeTimeouts(options.timeouts)
  // keys are pasted, often with a line's end
  const apiKey = checkedKey(options.apiKey?.trim() || undefined)
  const secrets = new Set([apiKey, decoded(url.password)].filter((secret) => secret !== undefined))
  const basic = basicHeader(url)
  const descriptions = new ModelDescriptions()
  const transport =
    options.transport ??
    (url.protocol === builtInUrl ? new BuiltInTransport(options) : undefined) ??
    new UndiciTransport(url, {
      connectTimeout: timeouts.connect,
      tls,
      proxyLocalAddresses,
      maxAnswerBytes,
      onDropped: () => requester.expectLoading(),
    })
  const requester = new Requester(transport, {
    place: displayUrl(url),
    timeouts,
    attempts: attempts ?? 3,
    basic,
    redact: (text) => redact(text, secrets),
    onConnection: (reachable) => {
      if (!reachable) descriptions.forgetAll()
      onConnection?.(reachable)
    },
  })
  const context = {
    selectedModel: undefined,
    requester,
    descriptions,
    apiKey,
    mode: modeOf(url),
    configuration: {},
    loading: { timeout: timeouts.image, maxBytes: maxImageBytes, tls: tlsOfImages(tls) },
    basic,
    secrets,
  }
  return withConfiguration(context, options.configuration ?? {})
}

/** Images may come from any host: the name of the server is not theirs. */
const tlsOfImages = (tls: TlsOptions | undefined): TlsOptions | undefined => {
  if (!tls) return undefined
  const { servername: _ofServer, ...shared } = tls
  return shared
}

/** The given time limits, the others as they are by default. */
const completeTimeouts = (given?: SomeTimeouts): Timeouts => {
  checkTimeouts(given, Object.keys(defaultTimeouts))
  const set = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  return { ...defaultTimeouts, ...Object.fromEntries(set) }
}

/** Throws `InvalidParameterError` for a key that no header can carry, wherever it is to travel: no key is like that. */
const checkedKey = (key: string | undefined): string | undefined => {
  if (key === undefined || /^[\x20-\x7e\x80-\xff]*$/.test(key)) return key
  throw new InvalidParameterError(
    sentence`The API key has a line break in it, or signs that no key has.`,
    sentence`Was it pasted in two lines? Copy it again.`,
  )
}

/**
 * The context with this configuration instead of its own. Where the key travels and the service secret are the
 * client's: they stay, unless the new configuration names them.
 */
export const withConfiguration = (context: ClientContext, written: InferenceConfiguration): ClientContext => {
  const configuration = { ...fieldsOfClient(context.configuration), ...readConfiguration(written) }
  if (configuration.serviceSecret) context.secrets.add(configuration.serviceSecret)
  return { ...context, configuration }
}

const namesOfClient = fieldNames.filter((name) => fieldOf(name).belongsTo === 'client')

const fieldsOfClient = (configuration: InferenceConfiguration): InferenceConfiguration =>
  Object.fromEntries(
    namesOfClient.flatMap((name) => (name in configuration ? [[name, configuration[name]]] : [])),
  )

/** A copy of the configuration that may be shown: without the service secret. */
export const visibleConfiguration = ({ configuration }: ClientContext): InferenceConfiguration => {
  const { serviceSecret: _secret, ...visible } = configuration
  return visible
}

/** The key for a request's JSON (`null` when there is none), unless it travels as a header alone. */
export const keyInBody = ({ apiKey, configuration }: ClientContext): { api_key?: string | null } =>
  configuration.apiKeyTransport === 'header' ? {} : { api_key: apiKey ?? null }

export const keyInQuery = ({ apiKey, configuration }: ClientContext): Record<string, string> =>
  configuration.apiKeyTransport === 'header' || apiKey === undefined ? {} : { api_key: apiKey }

/** The Authorization header, where there is one: the key, or user and password of the URL. */
export const keyInHeader = ({ apiKey, configuration, basic }: ClientContext): Record<string, string> => {
  const sent = configuration.apiKeyTransport === 'header' || configuration.apiKeyTransport === 'both'
  return sent && apiKey !== undefined ? { authorization: `Bearer ${apiKey}` } : basic
}

/** The headers of a request with a body: what it is, and the key where it travels as a header. */
export const jsonHeaders = (context: ClientContext): Record<string, string> => ({
  'content-type': 'application/json',
  ...keyInHeader(context),
})

/** Booleans are written as Python does (the server takes both); a list becomes a repeated parameter. */
export const queryOf = (parameters: Record<string, unknown>): URLSearchParams => {
  const query = new URLSearchParams()
  const text = (value: unknown) => (value === true ? 'True' : value === false ? 'False' : String(value))
  for (const [name, value] of Object.entries(parameters)) {
    for (const item of Array.isArray(value) ? value : [value]) query.append(name, text(item))
  }
  return query
}

/** Throws `WrongClientModeError` where only a self-hosted server has what is asked. */
export const requireV1 = (context: ClientContext, what: Words): void => {
  if (context.mode === 'v1') return
  throw new WrongClientModeError(
    sentence`${what} needs API v1, which inference servers of your own have; this client talks API v0.`,
    sentence`Choose API v1, or the URL of an inference server, such as http://localhost:9001.`,
  )
}
