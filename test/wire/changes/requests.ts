import {
  type Attempts,
  asksModel,
  attemptsOf,
  type Expected,
  errorOf,
  failing,
  finalResponse,
  isFailure,
  isTransient,
} from '../replay/expected'
import { type Case, configurationOf, type WireError, type WireResponse } from '../replay/recorded'
import { inputsOf, isConcurrent, isList } from './inputs'
import { sendAlso, sentOf } from './sent'

/** The most attempts of one request. */
const mostAttempts = 3

/** The most redirects of a picture's URL. */
const mostRedirects = 5

export const keepList = (expected: Expected, recorded: Case): Expected => {
  const isUnwrapped = !expected.error && isList(recorded) && !Array.isArray(expected.result)
  if (isUnwrapped) expected.result = [expected.result]
  return expected
}

/** All pictures are sent, of which the SDK sends none. */
export const sendAll = (expected: Expected, recorded: Case): Expected => {
  const inputs = inputsOf(recorded)
  sendAlso(recorded, expected, inputs)
  const answers = inputs.map(() => ({ predictions: [] }))
  return { ...expected, error: undefined, result: isList(recorded) ? answers : answers[0] }
}

export const withoutTextNone = (expected: Expected): Expected => {
  for (const { request } of expected.exchanges) {
    request.query = request.query?.filter(([name, value]) => !(name === 'api_key' && value === 'None'))
  }
  return expected
}

export const withoutDoubleSlash = (expected: Expected): Expected => {
  for (const { request } of expected.exchanges) request.path = request.path?.replace(/\/\/+/, '/')
  return expected
}

/** The key is one value of the query, whatever it holds. */
export const encodeKey = (expected: Expected, { client }: Case): Expected => {
  for (const { request } of expected.exchanges) {
    if (
      /\/model\/registry$/.test(request.path ?? '') &&
      request.query?.some(([name]) => name === 'api_key')
    ) {
      request.query = [['api_key', String(client.apiKey)]]
    }
  }
  return expected
}

/** The model's description is fetched once. */
export const registryOnce = (expected: Expected): Expected => {
  const isRegistry = ({ request, response }: Expected['exchanges'][number]) =>
    /\/model\/registry$/.test(request.path ?? '') && !isFailure(response)
  const first = expected.exchanges.findIndex(isRegistry)
  expected.exchanges = expected.exchanges.filter((each, index) => index <= first || !isRegistry(each))
  return expected
}

/** Python writes 1.0, 1e-07 and 1e+17 where JavaScript writes 1, 1e-7 and 100000000000000000. */
export const withJavaScriptNumbers = (expected: Expected, recorded: Case): Expected => {
  const numbers = Object.values(configurationOf(recorded)).filter((value) => typeof value === 'number')
  for (const { request } of expected.exchanges) {
    request.query = request.query?.map(([name, value]) =>
      /^\d/.test(value) && numbers.includes(Number(value)) ? [name, String(Number(value))] : [name, value],
    )
  }
  return expected
}

/** Requests that failed are sent again, three times at most in all; what the last one brings counts. */
export const withRetries = (expected: Expected): Expected => {
  const replaced = new Map<Attempts[0], Attempts>()
  let failure: WireError | undefined
  for (const attempts of attemptsOf(expected.exchanges)) {
    const [first] = attempts
    if (first.request.kind === 'imageFetch') continue
    const sent = attempts.slice(0, mostAttempts) as Attempts
    while (sent.length < mostAttempts && isTransient(finalResponse(sent))) {
      sent.push(structuredClone(sent.at(-1) ?? first))
    }
    replaced.set(first, sent)
    for (const other of attempts.slice(1)) replaced.set(other, [] as unknown as Attempts)
    if (attempts.length > mostAttempts) failure ??= errorOf(finalResponse(sent))
  }
  expected.exchanges = expected.exchanges.flatMap((exchange) => replaced.get(exchange) ?? [exchange])
  return failure ? failing(expected, failure) : expected
}

/** What follows a request that failed for good is not sent. */
export const stopAtFailure = (expected: Expected, recorded: Case): Expected => {
  const failed = attemptsOf(expected.exchanges).find(
    (attempts) => asksModel(attempts[0]) && isFailure(finalResponse(attempts)),
  )
  return failed ? endingAfter(expected, recorded, failed) : expected
}

const endingAfter = (expected: Expected, recorded: Case, last: Attempts): Expected => {
  const { exchanges } = expected
  const end = exchanges.indexOf(last.at(-1) ?? last[0])
  if (!isConcurrent(recorded)) {
    expected.exchanges = exchanges.filter((each, index) => index <= end || !asksModel(each))
    return expected
  }
  // those at the same time may or may not have been sent
  for (const exchange of exchanges)
    if (asksModel(exchange) && !last.includes(exchange)) exchange.optional = true
  return expected
}

/** A batch brings one answer for each of its pictures. */
export const needAllAnswers = (expected: Expected, recorded: Case): Expected => {
  const sent = sentOf(recorded, expected)
  for (const { attempts } of sent) {
    const response = finalResponse(attempts)
    if (isFailure(response) || !('json' in response)) continue
    const answers = Array.isArray(response.json) ? response.json.length : 1
    const pictures = sent.filter((each) => each.attempts === attempts).length
    if (answers === pictures) continue
    return endingAfter(failing(expected, { class: 'InvalidResponseError' }), recorded, attempts)
  }
  return expected
}

/** What an answer is that cannot be understood: an error answer all the same, or one that breaks the API's promise. */
export const withErrorOfAnswer = (expected: Expected, recorded: Case): Expected => {
  const calls = attemptsOf(expected.exchanges).filter(([{ request }]) => request.kind === undefined)
  const odd = calls.find((attempts) => isOdd(finalResponse(attempts))) ?? calls.at(-1)
  if (!odd) return expected
  const response = finalResponse(odd)
  const error = isFailure(response) ? errorOf(response) : { class: 'InvalidResponseError' }
  return endingAfter(failing(expected, error), recorded, odd)
}

const isOdd = (response: WireResponse): boolean =>
  isFailure(response) ||
  !('json' in response) ||
  [response.json].flat().some((json) => typeof json !== 'object' || json === null)

/** A picture's URL is followed to five others at most. */
export const followLess = (expected: Expected): Expected => {
  const fetches = expected.exchanges.filter(({ request }) => request.kind === 'imageFetch')
  const redirects = fetches.findIndex(({ response }) => response.action !== 'drop' && response.status < 300)
  if ((redirects < 0 ? fetches.length : redirects) <= mostRedirects) return expected
  const kept = new Set(fetches.slice(0, mostRedirects + 1))
  expected.exchanges = expected.exchanges.filter(
    (each) => !asksModel(each) && (!each.request.kind || kept.has(each)),
  )
  return failing(expected, { class: 'InvalidURLImageInput' })
}

/** A picture as answer is the visualisation; as base64, since nothing else can be known of it. */
export const takeAnyPicture = (expected: Expected, recorded: Case): Expected => {
  if (expected.error?.class !== 'JSONDecodeError') return expected
  const results = sentOf(recorded, expected).map(({ attempts }) => {
    const response = finalResponse(attempts)
    const isPicture = response.action !== 'drop' && /^image\//.test(response.headers['content-type'] ?? '')
    return isPicture ? { visualization: response.bodyBase64 } : undefined
  })
  if (results.length === 0 || results.includes(undefined)) return expected
  return { ...expected, error: undefined, result: isList(recorded) ? results : results[0] }
}

export const filterClasses = (expected: Expected, recorded: Case): Expected => {
  const classes = configurationOf(recorded).class_filter as string[]
  for (const exchange of expected.exchanges) {
    if (asksModel(exchange)) exchange.request.query?.push(['class_filter', classes.join()])
  }
  expected.result = Array.isArray(expected.result)
    ? expected.result.map((result) => withClasses(result, classes))
    : withClasses(expected.result, classes)
  return expected
}

const withClasses = (result: unknown, classes: string[]): unknown => {
  const { predictions } = (result ?? {}) as { predictions?: unknown }
  if (!Array.isArray(predictions)) return result
  const kept = predictions.filter((each) => !('x' in each) || classes.includes(each.class))
  return { ...(result as object), predictions: kept }
}
