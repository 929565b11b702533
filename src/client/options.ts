import type { InferenceConfiguration } from '../configuration/inference-configuration'
import type { TlsOptions } from '../http/connections'
import type { RequestOptions, SomeTimeouts } from '../http/requester'
import type { Transport } from '../http/transport'
import { sentence, type Words } from '../sentence'
import { checkedOptions, type Kinds } from './shared/check-options'

export interface InferenceHTTPClientOptions {
  /** The server, such as `http://localhost:9001`; a path is kept. `built-in:` runs the models of `modelsFolder` here. */
  apiUrl: string
  apiKey?: string | undefined
  configuration?: InferenceConfiguration
  /** Milliseconds; what is not given keeps its default (5,000 to connect, 300,000 first, 60,000 later, 15,000 image). */
  timeouts?: SomeTimeouts | undefined
  /** How often a request is sent at most: 3; 1 switches retries off. */
  attempts?: number | undefined
  /** An image's URL may bring so many bytes at most (50 MiB). */
  maxImageBytes?: number | undefined
  /** An answer may have so many bytes at most, also unpacked (64 MiB); `InvalidResponseError` for larger ones. */
  maxAnswerBytes?: number | undefined
  tls?: TlsOptions | undefined
  /** Send requests to loopback and private addresses through HTTP_PROXY as well. */
  proxyLocalAddresses?: boolean | undefined
  /**
   * Told whether the server is there: with each answer, and each lost connection. A time-out says nothing by itself:
   * then `GET /info` is asked first.
   */
  onConnection?: ((reachable: boolean) => void) | undefined
  /** Of the built-in server: where models are, `<project>/<version>/` for each. */
  modelsFolder?: string | undefined
  /** Of the built-in server, where onnxruntime-node is installed: what runs the models, such as `cuda` (`cpu`). */
  device?: string | undefined
  /** Told what the built-in server could not do as it was asked to, such as using the device. */
  onNotice?: ((notice: Words) => void) | undefined
  /** What carries the requests instead of HTTP connections. */
  transport?: Transport | undefined
}

const clientOptions: Kinds<InferenceHTTPClientOptions> = {
  apiUrl: 'text',
  apiKey: 'text',
  configuration: 'names',
  timeouts: 'anything',
  attempts: 'anything',
  maxImageBytes: 'anything',
  maxAnswerBytes: 'anything',
  tls: 'names',
  proxyLocalAddresses: 'flag',
  onConnection: 'callback',
  modelsFolder: 'text',
  device: 'text',
  onNotice: 'callback',
  transport: 'names',
}

/** Throws `InvalidParameterError`. */
export const checkedClientOptions = (given: InferenceHTTPClientOptions): InferenceHTTPClientOptions => {
  // what is given is required here
  return checkedOptions(given ?? null, clientOptions, sentence`options of the client`)
}

export const requestOptions: Kinds<RequestOptions> = {
  signal: 'signal',
  timeout: 'anything',
  timeouts: 'anything',
  attempts: 'anything',
  onLoading: 'callback',
}

export interface InferOptions extends RequestOptions {
  /** project/version, such as `cars/3`, or an alias such as `yolov8n-640`; else the selected model. */
  modelId?: string | undefined
}

export const inferOptions: Kinds<InferOptions> = { modelId: 'anything', ...requestOptions }

export interface LoadModelOptions extends RequestOptions {
  /** Select the model afterwards, for calls that name none (false). */
  setAsDefault?: boolean
}

export const loadModelOptions: Kinds<LoadModelOptions> = { setAsDefault: 'flag', ...requestOptions }
