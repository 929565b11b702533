import {
  asksModel,
  type Expected,
  errorOf,
  failing,
  isError,
  isFailure,
  succeeding,
} from '../replay/expected'
import { type Case, configurationOf, modeOf } from '../replay/recorded'
import { resultOfAnswers } from './answers'
import { fetchAlso } from './downloads'
import { unchanged } from './endings'
import { inputsOf, isList } from './inputs'
import { endingAtRefused, isRefused } from './refused'
import { askingOf, sendAlso } from './sent'

export const keepList = (expected: Expected, recorded: Case): Expected => {
  const isUnwrapped = !expected.error && isList(recorded) && !Array.isArray(expected.result)
  if (isUnwrapped) expected.result = [expected.result]
  return expected
}

/** All images are sent, of which the SDK sends none. */
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

/** Nothing is sent, not even for the download of an image. */
export const sendNothing =
  (error: string) =>
  (expected: Expected, recorded: Case): Expected =>
    expected.error?.class === 'WrongClientModeError'
      ? expected
      : unchanged(failing({ ...expected, exchanges: [] }, { class: error }), recorded)

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

/** An image's URL is followed to five others at most. */
export const followLess = (expected: Expected, recorded: Case): Expected => {
  return isRefused(recorded, 'too far')
    ? endingAtRefused(recorded, expected, { class: 'InvalidURLImageInput' })
    : expected
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
