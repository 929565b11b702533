import { unlessAborted } from '../concurrency/abort'
import { HTTPServerConnectionError } from '../errors'
import { serialiseBody } from './body'
import { BodyBuffers } from './body-buffers'
import { type ConnectionOptions, type Connections, openConnections } from './connections'
import { hintForReason } from './hints'
import type { Transport, TransportRequest, TransportResponse } from './transport'
import { displayUrl, withoutLastSlashes } from './urls'

/** HTTP(S) over kept-open connections to one server. */
export class UndiciTransport implements Transport {
  readonly #base: URL
  readonly #basePath: string
  readonly #options: ConnectionOptions
  readonly #buffers = new BodyBuffers()
  #connections: Promise<Connections> | undefined

  constructor(base: URL, options: ConnectionOptions) {
    this.#base = base
    this.#basePath = withoutLastSlashes(base.pathname)
    this.#options = options
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    this.#connections ??= openConnections(this.#base, this.#options)
    const { dispatcher } = await this.#connections
    const query = request.query.size > 0 ? `?${request.query}` : ''
    const sent = request.body ? serialiseBody(request.body, this.#buffers.take) : null
    try {
      const answering = dispatcher.request({
        origin: this.#base.origin,
        path: `${this.#basePath}${request.path}${query}`,
        method: request.method,
        headers: request.headers,
        body: sent,
        signal: request.signal,
      })
      // undici itself heeds the signal only once a connection stands
      const answer = await unlessAborted(answering, request.signal)
      const { buffer, byteOffset, byteLength } = await answer.body.bytes()
      // after an error the rest of a body may still be on its way
      if (sent && answer.statusCode < 300) this.#buffers.giveBack(sent)
      const body = Buffer.from(buffer, byteOffset, byteLength)
      return { status: answer.statusCode, headers: firstValues(answer.headers), body }
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason
      throw this.#connectionError(error)
    }
  }

  async close(): Promise<void> {
    const connections = await this.#connections
    this.#connections = undefined
    await connections?.close()
  }

  #connectionError(error: unknown): HTTPServerConnectionError {
    const reason = systemCode(error)
    return new HTTPServerConnectionError(
      reason,
      `No answer from ${displayUrl(this.#base)} (${reason}).`,
      hintForReason(reason),
    )
  }
}

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
const systemCode = (error: unknown): string => {
  const { code, errors, cause } = (error ?? {}) as { code?: unknown; errors?: unknown[]; cause?: unknown }
  if (typeof code === 'string') return code
  if (errors?.[0]) return systemCode(errors[0])
  return cause ? systemCode(cause) : 'connection failed'
}
