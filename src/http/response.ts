import { STATUS_CODES } from 'node:http'
import { HTTPCallErrorError, InvalidResponseError } from '../errors'
import { hintForStatus } from './hints'
import type { TransportResponse } from './transport'

interface Sent {
  method: string
  path: string
}

/** The value of an answer that should be JSON. */
export const readJson = <T>(answer: TransportResponse, sent: Sent): T => {
  const text = answer.body.toString('utf8')
  try {
    return JSON.parse(text) as T
  } catch {
    const hint = isHtml(answer, text)
      ? 'A web page came back: a proxy or another server answers here, not Roboflow Inference.'
      : 'The answer is cut off or is none of an inference server.'
    throw new InvalidResponseError(`The answer to ${sent.method} ${sent.path} is not JSON.`, hint)
  }
}

export const errorFromResponse = (
  sent: Sent,
  answer: TransportResponse,
  { place, redact }: { place: string; redact: (text: string) => string },
): HTTPCallErrorError => {
  const text = answer.body.toString('utf8')
  const location = answer.headers.location && redact(answer.headers.location)
  const reason = STATUS_CODES[answer.status] ?? ''
  const said = apiMessageOf(answer.headers['content-type'], text)
  return new HTTPCallErrorError({
    statusCode: answer.status,
    description: `${answer.status} ${reason} from ${sent.method} ${place}${sent.path}`.replace('  ', ' '),
    apiMessage: redactDeep(said, redact),
    hint: hintForStatus(answer.status, { html: isHtml(answer, text), location, said }),
  })
}

const isHtml = (answer: TransportResponse, text: string): boolean =>
  /text\/html/i.test(answer.headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(text)

/** As the Python SDK reads it: "message", else "detail", and what an inner error adds; the text where it is no JSON. */
export const apiMessageOf = (contentType: string | undefined, text: string): unknown => {
  if (!/json/i.test(contentType ?? '')) return text
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { message, detail, inner_error_message: inner } = value as Record<string, unknown>
  const said = message || detail || 'N/A'
  return inner && typeof said === 'string' ? `${said}. More details: ${inner}` : said
}

export const redactDeep = (value: unknown, redact: (text: string) => string): unknown =>
  value === undefined
    ? value
    : JSON.parse(JSON.stringify(value), (_key, item) => (typeof item === 'string' ? redact(item) : item))
