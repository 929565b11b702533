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
import type { Exchange } from '../replay/mock-server'
import {
  type Case,
  configurationOf,
  type WireError,
  type WireRequest,
  type WireResponse,
} from '../replay/recorded'
import { withDownloadsUntil } from './downloads'
import { isConcurrent } from './inputs'
import { askingOf, sentOf } from './sent'

/** A call that fails selects no model, and none is unloaded. */
export const unchanged = (expected: Expected, recorded: Case): Expected =>
  /load/.test(recorded.call.method)
    ? { ...expected, state: { ...expected.state, selectedModel: selectedBefore(recorded) } }
    : expected

/** The model that was selected before the call. */
const selectedBefore = ({ setup = [], client }: Case): string | null => {
  const selecting = setup.findLast(({ method }) => /^(use|select)_model$/.test(method))
  return (selecting?.args.model_id as string | undefined) ?? client.selectedModel
}

export const endingAfter = (expected: Expected, recorded: Case, last: Attempts): Expected => {
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

/** What follows a request that failed for good is not sent. */
export const stopAtFailure = (expected: Expected, recorded: Case): Expected => {
  const failed = attemptsOf(expected.exchanges).find(
    (attempts) => asksModel(attempts[0]) && isFailure(finalResponse(attempts)),
  )
  return failed ? endingAfter(expected, recorded, failed) : expected
}

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

/** The most attempts of one request. */
const mostAttempts = 3

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
