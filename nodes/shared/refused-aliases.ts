import { aliases, HTTPCallErrorError } from '../../src/index'
import type { Server } from './server'

// no key or the wrong one, no credits, unknown, or no way to Roboflow
const refusals = [401, 402, 403, 404, 503]

/** Remembers of a public model, asked for by its alias, whether the server has it: then dialogs offer it or not. */
export const noteRefusal = async <Answer>(
  { refusedAliases }: Server,
  model: unknown,
  asked: Promise<Answer>,
): Promise<Answer> => {
  if (typeof model !== 'string' || !Object.hasOwn(aliases, model)) return asked
  try {
    const answer = await asked
    refusedAliases.delete(model)
    return answer
  } catch (error) {
    if (error instanceof HTTPCallErrorError && refusals.includes(error.statusCode)) refusedAliases.add(model)
    throw error
  }
}
