import {
  type Attempts,
  asksModel,
  attemptsOf,
  type Expected,
  errorOf,
  failing,
  finalResponse,
  isError,
  isFailure,
  isRawError,
  isTransient,
  succeeding,
} from '../replay/expected'
import type { Exchange } from '../replay/mock-server'
import {
  type Case,
  configurationOf,
  modeOf,
  type WireError,
  type WireRequest,
  type WireResponse,
} from '../replay/recorded'
import { inputsOf, isConcurrent, isList, isWorkflow } from './inputs'
import { endingAtRefused, isRefused, withDownloadsUntil } from './refused'
import { answersIn, jsonOf } from './routes'
import { answerTo, askingOf, fetchAlso, sendAlso, sentOf } from './sent'

/** The most attempts of one request. */
const mostAttempts = 3

export const keepList = (expected: Expected, recorded: Case): Expected => {
  const isUnwrapped = !expected.error && isList(recorded) && !Array.isArray(expected.result)
  if (isUnwrapped) expected.result = [expected.result]
  return expected
}

/** All pictures are sent, of which the SDK sends none. */
export const sendAll = (expected: Expected, recorded: Case): Expected => {
  if (expected.error?.class === 'WrongClientModeError') return expected
  fetchAlso(expected, inputsOf(recorded))
  if (askingOf(recorded, expected).length === 0) sendAlso(recorded, expected, inputsOf(recorded))
  const failedFetch = expected.exchanges.find(({ request, response }) => request.kind && isError(response))
  if (isRefused(recorded, 'not there') && failedFetch)
    return endingAtRefused(recorded, expected, errorOf(failedFetch.response))
  return isRefused(recorded, 'no such kind')
    ? endingAtRefused(recorded, expected, { class: 'InvalidInputFormatError' })
    : succeeding(expected, resultOfAnswers(recorded, expected))
}

/** Nothing is sent, not even for the download of a picture. */
export const sendNothing =
  (error: string) =>
  (expected: Expected, recorded: Case): Expected =>
    expected.error?.class === 'WrongClientModeError'
      ? expected
      : unchanged(failing({ ...expected, exchanges: [] }, { class: error }), recorded)

/** A call that fails selects no model, and none is unloaded. */
const unchanged = (expected: Expected, recorded: Case): Expected =>
  /load/.test(recorded.call.method)
    ? { ...expected, state: { ...expected.state, selectedModel: selectedBefore(recorded) } }
    : expected

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

/** How often a request is sent at most, and after which answers again. */
interface Retries {
  most: number
  again(response: WireResponse): boolean
}

const retries: Retries = { most: mostAttempts, again: isTransient }

/** Requests that failed are sent again, three times at most in all; what the last one brings counts. */
export const withRetries = (expected: Expected): Expected =>
  retried(expected, ({ path }) => (isRunPath(path) || isAskedOnce(path) ? undefined : retries))

/** Workflows may do something: they are sent again only where they have not been run. The server's words are kept. */
export const withWorkflowRetries = (expected: Expected, recorded: Case): Expected => {
  const most = configurationOf(recorded).workflow_run_retries_enabled === false ? 1 : mostAttempts
  const again = (response: WireResponse) =>
    response.action !== 'drop' && (response.status === 429 || response.status === 503)
  const sent = retried(expected, ({ path }) => (isRunPath(path) ? { most, again } : undefined))
  const last = askingOf(recorded, sent).at(-1)
  return sent.error && last && isFailure(finalResponse(last))
    ? failing(sent, errorOf(finalResponse(last)))
    : sent
}

const isRunPath = (path = ''): boolean => /\/workflows(\/|$)/.test(path)

const isAskedOnce = (path = ''): boolean => /\/(gaze_detection|cogvlm)$/.test(path)

const retried = (expected: Expected, retriesOf: (request: WireRequest) => Retries | undefined): Expected => {
  const replaced = new Map<Attempts[0], Attempts>()
  let failure: WireError | undefined
  for (const attempts of attemptsOf(expected.exchanges)) {
    const [first] = attempts
    const policy = first.request.kind === 'imageFetch' ? undefined : retriesOf(first.request)
    if (!policy) continue
    const { most, again } = policy
    const end = attempts.findIndex(({ response }) => !again(response))
    const sent = attempts.slice(0, end < 0 ? most : Math.min(most, end + 1)) as Attempts
    while (sent.length < most && again(finalResponse(sent))) {
      sent.push(structuredClone(sent.at(-1) ?? first))
    }
    replaced.set(first, sent)
    for (const other of attempts.slice(1)) replaced.set(other, [] as unknown as Attempts)
    if (attempts.length > sent.length) failure ??= errorOf(finalResponse(sent))
  }
  expected.exchanges = expected.exchanges.flatMap((exchange) => replaced.get(exchange) ?? [exchange])
  return failure ? failing(expected, failure) : expected
}

/** Whether a server of the recorded SDK's time has what was asked for is told by its version; the newest has not. */
export const withServerVersion = (expected: Expected, recorded: Case): Expected => {
  const last = askingOf(recorded, expected).at(-1)
  const response = last && finalResponse(last)
  if (!response || response.action === 'drop' || !goneStatuses(recorded).includes(response.status))
    return expected
  expected.exchanges.push({
    request: {
      method: 'GET',
      path: last[0].request.path?.replace(/\/(gaze|llm)\/.*$/, '/info'),
      body: { kind: 'empty' },
    },
    response: { status: 200, headers: {}, json: { name: 'server', version: '1.8.3', uuid: 'uuid' } },
  })
  return failing(expected, { class: 'FeatureDeprecatedError' })
}

const goneStatuses = ({ call }: Case): number[] =>
  call.method === 'prompt_cogvlm' ? [401, 403, 404, 405, 410, 503] : [404, 405, 410]

/** An address that an answer names is not asked; the call fails. */
export const stopAtRedirect = (expected: Expected, recorded: Case): Expected => {
  const redirected = attemptsOf(expected.exchanges).find((attempts) => attempts.some(isRedirect))
  if (!redirected) return expected
  const end = expected.exchanges.findIndex(isRedirect)
  const followed = pathOf(expected.exchanges[end])
  expected.exchanges = expected.exchanges.filter(
    ({ request }, index) =>
      request.kind || index <= end || (recorded.unordered === true && request.path !== followed),
  )
  const failed = failing(expected, errorOf(finalResponse(redirected)))
  return unchanged(endingAfter(failed, recorded, redirected), recorded)
}

const isRedirect = ({ request, response }: Exchange): boolean =>
  !request.kind && response.action !== 'drop' && response.status >= 300 && response.status < 400

/** Where an answer points. */
const pathOf = (exchange: Exchange | undefined): string | undefined =>
  exchange && exchange.response.action !== 'drop' ? exchange.response.headers.Location : undefined

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
    const carried = sentOf(recorded, expected).map(({ index }) => index)
    return 'inference_input' in recorded.call.args
      ? withDownloadsUntil(expected, recorded, Math.max(-1, ...carried))
      : expected
  }
  // those at the same time may or may not have been sent
  for (const exchange of exchanges)
    if (asksModel(exchange) && !last.includes(exchange)) exchange.optional = true
  return expected
}

/** The first request whose answer ends the call, and what is wrong with it. */
const firstWrong = (
  recorded: Case,
  expected: Expected,
): { attempts: Attempts; wrong: 'error' | 'not as promised' | 'too few or many' } | undefined => {
  const sent = 'inference_input' in recorded.call.args ? sentOf(recorded, expected) : []
  for (const attempts of attemptsOf(expected.exchanges)) {
    const [{ request }] = attempts
    if (request.kind === 'imageFetch') continue
    const response = finalResponse(attempts)
    if (isFailure(response)) return { attempts, wrong: 'error' }
    const answers = answersIn(request.path, response)
    if (!answers) return { attempts, wrong: 'not as promised' }
    const pictures = sent.filter((each) => each.attempts[0] === attempts[0]).length
    if (pictures > 0 && answers.length !== pictures) return { attempts, wrong: 'too few or many' }
  }
  return undefined
}

/** Which of two failures at the same time ends a call. */
const isUpToChance = (expected: Expected, recorded: Case): boolean =>
  isConcurrent(recorded) && expected.error !== undefined && !isRawError(expected)

/** A batch brings one answer for each of its pictures. */
export const needAllAnswers = (expected: Expected, recorded: Case): Expected => {
  if (isUpToChance(expected, recorded)) return expected
  const { attempts, wrong } = firstWrong(recorded, expected) ?? {}
  return attempts && wrong === 'too few or many' ? brokenAt(expected, recorded, attempts) : expected
}

/** What an answer is that cannot be understood: an error answer all the same, or one that breaks the API's promise. */
export const withErrorOfAnswer = (expected: Expected, recorded: Case): Expected => {
  const { attempts, wrong } = firstWrong(recorded, expected) ?? {}
  const last = attempts ?? attemptsOf(expected.exchanges.filter(({ request }) => !request.kind)).at(-1)
  if (!last) return expected
  return wrong === 'error'
    ? endingAfter(failing(expected, errorOf(finalResponse(last))), recorded, last)
    : brokenAt(expected, recorded, last)
}

/** An answer that has not what it was asked for. */
export const needPromised = (expected: Expected, recorded: Case): Expected => {
  if (isUpToChance(expected, recorded)) return expected
  const { attempts, wrong } = firstWrong(recorded, expected) ?? {}
  return attempts && wrong === 'not as promised' ? brokenAt(expected, recorded, attempts) : expected
}

const brokenAt = (expected: Expected, recorded: Case, attempts: Attempts): Expected => {
  const failed = failing(expected, { class: 'InvalidResponseError' })
  return unchanged(endingAfter(failed, recorded, attempts), recorded)
}

/** The model that was selected before the call. */
const selectedBefore = ({ setup = [], client }: Case): string | null => {
  const selecting = setup.findLast(({ method }) => /^(use|select)_model$/.test(method))
  return (selecting?.args.model_id as string | undefined) ?? client.selectedModel
}

/** The answers themselves are the result, where all are as promised. */
export const passOnAnswers = (expected: Expected, recorded: Case): Expected =>
  firstWrong(recorded, expected) || (expected.error && expected.error.class !== 'KeyError')
    ? expected
    : succeeding(expected, resultOfAnswers(recorded, expected))

/** A model's description is what the server says of it; the SDK fills in and leaves out. */
export const passOnModels = (expected: Expected, recorded: Case): Expected => {
  if (firstWrong(recorded, expected) || (expected.error && !isRawError(expected))) return expected
  const answers = expected.exchanges.map(
    ({ response }) => jsonOf(response) as { models: { model_id?: string }[] },
  )
  if (recorded.call.method !== 'get_model_description') return succeeding(expected, answers.at(-1))
  const { model_id: id } = (expected.result ?? {}) as { model_id?: string }
  const described = answers.flatMap(({ models }) => models).find((model) => model.model_id === id)
  return { ...expected, result: described ?? expected.result }
}

/** What our client makes of the answers, where they are passed on as they are. */
export const resultOfAnswers = (recorded: Case, expected: Expected): unknown => {
  if ('inference_input' in recorded.call.args) {
    const sent = sentOf(recorded, expected).sort((one, other) => one.index - other.index)
    const answers = sent.map(answerTo)
    return isList(recorded) ? answers : answers[0]
  }
  const [attempts] = askingOf(recorded, expected)
  const answer = attempts && jsonOf(finalResponse(attempts))
  return isWorkflow(recorded.call.method) ? (answer as { outputs?: unknown } | undefined)?.outputs : answer
}

/** A picture's URL is followed to five others at most. */
export const followLess = (expected: Expected, recorded: Case): Expected => {
  return isRefused(recorded, 'too far')
    ? endingAtRefused(recorded, expected, { class: 'InvalidURLImageInput' })
    : expected
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
    if (asksModel(exchange) && modeOf(recorded) === 'v0')
      exchange.request.query?.push(['class_filter', classes.join()])
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
