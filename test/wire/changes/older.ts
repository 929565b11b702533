import { readFileSync } from 'node:fs'
import path from 'node:path'
import { asksModel, type Expected, errorOf, failing, isError, succeeding } from '../replay/expected'
import { type ImageField, imageFields } from '../replay/image-fields'
import { type Case, modeOf, type WireRequest, type WireResponse } from '../replay/recorded'
import { resultOfAnswers } from './answers'
import { leaveUntouched } from './images'
import { batchSizeOf, infersByModel, inputsOf, isList } from './inputs'
import { sendAll } from './requests'
import { answersIn, jsonOf } from './routes'
import { askingOf, chunksOf } from './sent'

const tables = JSON.parse(readFileSync(path.join(__dirname, '../tables.json'), 'utf8'))

/** What version 1.8 sends where versions before 0.16 did not: our client follows the newer one. */
export const asVersion18 = (expected: Expected, recorded: Case): Expected => {
  const { apiKey } = recorded.client
  const isAlias = String(recorded.call.args.model_id) in tables.aliases
  splitLists(expected, recorded)
  for (const exchange of expected.exchanges) {
    const { request } = exchange
    if (request.path?.endsWith('/model/registry') && apiKey !== null) request.query?.push(['api_key', apiKey])
    if (!asksModel(exchange) || !infersByModel(recorded.call.method)) continue
    if (modeOf(recorded) === 'v0') request.query?.push(['allow_reduced_mask_resolution', 'False'])
    else if (request.path?.endsWith('/instance_segmentation') && request.body.kind === 'json') {
      Object.assign(request.body.json as object, { allow_reduced_mask_resolution: false })
    }
  }
  if (isList(recorded) && inputsOf(recorded).length === 0) return askingNothing(expected)
  const isRefused = expected.error?.class === 'InvalidModelIdentifier' ? isAlias : holdsBase64(recorded)
  return isRefused && expected.error?.class !== 'WrongClientModeError'
    ? sendAll(expected, recorded)
    : withNewErrors(leaveUntouched(expected, recorded))
}

/** No text but a path or a URL was an image. */
const holdsBase64 = (recorded: Case): boolean =>
  inputsOf(recorded).some(({ kind }) => kind === 'base64' || kind === 'dataUri')

/** An empty list was asked about as well. */
const askingNothing = (expected: Expected): Expected =>
  succeeding({ ...expected, exchanges: expected.exchanges.filter((each) => !asksModel(each)) }, [])

/** Errors did not say what a server told as its `detail`, and lost connections had none of their own. */
const withNewErrors = (expected: Expected): Expected => {
  const { error, exchanges } = expected
  const last = exchanges.at(-1)?.response
  if (error?.class === 'ConnectionError') return failing(expected, { class: 'HTTPServerConnectionError' })
  return error?.class === 'HTTPCallErrorError' && last && isError(last)
    ? failing(expected, errorOf(last))
    : expected
}

/** Lists of images for CLIP and gazes were sent in one request, however long. */
const splitLists = (expected: Expected, recorded: Case): void => {
  const size = batchSizeOf(recorded)
  const calls = isList(recorded) ? askingOf(recorded, expected).map(([first]) => first) : []
  for (const exchange of calls) {
    const { request, response } = exchange
    const images = request.body.kind === 'json' ? imageFields(request.body.json) : []
    if (images.length <= size) continue
    const isAnswer = answersIn(request.path, response) !== undefined
    const pieces = chunksOf(images, size).map((image, index) => ({
      request: withImages(request, image),
      response: isAnswer ? answerFor(response, index * size, image.length) : response,
    }))
    const sent = isAnswer ? pieces : pieces.slice(0, 1)
    expected.exchanges.splice(expected.exchanges.indexOf(exchange), 1, ...sent)
    if (!expected.error) expected.result = resultOfAnswers(recorded, expected)
  }
}

const withImages = (request: WireRequest, images: ImageField[]): WireRequest => {
  if (request.body.kind !== 'json') return request
  const image = images.length > 1 ? images : images[0]
  return { ...request, body: { kind: 'json', json: { ...(request.body.json as object), image } } }
}

/** What of an answer to a list of images is about these. */
const answerFor = (response: WireResponse, start: number, count: number): WireResponse => {
  const json = jsonOf(response)
  const piece = <T>(list: T[]) => list.slice(start, start + count)
  const answer = Array.isArray(json)
    ? piece(json)
    : { ...(json as object), embeddings: piece((json as { embeddings: unknown[] }).embeddings) }
  return { status: 200, headers: {}, json: answer }
}
