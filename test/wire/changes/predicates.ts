import type { Expected } from '../replay/expected'
import { takesPictures } from '../replay/methods'
import { type Case, configurationOf, modeOf } from '../replay/recorded'
import { inputsOf, isList, isShrinking } from './inputs'
import { firstRefused } from './refused'
import { isMixed, shrunkOf } from './scaled'
import { answerTo, sentOf } from './sent'

/** Pictures are sent to a model, and predictions come back. */
export const infers = ({ call }: Case): boolean => takesPictures(call.method)

export const infersList = (recorded: Case): boolean => infers(recorded) && isList(recorded)

export const infersByV0 = (recorded: Case): boolean => infers(recorded) && modeOf(recorded) === 'v0'

export const shrinks = (recorded: Case): boolean => infers(recorded) && isShrinking(recorded)

/** Workflows have retries and errors of their own. */
export const isNoWorkflow = ({ call }: Case): boolean => !call.method.includes('workflow')

export const hasInput =
  (...kinds: string[]) =>
  (recorded: Case): boolean =>
    inputsOf(recorded).some(({ kind }) => kinds.includes(kind))

/** Bytes, paths as objects, tuples. */
export const hasPythonClass = (recorded: Case): boolean =>
  hasInput('bytes', 'pathlib')(recorded) || '$tuple' in Object(recorded.call.args.inference_input)

/** A picture of a list is refused after others have been sent. */
export const isRefusedLater = (recorded: Case): boolean =>
  infers(recorded) && (firstRefused(recorded)?.index ?? 0) > 0

export const hasClassFilter = (recorded: Case): boolean => {
  const filter = configurationOf(recorded).class_filter
  return Array.isArray(filter) && filter.length > 0
}

/** The SDK scales some predictions of a shrunk picture and others not, or fails at it. */
export const showsMixed = (expected: Expected, recorded: Case): boolean =>
  expected.error
    ? expected.error.class === 'KeyError' &&
      sentOf(recorded, expected).some((sent) => isMixed(answerTo(sent)))
    : shrunkOf(recorded, expected).some((sent) => isMixed(answerTo(sent)))

/** The models that are named in a case. */
export const modelsOf = ({ call, client, setup = [] }: Case): string[] => {
  const named = [call, ...setup].map(({ args }) => args.model_id || client.selectedModel)
  return [...new Set(named.filter((id) => typeof id === 'string'))]
}

/** What would reach another route than a model's. */
export const isNoModelId = (id: string): boolean => {
  const pieces = id.split('/')
  const isOdd = pieces.some((piece) => /^(|\.|\.\.)$|[\s?#\\%]/.test(piece))
  return isOdd || /^(model|infer|clip|workflows|inference_pipelines|doctr)$/.test(pieces[0] ?? '')
}

/** Errors of Python and of its libraries for an answer that is not what it should be. */
export const isRawError = ({ error }: Expected): boolean =>
  /^(JSONDecode|Value|Key|Attribute|Type)Error$/.test(error?.class ?? '')
