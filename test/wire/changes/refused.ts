import { statSync } from 'node:fs'
import { asksModel, type Expected, failing, isFailure } from '../replay/expected'
import { headerOf } from '../replay/pictures'
import type { Case, WireError } from '../replay/recorded'
import { batchSizeOf, type Input, inputsOf, isConcurrent, isEncoded } from './inputs'
import { sendAlso, sentOf } from './sent'

/** Why our client does not send an input. */
export type Reason = 'unknown text' | 'odd URL' | 'no picture' | 'directory' | 'no such kind' | 'not there'

export const reasonOf = (input: Input): Reason | undefined => {
  const { kind, text = '', file, picture } = input
  if (kind === 'text') return reasonOfText(text)
  if (kind === 'dir') return 'directory'
  if (kind === 'other') return 'no such kind'
  if (!isEncoded(input) || file === undefined) return undefined
  if (!picture) return 'not there'
  return picture.format ? undefined : 'no picture'
}

const reasonOfText = (text: string): Reason | undefined => {
  if (isUrl(text)) return 'odd URL'
  if (headerOf(Buffer.from(text.replace(/^data:[^,]*,/, ''), 'base64')).format) return undefined
  const file = statSync(text, { throwIfNoEntry: false })
  if (file?.isDirectory()) return 'directory'
  return file ? undefined : 'unknown text'
}

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text)

/** The first input that our client does not send, and why. */
export const firstRefused = (recorded: Case): { index: number; reason: Reason } | undefined => {
  for (const [index, input] of inputsOf(recorded).entries()) {
    const reason = reasonOf(input)
    if (reason) return { index, reason }
  }
  return undefined
}

export const isRefused = (recorded: Case, reason: Reason): boolean =>
  firstRefused(recorded)?.reason === reason

/** The call ends at an input: pictures before it have been sent, as each is read when its turn comes. */
export const endingAtRefused = (recorded: Case, expected: Expected, error: WireError): Expected => {
  const { index = 0 } = firstRefused(recorded) ?? {}
  const size = batchSizeOf(recorded)
  const before = index - (index % size)
  const sent = sentOf(recorded, expected)
  const notSent = new Set(sent.filter((each) => each.index >= before).flatMap(({ attempts }) => attempts))
  expected.exchanges = expected.exchanges.filter((exchange) => !notSent.has(exchange))
  const hasFailed = expected.exchanges.some(({ request, response }) => !request.kind && isFailure(response))
  if (hasFailed) return expected
  const missing = inputsOf(recorded)
    .slice(0, before)
    .filter((_, number) => !sent.some((each) => each.index === number))
  sendAlso(recorded, expected, missing)
  // those at the same time may or may not have been sent when it ends
  const isList = inputsOf(recorded).length > 1
  for (const exchange of expected.exchanges) {
    if ((exchange.request.kind && isList) || (asksModel(exchange) && isConcurrent(recorded)))
      exchange.optional = true
  }
  return failing(expected, error)
}
