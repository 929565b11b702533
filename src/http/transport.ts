import type { RequestBody } from './body'

export interface TransportRequest {
  method: 'GET' | 'POST'
  /** Percent-encoded, begins with a slash. */
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  body?: RequestBody | undefined
  signal: AbortSignal
  /**
   * Called before it rejects, where a connection that had carried other requests ended before anything of an answer
   * came: the server may have closed it just then, for having been idle.
   */
  onStaleConnection?: (() => void) | undefined
}

export interface TransportResponse {
  status: number
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  body: Buffer
}

/**
 * The one seam through which requests leave: one request, one answer, no retries. Rejects with
 * `HTTPServerConnectionError` when no answer came, with another `HTTPClientError` when one came that cannot be used,
 * and with the signal's reason when it was aborted.
 */
export interface Transport {
  /** Nothing travels: it is given images as they came, as bytes instead of base64. */
  readonly local?: boolean
  send(request: TransportRequest): Promise<TransportResponse>
  close(): Promise<void>
}
