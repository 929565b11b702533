import type { Node, NodeAPI } from 'node-red'
import { InvalidParameterError } from '../../src/index'
import type { ReferencePolicy } from './references'

/** A dialog's properties: `model` and `modelType` belong together, as the editor's TypedInput stores them. */
export type Properties = Record<string, unknown>

/** One message on its way through one node. */
export interface Scope extends Source {
  signal: AbortSignal
  references: ReferencePolicy
}

/** What a property can be evaluated from. */
export interface Source {
  RED: NodeAPI
  node: Node
  properties: Properties
  msg: Record<string, unknown>
}

/** One thing that a node takes from its dialog or from messages, under the property that it is named after. */
export interface Input<T> {
  read(scope: Scope, property: string): Promise<T>
  /** Bytes of images that wait with the message until it is read. */
  weight?(scope: Pick<Scope, 'RED' | 'msg' | 'properties'>, property: string): number
}

export type Inputs<T> = { [Name in keyof T]: Input<T[Name]> }

export const typeOf = (properties: Properties, property: string): string =>
  String(properties[`${property}Type`] ?? 'str')

/** What was typed into the dialog, as opposed to what messages or context bring in. */
export const isTypedIn = (type: string): boolean => !['msg', 'flow', 'global', 'jsonata'].includes(type)

/** Always by callback: stores other than memory are asynchronous, and JSONata insists on it. */
export const evaluate = async (
  { RED, node, msg }: Source,
  value: unknown,
  type: string,
): Promise<unknown> => {
  const text = String(value ?? '')
  try {
    return await new Promise((resolve, reject) => {
      RED.util.evaluateNodeProperty(text, type, node, msg, (error, result) =>
        error ? reject(error) : resolve(result),
      )
    })
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    // a property of something that is not there is not there either
    if (type === 'msg' && code !== 'INVALID_EXPR') return undefined
    throw new InvalidParameterError(
      `${type} ${JSON.stringify(text.slice(0, 80))} cannot be read: ${message}.`,
    )
  }
}

export const evaluateProperty = (scope: Source, property: string): Promise<unknown> =>
  evaluate(scope, scope.properties[property], typeOf(scope.properties, property))

/** A text; blank counts as nothing. */
export const textInput = () => ({
  async read(scope: Source, property: string): Promise<string | undefined> {
    const value = await evaluateProperty(scope, property)
    if (value === undefined || value === null) return undefined
    if (typeof value === 'string' || typeof value === 'number') return String(value).trim() || undefined
    throw new InvalidParameterError(
      `${property} should be a text, but is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}.`,
    )
  },
})
