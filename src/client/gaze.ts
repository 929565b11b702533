import { InvalidResponseError } from '../errors'
import type { RequestOptions } from '../http/requester'
import type { GazeAnswer } from '../predictions/answers'
import { sentence } from '../sentence'
import { type ClientContext, requireV1 } from './shared/context'
import { askAboutImages } from './shared/core-models'
import type { Images } from './shared/in-batches'
import { unlessRemoved } from './shared/removed-features'

// More than this in one request is an error 500 (0.37.1 and 1.2.7).
const batchSize = 8

/** `POST /gaze/gaze_detection` (API v1): where faces look. Servers since 1.2.8 have it no more. */
export const detectGazes = async (
  context: ClientContext,
  images: Images,
  options: RequestOptions,
): Promise<GazeAnswer | GazeAnswer[]> => {
  requireV1(context, sentence`Detecting gazes`)
  const call = {
    path: '/gaze/gaze_detection',
    batchSize,
    options: { ...options, attempts: options.attempts ?? 1 },
  }
  return unlessRemoved(context, 'gaze', options, () => askAboutImages(context, images, call, answers))
}

/** A list also for one image. */
const answers = (answer: unknown): GazeAnswer[] => {
  if (Array.isArray(answer) && answer.every((one) => Array.isArray(one?.predictions))) return answer
  throw new InvalidResponseError(sentence`The server's answer has no predictions.`)
}
