import type { Dispatcher } from 'undici'
import { unlessAborted } from '../concurrency/abort'
import { HTTPClientError, HTTPServerConnectionError } from '../errors'
import { sentence } from '../sentence'
import { readBody } from './answer-body'
import { serialiseBody } from './body'
import { BodyBuffers } from './body-buffers'
import { type ConnectionOptions, type Connections, openConnections } from './connections'
import { hintForReason } from './hints'
import { followed, isStale } from './journeys'
import type { Transport, TransportRequest, TransportResponse } from './transport'
import { displayUrl, withoutLastSlashes } from './urls'

export interface UndiciTransportOptions extends ConnectionOptions {
  /** An answer may have so many bytes at most, also unpacked (64 MiB). */
  maxAnswerBytes?: number | undefined
}

/** HTTP(S) over kept-open connections to one server. */
export class UndiciTransport implements Transport {
  readonly #base: URL
  readonly #basePath: string
  readonly #options: UndiciTransportOptions
  readonly #buffers = new BodyBuffers()
  #connections: Promise<Connections> | undefined

  constructor(base: URL, options: UndiciTransportOptions) {
    this.#base = base
    this.#basePath = withoutLastSlashes(base.pathname)
    this.#options = options
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const dispatcher = await this.#dispatcher()
    const query = request.query.size > 0 ? `?${request.query}` : ''
    const body = request.body ? serialiseBody(request.body, this.#buffers.take) : null
    const { sent, journey } = followed(() =>
      dispatcher.request({
        origin: this.#base.origin,
        path: `${this.#basePath}${request.path}${query}`,
        method: request.method,
        headers: request.headers,
        body,
        signal: request.signal,
      }),
    )
    try {
      // undici itself heeds the signal only once a connection stands
      const answer = await unlessAborted(sent, request.signal)
      const bytes = await readBody(answer, this.#options.maxAnswerBytes)
      // after an error the rest of a body may still be on its way
      if (body && answer.statusCode < 300) this.#buffers.giveBack(body)
      return { status: answer.statusCode, headers: firstValues(answer.headers), body: bytes }
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason
      if (error instanceof HTTPClientError) throw error
      if (isStale(journey)) request.onStaleConnection?.()
      throw this.#connectionError(error)
    }
  }

  async close(): Promise<void> {
    const connections = await this.#connections?.catch(() => undefined)
    this.#connections = undefined
    await connections?.close()
  }

  async #dispatcher(): Promise<Dispatcher> {
    this.#connections ??= openConnections(this.#base, this.#options)
    try {
      return (await this.#connections).dispatcher
    } catch (error) {
      throw this.#connectionError(error)
    }
  }

  #connectionError(error: unknown): HTTPServerConnectionError {
    const code = systemCode(error)
    const reason = code ?? String(failed)
    return new HTTPServerConnectionError(
      reason,
      sentence`No answer from ${displayUrl(this.#base)} (${code ?? failed}).`,
      hintForReason(reason),
    )
  }
}

const failed = sentence`connection failed`

const firstValues = (
  headers: Record<string, string | string[] | undefined>,
): Record<string, string | undefined> => {
  const values: Record<string, string | undefined> = {}
  for (const name in headers) {
    const value = headers[name]
    values[name] = Array.isArray(value) ? value[0] : value
  }
  return values
}

// "localhost" fails with an AggregateError of one error per address.
const systemCode = (error: unknown): string | undefined => {
  const { code, name, errors, cause } = (error ?? {}) as Record<string, unknown>
  if (typeof code === 'string') return code
  // undici leaves out what its parser says it was
  if (name === 'HTTPParserError') return 'HPE_INVALID_RESPONSE'
  if (Array.isArray(errors) && errors[0]) return systemCode(errors[0])
  return cause ? systemCode(cause) : undefined
}
