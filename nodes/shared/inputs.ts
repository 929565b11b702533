import { InvalidParameterError, type LoadOptions, sentence, type Words } from '../../src/index'
import { type Evaluation, evaluateProperty, typeOf } from './evaluate'
import type { ReferencePolicy } from './references'
import type { StatusLine } from './status'

/** One message on its way through one node. */
export interface MessageContext extends Evaluation {
  status: StatusLine
  references: ReferencePolicy
  /** How images are read: with the limits of the node's server, where it has one. */
  loading: LoadOptions
}

/** One thing that a node takes from its dialog or from messages, under the property that it is named after. */
export interface Input<T> {
  /** Throws an error that says what is wrong with the value; where it came from is added by the caller. */
  read(context: MessageContext, property: string): Promise<T>
  /** Bytes of images that wait with the message until it is read. */
  weight?(context: Pick<Evaluation, 'RED' | 'msg' | 'properties'>, property: string): number
}

export type Inputs<T> = { [Name in keyof T]: Input<T[Name]> }

/** What is left blank, in the dialog or in the message, is nothing. */
const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

const kindOf = (value: unknown): Words =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? sentence`a list`
      : ArrayBuffer.isView(value)
        ? sentence`bytes`
        : typeof value

/** An input whose value is told by the value alone; blank is undefined. */
const input = <T>(expected: Words, read: (value: unknown) => T | undefined): Input<T | undefined> => ({
  async read(context, property) {
    // a blank number would count as 0, blank JSON as a mistake
    if (isBlank(context.properties[property])) return undefined
    const value = await evaluateProperty(context, property)
    if (isBlank(value)) return undefined
    const found = read(value)
    if (found !== undefined) return found
    throw new InvalidParameterError(sentence`${property} should be ${expected}, but is ${kindOf(value)}.`)
  },
})

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined

const asTexts = (value: unknown): string[] | undefined => {
  if (!Array.isArray(value))
    return asText(value)
      ?.split(',')
      .flatMap((item) => item.trim() || [])
  const texts = value.map(asText)
  return texts.every((text) => text !== undefined) ? texts : undefined
}

/** A text, or a number as text. */
export const textInput = () => input(sentence`a text`, asText)

/** Texts: a list, or one text in which commas separate them, as environment variables and dialogs have it. */
export const textsInput = () => input(sentence`a list of texts`, asTexts)

/** A text, or a list of them. */
export const textOrTextsInput = () =>
  input(sentence`a text or a list of texts`, (value) =>
    Array.isArray(value) ? asTexts(value) : asText(value),
  )

/** A number, or a text that is one, as environment variables are. */
export const numberInput = () =>
  input(sentence`a number`, (value) => {
    const number = typeof value === 'string' ? Number(value) : value
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined
  })

/** Numbers in one text, with commas between them; brackets play no part. */
export const numbersInput = () =>
  input(sentence`numbers with commas between them`, (value) => {
    const numbers = asTexts(String(value).replace(/[[\]]/g, ''))?.map(Number)
    return numbers?.every(Number.isFinite) ? numbers : undefined
  })

/** true or false, also as texts. */
export const flagInput = () =>
  input(sentence`true or false`, (value) => {
    if (typeof value === 'boolean') return value
    const text = asText(value)?.toLowerCase()
    return text === 'true' ? true : text === 'false' ? false : undefined
  })

/** One of some texts. */
export const choiceInput = <const Choice extends string>(choices: readonly Choice[]) =>
  input(sentence`one of ${choices.join(', ')}`, (value) => choices.find((choice) => choice === value))

/** A list of anything; also as JSON. */
export const listInput = () =>
  input(sentence`a list`, (value) => {
    const list = fromJson(value)
    return Array.isArray(list) ? list : undefined
  })

/** A plain object; also as JSON. */
export const objectInput = () =>
  input(sentence`an object`, (value) => {
    const object = fromJson(value)
    const isPlain = typeof object === 'object' && object !== null && !Array.isArray(object)
    return isPlain && !ArrayBuffer.isView(object) ? (object as Record<string, unknown>) : undefined
  })

const fromJson = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** The same input where it has to be filled in. */
export const required = <T>(optional: Input<T | undefined>): Input<T> => ({
  ...optional,
  async read(context, property) {
    const value = await optional.read(context, property)
    if (value !== undefined) return value
    throw new InvalidParameterError(
      sentence`${property} is missing.`,
      sentence`Fill it in, or send it in the message.`,
    )
  },
})

/** What stands at the place in the message that a property names, before the message's turn has come. */
export const valueInMessage = (
  { RED, msg, properties }: Pick<Evaluation, 'RED' | 'msg' | 'properties'>,
  property: string,
): unknown => {
  if (typeOf(properties, property) !== 'msg') return undefined
  try {
    return RED.util.getMessageProperty(msg, String(properties[property]))
  } catch {
    return undefined
  }
}
