import { statSync } from 'node:fs'
import { asksModel, type Expected, failing, isError, isFailure } from '../replay/expected'
import { headerOf } from '../replay/images'
import type { Exchange } from '../replay/mock-server'
import type { Case, WireError } from '../replay/recorded'
import { fetchAlso, mostRedirects, stepsTo, withDownloadsUntil } from './downloads'
import { batchSizeOf, type Input, inputsOf, isConcurrent, isEncoded } from './inputs'
import { askingOf, chunksOf, sendAlso, sentOf } from './sent'

/** Why our client does not send an input. */
export type Reason =
  | 'unknown text'
  | 'odd URL'
  | 'no image'
  | 'directory'
  | 'no such kind'
  | 'not there'
  | 'a list'
  | 'nothing'
  | 'too far'

export const reasonOf = (input: Input): Reason | undefined => {
  const { kind, text = '', file, image } = input
  if (kind === 'text') return reasonOfText(text)
  if (kind === 'dir') return 'directory'
  if (kind === 'list') return 'a list'
  if (kind === 'nothing') return 'nothing'
  if (kind === 'other') return 'no such kind'
  if (!isEncoded(input) || file === undefined) return undefined
  if (!image) return 'not there'
  return image.format ? undefined : 'no image'
}

const reasonOfText = (text: string): Reason | undefined => {
  if (isUrl(text)) return 'odd URL'
  if (isImage(Buffer.from(text.replace(/^data:[^,]*,/, ''), 'base64'))) return undefined
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

/** Why an image's URL does not lead to it: what was answered on the way, or would have been. */
const reasonOfDownload = ({ requests, responses }: Case, input: Input): Reason | undefined => {
  const fetched = requests.map(({ kind, path = '' }) => kind && decodeURI(path))
  const steps = stepsTo(input).map((path) => responses[fetched.indexOf(decodeURI(path))])
  if (steps.length > mostRedirects + 1) return 'too far'
  if (steps.some((response) => response && isError(response))) return 'not there'
  const { bodyBase64, text } = (steps.at(-1) ?? {}) as { bodyBase64?: string; text?: string }
  const bytes = text === undefined ? Buffer.from(bodyBase64 ?? '', 'base64') : Buffer.from(text)
  return steps.at(-1) && !isImage(bytes) ? 'no image' : undefined
}

const isImage = (bytes: Buffer): boolean =>
  /^(JPEG|PNG|WEBP|GIF|TIFF|AVIF|HEIF|HEIC|BMP)$/.test(headerOf(bytes).format ?? '')

export const isRefused = (recorded: Case, reason: Reason): boolean =>
  firstRefused(recorded)?.reason === reason

/** The call ends at an input: images before it have been sent, as each is read when its turn comes. */
export const endingAtRefused = (recorded: Case, expected: Expected, error: WireError): Expected => {
  if (expected.error?.class === 'WrongClientModeError') return expected
  const { index = 0 } = firstRefused(recorded) ?? {}
  const size = batchSizeOf(recorded)
  const before = index - (index % size)
  const sent = sentOf(recorded, expected)
  if (isConcurrent(recorded) && Number.isFinite(size)) {
    const batch = sent.filter((each) => each.index >= before && each.index < before + size)
    return endingSomewhere(
      expected,
      recorded,
      error,
      batch.flatMap(({ attempts }) => attempts),
    )
  }
  const notSent = new Set(
    before === 0
      ? askingOf(recorded, expected).flat()
      : sent.filter((each) => each.index >= before).flatMap(({ attempts }) => attempts),
  )
  expected.exchanges = expected.exchanges.filter((exchange) => !notSent.has(exchange))
  const hasFailed = expected.exchanges.some(({ request, response }) => !request.kind && isFailure(response))
  if (hasFailed) return expected
  fetchAlso(expected, inputsOf(recorded).slice(0, index))
  for (const batch of unsent(recorded, expected, before)) sendAlso(recorded, expected, batch)
  return withDownloadsUntil(failing(expected, error), recorded, index)
}

/** Batches of inputs of which the SDK does not come to send any. */
const unsent = (recorded: Case, expected: Expected, end?: number): Input[][] => {
  const sent = new Set(sentOf(recorded, expected).map(({ index }) => index))
  const batches = chunksOf([...inputsOf(recorded).entries()].slice(0, end), batchSizeOf(recorded))
  return batches
    .filter((batch) => batch.every(([index]) => !sent.has(index)))
    .map((batch) => batch.map(([, input]) => input))
}

/** Those at the same time may or may not have been sent when a call ends. */
const endingSomewhere = (
  expected: Expected,
  recorded: Case,
  error: WireError,
  notSent: Exchange[],
): Expected => {
  fetchAlso(expected, inputsOf(recorded))
  for (const batch of unsent(recorded, expected)) sendAlso(recorded, expected, batch)
  expected.exchanges = expected.exchanges.filter((exchange) => !notSent.includes(exchange))
  for (const exchange of expected.exchanges) {
    if (exchange.request.kind || asksModel(exchange)) exchange.optional = true
  }
  return failing(expected, error)
}
