import { STATUS_CODES } from 'node:http'
import { HTTPCallErrorError, InvalidResponseError } from '../errors'
import { type Sentence, sentence } from '../sentence'
import { explainStatus } from './hints'
import { parseJson } from './json'
import type { TransportResponse } from './transport'
import { shortPath } from './urls'

interface Sent {
  method: string
  path: string
  /** The model that it is about. */
  model?: string | undefined
}

/** The value of an answer that should be JSON; numbers that are none (`NaN`, `Infinity`) are null. */
export const readJson = <T>(answer: TransportResponse, sent: Sent): T => {
  // bytes that are no UTF-8, such as those of a class name in another code, become U+FFFD
  const text = answer.body.toString('utf8')
  try {
    return parseJson(text) as T
  } catch (error) {
    const what = sentence`The answer to ${sent.method} ${shortPath(sent.path)} is not JSON.`
    throw new InvalidResponseError(what, hintForText(answer, text, error))
  }
}

const hintForText = (answer: TransportResponse, text: string, error: unknown): Sentence => {
  if (isHtml(answer, text))
    return sentence`A web page came back: a proxy or another server answers here, not Roboflow Inference.`
  if (/nested/.test(String(error))) return sentence`It is nested too deeply to be of an inference server.`
  return sentence`The answer is cut off or is none of an inference server.`
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
  const { model } = sent
  const facts = { html: isHtml(answer, text), location, said, model, reason }
  return new HTTPCallErrorError({
    statusCode: answer.status,
    ...explainStatus(answer.status, facts),
    place: `${sent.method} ${place}${shortPath(sent.path)}`,
    description: `${answer.status} ${reason} from ${sent.method} ${place}${shortPath(sent.path)}`.replace(
      '  ',
      ' ',
    ),
    apiMessage: redactDeep(said, redact),
  })
}

const isHtml = (answer: TransportResponse, text: string): boolean =>
  /text\/html/i.test(answer.headers['content-type'] ?? '') ||
  /^[\s\uFEFF]*<(!doctype|html)/i.test(text.slice(0, 1_000))

/** As the Python SDK reads it: "message", else "detail", and what an inner error adds; the text where it is no JSON. */
export const apiMessageOf = (contentType: string | undefined, text: string): unknown => {
  if (!/json/i.test(contentType ?? '')) return text
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    return text
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { message, detail, inner_error_message: inner } = value as Record<string, unknown>
  const said = message || detail || 'N/A'
  return inner && typeof said === 'string' ? `${said}. More details: ${asText(inner)}` : said
}

const asText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

/** The same value of JSON, every text and every name in it redacted. */
export const redactDeep = (value: unknown, redact: (text: string) => string): unknown => {
  if (typeof value === 'string') return redact(value)
  if (typeof value !== 'object' || value === null) return value
  const inside = (item: unknown) => redactDeep(item, redact)
  if (Array.isArray(value)) return value.map(inside)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [redact(name), inside(item)]))
}
