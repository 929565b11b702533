import { abortedAfter } from '../concurrency/abort'
import { pauseUnlessAborted } from '../concurrency/pause'
import { HTTPClientError, HTTPServerConnectionError, HTTPServerTimeoutError } from '../errors'
import { sentence } from '../sentence'
import type { RequestBody } from './body'
import { checkLimits, checkTimeouts } from './limits'
import { Reachability } from './reachability'
import { RecentNames } from './recent-names'
import { errorFromResponse, readJson } from './response'
import { isAboutRequest, isRetriedStatus, pauseBefore, wasBrokenOff, wasNeverSent } from './retry'
import type { Transport, TransportRequest, TransportResponse } from './transport'
import { shortPath } from './urls'

/** What a caller of any client method may ask of its requests. */
export interface RequestOptions {
  /** Ends the call: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Milliseconds for each attempt, first answers too, instead of the client's timeouts. */
  timeout?: number | undefined
  /**
   * Milliseconds for each attempt, instead of the client's timeouts of these names; what is not given stays. Unlike
   * `timeout`, `{ request: 10_000 }` leaves the first answer of a model the time that it takes to load.
   */
  timeouts?: SomeTimeouts<'first' | 'request'> | undefined
  /** How often a request is sent at most, instead of the client's setting. */
  attempts?: number | undefined
  /** Called where the server probably has to load the model first, which may take minutes. */
  onLoading?: (() => void) | undefined
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

/** Some of the timeouts; what is undefined keeps its default. */
export type SomeTimeouts<Name extends keyof Timeouts = keyof Timeouts> = {
  [Each in Name]?: number | undefined
}

export const defaultTimeouts: Timeouts = { connect: 5_000, first: 300_000, request: 60_000, image: 15_000 }

export interface ApiRequest {
  method: 'GET' | 'POST'
  /** Percent-encoded, begins with a slash. */
  path: string
  query?: URLSearchParams
  headers?: Record<string, string>
  body?: RequestBody
  /** The model that it is about, for errors. */
  model?: string
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
  /** User and password of the URL as a header, for the request that asks whether the server is there. */
  basic: Record<string, string>
  redact: (text: string) => string
  onConnection: (reachable: boolean) => void
  /** Milliseconds that a server has to say that it is there (4,000). */
  probeTimeout?: number
}

// A workflow given by its definition has a name of its own each time that it is changed.
const mostRemembered = 1_000

/** The one request primitive: timeouts, retries and errors around a transport. */
export class Requester {
  readonly #transport: Transport
  readonly #options: RequesterOptions
  /** What has answered, and so is loaded. */
  readonly #loaded = new RecentNames(mostRemembered)
  readonly #reachability: Reachability
  #closing = new AbortController()

  constructor(transport: Transport, options: RequesterOptions) {
    this.#transport = transport
    this.#options = options
    this.#reachability = new Reachability(
      (signal) => this.#askWhetherThere(signal),
      (reachable) => {
        // A lost server may come back as another one: everything has to be loaded again.
        if (!reachable) this.expectLoading()
        options.onConnection(reachable)
      },
      options.probeTimeout,
    )
  }

  /** Requests stay within this process. */
  get isLocal(): boolean {
    return this.#transport.local === true
  }

  /** Resolves with an answer of status 2xx; throws an `HTTPClientError` or the signal's reason. */
  async request(call: ApiRequest, options: RequestOptions = {}): Promise<TransportResponse> {
    const { attempts = this.#options.attempts, timeout, timeouts, signal, onLoading } = options
    checkLimits('attempts', { attempts })
    checkLimits('time', { timeout })
    checkTimeouts(timeouts, ['first', 'request'])
    const closed = this.#closing.signal
    const started = performance.now()
    if (this.#mayLoad(call)) onLoading?.()
    let wasRepeated = false
    for (let attempt = 1; ; attempt++) {
      const limit = this.#timeLimit(call, options)
      let outcome = await this.#attempt(call, limit, signal)
      if (outcome.isStale && !call.hasEffects && !wasRepeated && !closed.aborted) {
        wasRepeated = true
        // Why the connection ended is not known: the server may have restarted, and has to load everything again.
        this.expectLoading()
        outcome = await this.#attempt(call, this.#timeLimit(call, options), signal)
      }
      if (outcome.answer) {
        if (call.loads) this.#loaded.add(call.loads)
        return outcome.answer
      }
      if (closed.aborted) throw outcome.error
      if (outcome.says === 'lost' && !outcome.isStale) this.#reachability.lost()
      // nobody is left to hear of it where what is told throws
      else if (outcome.says) this.#reachability.doubt(closed).catch(() => {})
      const pause = pauseBefore(attempt + 1, outcome.retryAfter)
      const late = performance.now() - started + pause > limit
      if (!outcome.again || attempt >= attempts || late) throw outcome.error
      await pauseUnlessAborted(pause, signal, closed)
      if (closed.aborted) throw outcome.error
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

  /** Ends all connections and what is under way; later requests open new ones. */
  close(): Promise<void> {
    this.#closing.abort()
    this.#closing = new AbortController()
    return this.#transport.close()
  }

  async #attempt(call: ApiRequest, timeout: number, signal: AbortSignal | undefined): Promise<Outcome> {
    signal?.throwIfAborted()
    const limit = abortedAfter(timeout, signal)
    let isStale = false
    try {
      const answer = await this.#transport.send({
        method: call.method,
        path: call.path,
        query: call.query ?? new URLSearchParams(),
        headers: call.headers ?? {},
        body: call.body,
        signal: limit.signal,
        onStaleConnection: () => {
          isStale = true
        },
      })
      this.#reachability.answered()
      if (answer.status >= 200 && answer.status < 300) return { answer }
      const error = errorFromResponse(call, answer, this.#options)
      const again = isRetriedStatus(answer.status, call.hasEffects)
      return { error, again, retryAfter: answer.headers['retry-after'] }
    } catch (error) {
      signal?.throwIfAborted()
      if (limit.expired) {
        // whoever is asked whether it is there need not be asked again
        const says = call.path === infoPath && timeout >= this.#reachability.timeout ? 'lost' : 'nothing'
        return { error: this.#timeoutError(call, timeout), says }
      }
      if (error instanceof HTTPServerConnectionError) return { ...this.#lost(call, error), isStale }
      // there was an answer, though none that can be used
      if (error instanceof HTTPClientError) this.#reachability.answered()
      throw error
    } finally {
      limit.clear()
    }
  }

  #lost(call: ApiRequest, error: HTTPServerConnectionError): Failure {
    if (isAboutRequest(error.reason)) return { error, says: 'nothing' }
    if (wasBrokenOff(error.reason) && sizeOfHead(call) > largestHead)
      return { error: this.#tooLongError(call, error), says: 'nothing' }
    return { error, says: 'lost', again: !call.hasEffects || wasNeverSent(error.reason) }
  }

  async #askWhetherThere(signal: AbortSignal): Promise<unknown> {
    let isStale = false
    const request: TransportRequest = {
      method: 'GET',
      path: infoPath,
      query: new URLSearchParams(),
      headers: this.#options.basic,
      signal,
      onStaleConnection: () => {
        isStale = true
      },
    }
    return this.#transport.send(request).catch((error) => {
      if (isStale) return this.#transport.send(request)
      throw error
    })
  }

  #timeLimit(call: ApiRequest, { timeout, timeouts }: RequestOptions): number {
    const { first, request } = this.#options.timeouts
    if (timeout !== undefined) return timeout
    return this.#mayLoad(call) ? (timeouts?.first ?? first) : (timeouts?.request ?? request)
  }

  #mayLoad({ loads }: ApiRequest): boolean {
    return loads !== undefined && !this.#loaded.has(loads)
  }

  #timeoutError(call: ApiRequest, timeout: number): HTTPServerTimeoutError {
    const asked = this.#options.place + shortPath(call.path)
    const what = sentence`${asked} gave no answer in ${timeout / 1000} s.`
    return new HTTPServerTimeoutError(what, sentence`Is the server overloaded, or still loading the model?`)
  }

  #tooLongError(call: ApiRequest, { reason }: HTTPServerConnectionError): HTTPServerConnectionError {
    const size = Math.round(sizeOfHead(call) / 1024)
    return new HTTPServerConnectionError(
      reason,
      sentence`${this.#options.place} did not take a request with ${size} KiB of address and headers (${reason}).`,
      sentence`${tooLong}.`,
    )
  }
}

const tooLong = sentence`An id or an option is too long for the server, or for a proxy before it`

const infoPath = '/info'

// Servers and proxies refuse what is larger, some by ending the connection.
const largestHead = 8 * 1024

const sizeOfHead = ({ path, query, headers = {} }: ApiRequest): number =>
  path.length + String(query ?? '').length + Object.entries(headers).join('').length

type Outcome = { answer: TransportResponse; isStale?: undefined } | Failure

interface Failure {
  answer?: undefined
  error: Error
  /** It may be sent again. */
  again?: boolean
  retryAfter?: string | undefined
  /** The connection had carried others, and may have ended for having been idle. */
  isStale?: boolean
  /** What it says of the server: that it is gone, or nothing; nothing is to be done where it answered. */
  says?: 'lost' | 'nothing'
}
