import { HTTPClientError } from '../../src/index'
import { nameOf } from './evaluate'
import type { Input, Inputs, MessageContext } from './inputs'

/** Reads inputs one after the other, each from the property that it is named after. */
export const readInputs = async <T>(inputs: Inputs<T>, context: MessageContext): Promise<T> => {
  const read: Partial<T> = {}
  for (const name of Object.keys(inputs) as (keyof T & string)[])
    read[name] = await readInput(inputs[name], context, name)
  return read as T
}

/** Milliseconds after which the status says what is waited for: a promise, a file, a camera. */
const noticed = 1_000

/** Reads one input. The status says what is long in coming, and an error where the value came from. */
export const readInput = async <T>(
  input: Input<T>,
  context: MessageContext,
  property: string,
): Promise<T> => {
  // an input that is made of several properties has them read here, one by one
  if (!(property in context.properties)) return input.read(context, property)
  const place = nameOf(context.properties, property)
  const timer = setTimeout(() => context.status.waitingFor(place), noticed)
  try {
    return await input.read(context, property)
  } catch (error) {
    if (error instanceof HTTPClientError) saysWhere(error, place)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** A flow has many places where an image may be: the error names the one that was looked at. */
const saysWhere = (error: HTTPClientError, name: string): void => {
  if (/^(msg|flow|global)\./.test(name) && !error.message.includes(name)) error.sayWhere(`${name}:`)
}
