import * as predicate from '../changes/predicates'
import * as change from '../changes/requests'
import type { Rule } from './rule'

/** What ends a call. */
export const errorRules: Rule[] = [
  {
    name: 'Answers that cannot be understood are errors of this client',
    reason:
      "What is not JSON, or not what the API promises, ends the SDK with Python's own errors (JSONDecodeError, " +
      'ValueError, KeyError, AttributeError). Here it is an InvalidResponseError; an answer of status 400 or more ' +
      'stays an HTTPCallErrorError with its text.',
    applies: predicate.isNoWorkflow,
    change: (expected, recorded) =>
      predicate.isRawError(expected) ? change.withErrorOfAnswer(expected, recorded) : expected,
  },
  {
    name: 'All methods throw the same errors',
    reason:
      'Called directly, `infer_from_api_v0` and `infer_from_api_v1` of the SDK let errors of the HTTP library ' +
      'through. Here all methods throw HTTPCallErrorError and its relatives.',
    applies: ({ call }) => /_from_api_v[01]$/.test(call.method),
    change: (expected, recorded) => {
      if (expected.error?.class === 'HTTPError') return change.withErrorOfAnswer(expected, recorded)
      if (expected.error?.class !== 'ConnectionError') return expected
      return { ...expected, error: { class: 'HTTPServerConnectionError' } }
    },
  },
  {
    name: 'One loop of retries, for all requests',
    reason:
      'The SDK sends pictures and workflows again after 429, 503, 504 and a lost connection, in two nested loops: ' +
      'up to nine times. Here all requests are sent at most three times, after 502 as well; the pause grows, and ' +
      '`Retry-After` is honoured. `attempts: 1` switches it off.',
    applies: predicate.isNoWorkflow,
    change: change.withRetries,
  },
  {
    name: 'A list ends with its first failure',
    reason:
      'When one picture of a list fails, the SDK sends all others before it raises the error, and throws their ' +
      'answers away. Here the remaining ones are not sent, and the error says which picture it was.',
    applies: predicate.infersList,
    change: change.stopAtFailure,
  },
  {
    name: 'Model ids are ids',
    reason:
      "Ids with empty pieces, `..` or blanks inside, or that begin with one of the server's own routes, would reach " +
      'something else than a model. They are an InvalidModelIdentifier, and nothing is sent.',
    applies: (recorded) =>
      predicate.infers(recorded) && predicate.modelsOf(recorded).some(predicate.isNoModelId),
    change: (expected) => ({
      ...expected,
      exchanges: [],
      result: undefined,
      error: { class: 'InvalidModelIdentifier' },
    }),
  },
]
