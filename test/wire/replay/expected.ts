import type { Exchange } from './mock-server'
import type { Case, WireError, WireRequest, WireResponse } from './recorded'

/** What our client is expected to do: as recorded, changed by the rules. */
export interface Expected {
  exchanges: Exchange[]
  /** Counts where there is no error. */
  result: unknown
  error: WireError | undefined
  /** Requests may come in another order. */
  unordered?: boolean
  state: { clientMode?: string; selectedModel?: string | null }
}

export const asRecorded = (recorded: Case): Expected => ({
  exchanges: recorded.requests.map((request, index) => ({
    request,
    response: recorded.responses[index] ?? { action: 'drop' },
  })),
  result: recorded.result,
  error: recorded.error && compared(recorded.error),
  state: recorded.stateAfter,
})

// Texts are not compared, nor what only Python knows of an error.
const compared = ({ class: name, statusCode, apiMessage }: WireError): WireError => ({
  class: name,
  ...(statusCode === undefined ? {} : { statusCode, apiMessage }),
})

export const failing = (expected: Expected, error: WireError): Expected => ({
  ...expected,
  result: undefined,
  error,
})

export const succeeding = (expected: Expected, result: unknown): Expected => ({
  ...expected,
  result,
  error: undefined,
})

/** Answers after which a request is sent again. */
export const isTransient = (response: WireResponse): boolean =>
  response.action === 'drop' || [429, 502, 503, 504].includes(response.status)

/** Answers after which there is nothing to read; redirects are not followed. */
export const isFailure = (response: WireResponse): boolean =>
  response.action === 'drop' || response.status < 200 || response.status >= 300

/** Errors to the SDK as well, which follows redirects. */
export const isError = (response: WireResponse): boolean =>
  response.action === 'drop' || response.status >= 400

/** Errors of Python and of its libraries for an answer that is not what it should be. */
export const isRawError = ({ error }: Expected): boolean =>
  /^(JSONDecode|Value|Key|Attribute|Type)Error$/.test(error?.class ?? '')

/** Requests that ask a model about images; others are about models or download images. */
export const asksModel = ({ request: { kind, method, path } }: Exchange): boolean =>
  kind === undefined && method === 'POST' && !/\/model\/(add|remove|clear)$/.test(path ?? '')

/** The attempts of one request. */
export type Attempts = [Exchange, ...Exchange[]]

/** Puts attempts of the same request together: the next follows an answer that asks for one. */
export const attemptsOf = (exchanges: Exchange[]): Attempts[] => {
  const calls: Attempts[] = []
  const open = new Map<string, Attempts>()
  for (const exchange of exchanges) {
    const key = keyOf(exchange.request)
    const attempts = open.get(key)
    if (attempts) attempts.push(exchange)
    else calls.push(openCall(open, key, exchange))
    if (!isTransient(exchange.response)) open.delete(key)
  }
  return calls
}

const openCall = (open: Map<string, Attempts>, key: string, exchange: Exchange): Attempts => {
  const attempts: Attempts = [exchange]
  open.set(key, attempts)
  return attempts
}

const keyOf = ({ method, path, query, body }: WireRequest): string =>
  JSON.stringify([method, path, query, body])

export const finalResponse = (attempts: Attempts): WireResponse => (attempts.at(-1) ?? attempts[0]).response

/** The error that our client makes of an answer, or of none. */
export const errorOf = (response: WireResponse): WireError =>
  response.action === 'drop'
    ? { class: 'HTTPServerConnectionError' }
    : { class: 'HTTPCallErrorError', statusCode: response.status, apiMessage: apiMessageOf(response) }

type Answer = Exclude<WireResponse, { action: 'drop' }>

const apiMessageOf = (response: Answer): unknown => {
  if (!('json' in response)) return textOf(response)
  const { json } = response
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json
  const { message, detail, inner_error_message: inner } = json as Record<string, unknown>
  const said = message || detail || 'N/A'
  return inner && typeof said === 'string' ? `${said}. More details: ${inner}` : said
}

const textOf = ({ text, bodyBase64 }: Answer): string =>
  text ?? Buffer.from(bodyBase64 ?? '', 'base64').toString()
