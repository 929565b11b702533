import { setTimeout as sleep } from 'node:timers/promises'
import { abortedAfter } from '../concurrency/abort'
import { HTTPServerConnectionError, HTTPServerTimeoutError, InvalidParameterError } from '../errors'
import type { RequestBody } from './body'
import { errorFromResponse, readJson } from './response'
import { isRetriedStatus, pauseBefore, wasNeverSent } from './retry'
import type { Transport, TransportResponse } from './transport'

/** What a caller of any client method may ask of its requests. */
export interface RequestOptions {
  /** Ends the call: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Milliseconds for each attempt, instead of the client's timeouts. */
  timeout?: number | undefined
  /** How often a request is sent at most, instead of the client's setting. */
  attempts?: number | undefined
}

export interface Timeouts {
  /** Milliseconds until a connection stands. */
  connect: number
  /** Milliseconds for the first answer of a route and model, which may have to load the model. */
  first: number
  /** Milliseconds for later answers. */
  request: number
  /** Milliseconds for the download of an image by URL. */
  image: number
}

export const defaultTimeouts: Timeouts = { connect: 5_000, first: 300_000, request: 60_000, image: 15_000 }

export interface ApiRequest {
  method: 'GET' | 'POST'
  /** Percent-encoded, begins with a slash. */
  path: string
  query?: URLSearchParams
  headers?: Record<string, string>
  body?: RequestBody
  /** What has to be loaded before the first answer: it gets the longer timeout until it has answered once. */
  loads?: string
  /** Each arrival may do something, such as send a mail: sent again only where nothing can have been done yet. */
  hasEffects?: boolean
}

export interface RequesterOptions {
  /** The server, for error texts: without user, password or key. */
  place: string
  timeouts: Omit<Timeouts, 'image'>
  attempts: number
  redact: (text: string) => string
  onConnection: (reachable: boolean) => void
}

/** The one request primitive: timeouts, retries and errors around a transport. */
export class Requester {
  readonly #transport: Transport
  readonly #options: RequesterOptions
  readonly #loaded = new Set<string>()

  constructor(transport: Transport, options: RequesterOptions) {
    this.#transport = transport
    this.#options = options
  }

  /** Resolves with an answer of status 2xx; throws an `HTTPClientError` or the signal's reason. */
  async request(call: ApiRequest, options: RequestOptions = {}): Promise<TransportResponse> {
    checkLimits(options)
    const attempts = options.attempts ?? this.#options.attempts
    const timeout = options.timeout ?? this.#timeoutOf(call)
    const started = Date.now()
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(call, timeout, options.signal)
      if (outcome.answer) {
        if (call.loads) this.#loaded.add(call.loads)
        return outcome.answer
      }
      const pause = pauseBefore(attempt + 1, outcome.retryAfter)
      const late = Date.now() - started + pause > timeout
      if (!outcome.again || attempt >= attempts || late) throw outcome.error
      await sleep(pause, undefined, { signal: options.signal }).catch(() => options.signal?.throwIfAborted())
    }
  }

  /** As `request`, for answers that are JSON; throws `InvalidResponseError` for others. */
  async requestJson<T = unknown>(call: ApiRequest, options?: RequestOptions): Promise<T> {
    return readJson<T>(await this.request(call, options), call)
  }

  /** Models were unloaded: the next answers may take as long as first ones. */
  expectLoading(): void {
    this.#loaded.clear()
  }

  close(): Promise<void> {
    return this.#transport.close()
  }

  async #attempt(call: ApiRequest, timeout: number, signal: AbortSignal | undefined): Promise<Outcome> {
    signal?.throwIfAborted()
    const limit = abortedAfter(timeout, signal)
    try {
      const answer = await this.#transport.send({
        method: call.method,
        path: call.path,
        query: call.query ?? new URLSearchParams(),
        headers: call.headers ?? {},
        body: call.body,
        signal: limit.signal,
      })
      this.#options.onConnection(true)
      if (answer.status >= 200 && answer.status < 300) return { answer }
      const error = errorFromResponse(call, answer, this.#options)
      const again = isRetriedStatus(answer.status, call.hasEffects)
      return { error, again, retryAfter: answer.headers['retry-after'] }
    } catch (error) {
      signal?.throwIfAborted()
      const lost = limit.expired ? this.#timeoutError(call, timeout) : error
      if (!(lost instanceof HTTPServerConnectionError)) throw lost
      // A lost server may come back as another one: everything has to be loaded again.
      this.#loaded.clear()
      this.#options.onConnection(false)
      return { error: lost, again: !limit.expired && (!call.hasEffects || wasNeverSent(lost.reason)) }
    } finally {
      limit.clear()
    }
  }

  #timeoutOf(call: ApiRequest): number {
    const { first, request } = this.#options.timeouts
    return call.loads && !this.#loaded.has(call.loads) ? first : request
  }

  #timeoutError(call: ApiRequest, timeout: number): HTTPServerTimeoutError {
    const what = `${this.#options.place}${call.path} gave no answer in ${timeout / 1000} s.`
    return new HTTPServerTimeoutError(what, 'Is the server overloaded, or still loading the model?')
  }
}

// Longer ones end at once: a timer of Node.js holds 31 bits.
const longestTimeout = 2 ** 31 - 1

const checkLimits = ({ attempts = 1, timeout = 1 }: RequestOptions): void => {
  if (!Number.isInteger(attempts) || attempts < 1)
    throw new InvalidParameterError('attempts takes a whole number from 1.')
  if (!(timeout > 0 && timeout <= longestTimeout))
    throw new InvalidParameterError(`timeout takes milliseconds, from 1 to ${longestTimeout}.`)
}

type Outcome =
  | { answer: TransportResponse }
  | { answer?: undefined; error: Error; again: boolean; retryAfter?: string | undefined }
