import type { InferenceConfiguration } from '../configuration/inference-configuration'
import type { TlsOptions } from '../http/connections'
import type { RequestOptions, Timeouts } from '../http/requester'
import type { Transport } from '../http/transport'
import { checkedOptions, type Kinds } from './shared/check-options'

export interface InferenceHTTPClientOptions {
  /** The server, such as `http://localhost:9001`; a path is kept. */
  apiUrl: string
  apiKey?: string | undefined
  configuration?: InferenceConfiguration
  /** Milliseconds; what is not given keeps its default (5,000 to connect, 300,000 first, 60,000 later, 15,000 image). */
  timeouts?: Partial<Timeouts> | undefined
  /** How often a request is sent at most: 3; 1 switches retries off. */
  attempts?: number | undefined
  /** An image's URL may bring so many bytes at most (50 MiB). */
  maxImageBytes?: number | undefined
  tls?: TlsOptions | undefined
  /** Send requests to loopback and private addresses through HTTP_PROXY as well. */
  proxyLocalAddresses?: boolean | undefined
  /** Called after each attempt: whether the server answered at all. */
  onConnection?: ((reachable: boolean) => void) | undefined
  /** What carries the requests instead of HTTP connections. */
  transport?: Transport | undefined
}

const clientOptions: Kinds<InferenceHTTPClientOptions> = {
  apiUrl: 'text',
  apiKey: 'text',
  configuration: 'names',
  timeouts: 'names',
  attempts: 'anything',
  maxImageBytes: 'anything',
  tls: 'names',
  proxyLocalAddresses: 'flag',
  onConnection: 'callback',
  transport: 'names',
}

const timeoutOptions: Kinds<Timeouts> = {
  connect: 'anything',
  first: 'anything',
  request: 'anything',
  image: 'anything',
}

/** Throws `InvalidParameterError`. */
export const checkedClientOptions = (given: InferenceHTTPClientOptions): InferenceHTTPClientOptions => {
  // what is given is required here
  const options = checkedOptions(given ?? null, clientOptions, 'options of the client')
  checkedOptions(options.timeouts ?? {}, timeoutOptions, 'timeouts')
  return options
}

export const requestOptions: Kinds<RequestOptions> = {
  signal: 'signal',
  timeout: 'anything',
  attempts: 'anything',
}

export interface InferOptions extends RequestOptions {
  /** project/version, such as `cars/3`, or an alias such as `yolov8n-640`; else the selected model. */
  modelId?: string | undefined
  /** Called when the server has to load the model first (API v1). */
  onLoading?: (() => void) | undefined
}

export const inferOptions: Kinds<InferOptions> = {
  modelId: 'anything',
  onLoading: 'callback',
  ...requestOptions,
}

export interface LoadModelOptions extends RequestOptions {
  /** Select the model afterwards, for calls that name none (false). */
  setAsDefault?: boolean
}

export const loadModelOptions: Kinds<LoadModelOptions> = { setAsDefault: 'flag', ...requestOptions }
