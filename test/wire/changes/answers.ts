import {
  type Attempts,
  attemptsOf,
  type Expected,
  errorOf,
  failing,
  finalResponse,
  isFailure,
  isRawError,
  succeeding,
} from '../replay/expected'
import type { Case } from '../replay/recorded'
import { endingAfter, unchanged } from './endings'
import { isConcurrent, isList, isWorkflow } from './inputs'
import { answersIn, jsonOf } from './routes'
import { answerTo, askingOf, sentOf } from './sent'

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
    const images = sent.filter((each) => each.attempts[0] === attempts[0]).length
    if (images > 0 && answers.length !== images) return { attempts, wrong: 'too few or many' }
  }
  return undefined
}

/** Which of two failures at the same time ends a call. */
const isUpToChance = (expected: Expected, recorded: Case): boolean =>
  isConcurrent(recorded) && expected.error !== undefined && !isRawError(expected)

/** A batch brings one answer for each of its images. */
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

/** An image as answer is the visualisation; as base64, since nothing else can be known of it. */
export const takeAnyImage = (expected: Expected, recorded: Case): Expected => {
  if (expected.error?.class !== 'JSONDecodeError') return expected
  const results = sentOf(recorded, expected).map(({ attempts }) => {
    const response = finalResponse(attempts)
    const isImage = response.action !== 'drop' && /^image\//.test(response.headers['content-type'] ?? '')
    return isImage ? { visualization: response.bodyBase64 } : undefined
  })
  if (results.length === 0 || results.includes(undefined)) return expected
  return { ...expected, error: undefined, result: isList(recorded) ? results : results[0] }
}
