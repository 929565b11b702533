import type { ClipComparison } from '../../src/index'
import type { Properties } from '../shared/evaluate'
import { type Input, objectInput, textsInput } from '../shared/inputs'

/** Texts in order, or by their names. */
export type Prompts = string[] | Record<string, string>

/** Texts: a list, one text in which commas separate them, or an object of texts by name. */
export const promptsInput = (): Input<Prompts | undefined> => {
  const [texts, named] = [textsInput(), objectInput()]
  return {
    async read(context, property) {
      const object = await named.read(context, property).catch(() => undefined)
      return object ? (object as Record<string, string>) : texts.read(context, property)
    },
  }
}

/** The prompts that the dialog itself holds, where each of them is to have an output. */
export const typedPrompts = (properties: Properties): string[] | undefined => {
  const { outputPerPrompt, prompts, promptsType, promptsKind } = properties
  if (!outputPerPrompt || promptsKind !== 'text') return undefined
  const found = promptsType === 'json' ? fromJson(String(prompts)) : String(prompts).split(',')
  const texts = found.map((prompt) => prompt.trim()).filter(Boolean)
  return (promptsType === 'str' || promptsType === 'json') && texts.length > 0 ? texts : undefined
}

const fromJson = (text: string): string[] => {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value.map(String)
    return typeof value === 'object' && value !== null ? Object.keys(value) : []
  } catch {
    return []
  }
}

export interface Best {
  /** The prompt, or its name where it has one; absent where the prompts are images. */
  prompt?: string
  /** -1 to 1 */
  similarity: number
  /** Which of the prompts it is, from 0. */
  index: number
}

/** The most similar prompt: the first, where several are. */
export const bestOf = (similarity: ClipComparison['similarity'], prompts: unknown): Best | undefined => {
  const values = Object.values(similarity)
  const index = values.indexOf(Math.max(...values))
  const value = values[index]
  if (value === undefined) return undefined
  const prompt = Array.isArray(similarity)
    ? Array.isArray(prompts) && prompts[index]
    : Object.keys(similarity)[index]
  return { ...(typeof prompt === 'string' ? { prompt } : {}), similarity: value, index }
}
