import { InvalidParameterError } from '../errors'
import type { RequestOptions } from '../http/requester'
import type { ImageReference } from '../images/references'
import type { CogvlmAnswer } from '../predictions/answers'
import { sentence } from '../sentence'
import { requestOptions } from './options'
import type { Kinds } from './shared/check-options'
import { type ClientContext, requireV1 } from './shared/context'
import { answerWith, askCoreModel, encodedImage } from './shared/core-models'
import { imageField } from './shared/image-field'
import { unlessRemoved } from './shared/removed-features'

export interface CogvlmOptions extends RequestOptions {
  /** What was said before, as pairs of question and answer, the oldest first. */
  chatHistory?: readonly (readonly [prompt: string, response: string])[] | undefined
}

export const cogvlmOptions: Kinds<CogvlmOptions> = { chatHistory: 'anything', ...requestOptions }

// An answer of many words takes minutes.
const timeout = 300_000

/** `POST /llm/cogvlm` (API v1): asks CogVLM about an image. Servers since 0.38 have it no more. */
export const promptCogvlm = async (
  context: ClientContext,
  image: ImageReference,
  prompt: string,
  { chatHistory, ...options }: CogvlmOptions,
): Promise<CogvlmAnswer> => {
  requireV1(context, 'CogVLM')
  if (typeof prompt !== 'string') throw new InvalidParameterError(sentence`The prompt of CogVLM is a text.`)
  const encoded = await encodedImage(context, image, options.signal)
  const fields = {
    model_id: 'cogvlm',
    prompt,
    image: imageField([encoded]),
    history: checkedHistory(chatHistory),
  }
  const call = {
    path: '/llm/cogvlm',
    fields,
    options: {
      ...options,
      attempts: options.attempts ?? 1,
      timeouts: { first: options.timeouts?.first ?? timeout, request: options.timeouts?.request ?? timeout },
    },
  }
  return unlessRemoved(context, 'cogvlm', options, async () =>
    answerWith<CogvlmAnswer>(await askCoreModel(context, call), 'response'),
  )
}

const checkedHistory = (history: CogvlmOptions['chatHistory']) => {
  const isPair = (pair: unknown) =>
    Array.isArray(pair) && pair.length === 2 && pair.every((text) => typeof text === 'string')
  if (history === undefined || history === null || (Array.isArray(history) && history.every(isPair)))
    return history
  throw new InvalidParameterError(
    sentence`The history of a chat is a list of pairs: [[prompt, response], …].`,
  )
}
