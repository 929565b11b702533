import { statSync } from 'node:fs'
import { asksModel, type Expected, failing, isError, isFailure } from '../replay/expected'
import { headerOf } from '../replay/pictures'
import type { Case, WireError } from '../replay/recorded'
import { batchSizeOf, type Input, inputsOf, isConcurrent, isEncoded } from './inputs'
import { askingOf, sendAlso, sentOf, stepsTo } from './sent'

/** Why our client does not send an input. */
export type Reason =
  | 'unknown text'
  | 'odd URL'
  | 'no picture'
  | 'directory'
  | 'no such kind'
  | 'not there'
  | 'a list'
  | 'nothing'
  | 'too far'

export const reasonOf = (input: Input): Reason | undefined => {
  const { kind, text = '', file, picture } = input
  if (kind === 'text') return reasonOfText(text)
  if (kind === 'dir') return 'directory'
  if (kind === 'list') return 'a list'
  if (kind === 'nothing') return 'nothing'
  if (kind === 'other') return 'no such kind'
  if (!isEncoded(input) || file === undefined) return undefined
  if (!picture) return 'not there'
  return picture.format ? undefined : 'no picture'
}

const reasonOfText = (text: string): Reason | undefined => {
  if (isUrl(text)) return 'odd URL'
  const { format = '' } = headerOf(Buffer.from(text.replace(/^data:[^,]*,/, ''), 'base64'))
  if (/^(JPEG|PNG|WEBP|GIF|TIFF|AVIF|HEIF|HEIC|BMP)$/.test(format)) return undefined
  const file = statSync(text, { throwIfNoEntry: false })
  if (file?.isDirectory()) return 'directory'
  return file ? undefined : 'unknown text'
}

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text)

/** The first input that our client does not send, and why. */
export const firstRefused = (recorded: Case): { index: number; reason: Reason } | undefined => {
  for (const [index, input] of inputsOf(recorded).entries()) {
    const reason = reasonOfDownload(recorded, input) ?? reasonOf(input)
    if (reason) return { index, reason }
  }
  return undefined
}

/** The most redirects of a picture's URL. */
export const mostRedirects = 5

/** Why a picture's URL does not lead to it: what was answered on the way, or would have been. */
const reasonOfDownload = ({ requests, responses }: Case, input: Input): Reason | undefined => {
  const fetched = requests.map(({ kind, path = '' }) => kind && decodeURI(path))
  const steps = stepsTo(input).map((path) => responses[fetched.indexOf(decodeURI(path))])
  if (steps.length > mostRedirects + 1) return 'too far'
  return steps.some((response) => response && isError(response)) ? 'not there' : undefined
}

export const isRefused = (recorded: Case, reason: Reason): boolean =>
  firstRefused(recorded)?.reason === reason

/** The call ends at an input: pictures before it have been sent, as each is read when its turn comes. */
export const endingAtRefused = (recorded: Case, expected: Expected, error: WireError): Expected => {
  const { index = 0 } = firstRefused(recorded) ?? {}
  const size = batchSizeOf(recorded)
  const before = index - (index % size)
  const sent = sentOf(recorded, expected)
  const notSent = new Set(
    before === 0
      ? askingOf(recorded, expected).flat()
      : sent.filter((each) => each.index >= before).flatMap(({ attempts }) => attempts),
  )
  expected.exchanges = expected.exchanges.filter((exchange) => !notSent.has(exchange))
  const hasFailed = expected.exchanges.some(({ request, response }) => !request.kind && isFailure(response))
  if (hasFailed) return expected
  const missing = inputsOf(recorded)
    .slice(0, before)
    .filter((_, number) => !sent.some((each) => each.index === number))
  if (missing.length > 0) sendAlso(recorded, expected, missing)
  const failed = failing(expected, error)
  if (!isConcurrent(recorded)) return withDownloadsUntil(failed, recorded, index)
  // those at the same time may or may not have been sent when it ends
  for (const exchange of failed.exchanges) {
    if (exchange.request.kind || asksModel(exchange)) exchange.optional = true
  }
  return failed
}

/** Pictures are downloaded one after the other, until one ends the call. */
const withDownloadsUntil = (expected: Expected, recorded: Case, last: number): Expected => {
  const before = (recorded.setup ?? []).flatMap((call) => inputsOf(recorded, call))
  const reached = [...before, ...inputsOf(recorded).slice(0, last + 1)].flatMap((input) =>
    stepsTo(input)
      .slice(0, mostRedirects + 1)
      .map(decodeURI),
  )
  const exchanges = expected.exchanges.filter(({ request: { kind, path = '' } }) => {
    const at = reached.indexOf(decodeURI(path))
    return !kind || (at >= 0 && reached.splice(at, 1))
  })
  return { ...expected, exchanges }
}
