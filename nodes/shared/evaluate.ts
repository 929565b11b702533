import type { Node, NodeAPI } from 'node-red'
import { abortedAfter, InvalidParameterError, sentence, unlessAborted } from '../../src/index'
import { InputTimeoutError } from './failure'

/** A dialog's properties: `model` and `modelType` belong together, as the editor's TypedInput stores them. */
export type Properties = Record<string, unknown>

/** What properties are evaluated for: one message in one node. */
export interface Evaluation {
  RED: NodeAPI
  node: Node
  properties: Properties
  msg: Record<string, unknown>
  signal: AbortSignal
}

export const typeOf = (properties: Properties, property: string): string =>
  String(properties[`${property}Type`] ?? 'str')

/** What was typed into the dialog, as opposed to what messages or context bring in. */
export const isTypedIn = (type: string): boolean => !['msg', 'flow', 'global', 'jsonata'].includes(type)

export const evaluateProperty = (evaluation: Evaluation, property: string): Promise<unknown> =>
  evaluate(evaluation, evaluation.properties[property], typeOf(evaluation.properties, property))

/** How a property is called in errors: where its value comes from, such as `msg.payload`. */
export const nameOf = (properties: Properties, property: string): string =>
  nameOfValue(properties[property], typeOf(properties, property))

const nameOfValue = (value: unknown, type: string): string => {
  const text = String(value ?? '').slice(0, 80)
  return ['msg', 'flow', 'global'].includes(type) ? `${type}.${text}` : `${type} ${JSON.stringify(text)}`
}

/** The value that a dialog's field stands for. Throws `InvalidParameterError` or `InputTimeoutError`. */
export const evaluate = async (evaluation: Evaluation, value: unknown, type: string): Promise<unknown> => {
  try {
    return await arrived(
      evaluation,
      nameOfValue(value, type),
      evaluated(evaluation, String(value ?? ''), type),
    )
  } catch (error) {
    evaluation.signal.throwIfAborted()
    if (error instanceof InputTimeoutError) throw error
    const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
    // a property of something that is not there is not there either
    if (type === 'msg' && code !== 'INVALID_EXPR') return undefined
    throw new InvalidParameterError(
      sentence`${nameOfValue(value, type)} cannot be read: ${String(message ?? error)}.`,
    )
  }
}

/** Always by callback: stores other than memory are asynchronous, and JSONata insists on it. */
const evaluated = ({ RED, node, msg }: Evaluation, text: string, type: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    RED.util.evaluateNodeProperty(text, type, node, msg, (error, result) =>
      error ? reject(error) : resolve(result),
    )
  })

const longestWait = 15_000

/** What a promise brings, in time: one that is never kept would hold its message, and those behind it, for ever. */
const arrived = async ({ signal }: Evaluation, name: string, value: Promise<unknown>) => {
  const limit = abortedAfter(longestWait, signal)
  try {
    return await unlessAborted(value, limit.signal)
  } catch (error) {
    throw limit.expired ? new InputTimeoutError(name, longestWait / 1000) : error
  } finally {
    limit.clear()
  }
}
