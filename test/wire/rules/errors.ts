import * as answers from '../changes/answers'
import { hasOddArgument } from '../changes/arguments'
import * as ending from '../changes/endings'
import { isList } from '../changes/inputs'
import * as predicate from '../changes/predicates'
import * as change from '../changes/requests'
import { isRawError } from '../replay/expected'
import type { Rule } from './rule'

/** What ends a call. */
export const errorRules: Rule[] = [
  {
    name: 'Answers that cannot be understood are errors of this client',
    reason:
      "What is not JSON, or not what the API promises, ends the SDK with Python's own errors (JSONDecodeError, " +
      'ValueError, KeyError, AttributeError). Here it is an InvalidResponseError; an answer of status 400 or more ' +
      'stays an HTTPCallErrorError with its text.',
    applies: () => true,
    change: (expected, recorded) =>
      isRawError(expected) ? answers.withErrorOfAnswer(expected, recorded) : expected,
  },
  {
    name: 'An answer has what was asked for',
    reason:
      'The SDK passes on whatever JSON comes. Here an answer without embeddings, `similarity`, text (`result`), ' +
      '`outputs` or `models`, as another server or a proxy may give it, is an InvalidResponseError.',
    applies: (recorded) => !predicate.infers(recorded),
    change: answers.needPromised,
  },
  {
    name: 'All methods throw the same errors',
    reason:
      'Called directly, `infer_from_api_v0` and `infer_from_api_v1` of the SDK let errors of the HTTP library ' +
      'through. Here all methods throw HTTPCallErrorError and its relatives.',
    applies: ({ call }) => /_from_api_v[01]$/.test(call.method),
    change: (expected, recorded) => {
      if (expected.error?.class === 'HTTPError') return answers.withErrorOfAnswer(expected, recorded)
      if (expected.error?.class !== 'ConnectionError') return expected
      return { ...expected, error: { class: 'HTTPServerConnectionError' } }
    },
  },
  {
    name: 'One loop of retries, for all requests',
    reason:
      'The SDK sends images again after 429, 503, 504 and a lost connection, in two nested loops: up to nine times; ' +
      'other requests, such as texts for CLIP or `/model/registry`, never. Here all are sent at most three times, after ' +
      '502 as well; the pause grows, and `Retry-After` is honoured. `attempts: 1` switches it off.',
    applies: () => true,
    change: ending.withRetries,
  },
  {
    name: 'Workflows do not run twice',
    reason:
      'A workflow may send mails, or count. The SDK runs it again after 429, 503, 504 and a lost connection, and then ' +
      "hides the server's words (`api_message` is None). Here it runs again after 429 and 503, and where no connection " +
      "stood: then it has not begun. The error has the server's words.",
    applies: predicate.runsWorkflow,
    change: ending.withWorkflowRetries,
  },
  {
    name: 'A list ends with its first failure',
    reason:
      'When one image of a list fails, the SDK sends all others before it raises the error, and throws their ' +
      'answers away. Here the remaining ones are not sent, and the error says which image it was.',
    applies: isList,
    change: ending.stopAtFailure,
  },
  {
    name: 'Model ids are ids',
    reason:
      "Ids with empty pieces, `..` or blanks inside, or in API v0 with one of the server's own routes in front, would " +
      'reach something else than a model. They are an InvalidModelIdentifier, and nothing is sent.',
    applies: predicate.hasOddModelId,
    change: change.sendNothing('InvalidModelIdentifier'),
  },
  {
    name: 'Names of workflows are names',
    reason:
      'The SDK puts names of workspaces and workflows into the path as they are: `..`, `a/b` or `x?y` would reach ' +
      "something else, as would a workspace named as one of the server's own routes. They are an " +
      'InvalidParameterError, and nothing is sent.',
    applies: predicate.hasOddName,
    change: change.sendNothing('InvalidParameterError'),
  },
  {
    name: 'An OCR model that does not exist is an InvalidParameterError',
    reason:
      "Python's ValueError is raised when all images have been read. Here the model is looked at first.",
    applies: predicate.asksUnknownOcr,
    change: change.sendNothing('InvalidParameterError'),
  },
  {
    name: 'Arguments of a wrong type are an InvalidParameterError',
    reason:
      'The SDK sends versions, flags, lists and specifications of any type, and the server answers 422, or takes them ' +
      'for something else. Here nothing is sent.',
    applies: hasOddArgument,
    change: change.sendNothing('InvalidParameterError'),
  },
]
