import { isFailure } from '../replay/expected'
import type { WireResponse } from '../replay/recorded'

/** What the API promises of a route's answers. */
interface Promise {
  path: RegExp
  /** The answers to the images or texts of one request, as our client gives them; undefined: it is no such answer. */
  answersIn(answer: unknown): unknown[] | undefined
}

type Fields = Record<string, unknown>

const has = (answer: unknown, name: string): answer is Fields =>
  typeof answer === 'object' && answer !== null && !Array.isArray(answer) && name in answer

const holding =
  (name: string, isRight: (value: unknown) => boolean = () => true) =>
  (answer: unknown): unknown[] | undefined =>
    has(answer, name) && isRight(answer[name]) ? [answer] : undefined

const isText = (value: unknown): boolean => typeof value === 'string'

const promises: Promise[] = [
  {
    path: /\/clip\/embed_image$/,
    answersIn: (answer) =>
      has(answer, 'embeddings') && Array.isArray(answer.embeddings)
        ? answer.embeddings.map((vector) => ({ ...answer, embeddings: [vector] }))
        : undefined,
  },
  { path: /\/clip\/embed_text$/, answersIn: holding('embeddings', Array.isArray) },
  { path: /\/clip\/compare$/, answersIn: holding('similarity') },
  { path: /\/(doctr\/ocr|ocr\/trocr|easy_ocr\/ocr|ocr\/pp-ocr)$/, answersIn: holding('result') },
  {
    path: /\/gaze\/gaze_detection$/,
    answersIn: (answer) =>
      Array.isArray(answer) &&
      answer.every((one) => has(one, 'predictions') && Array.isArray(one.predictions))
        ? answer
        : undefined,
  },
  { path: /\/llm\/cogvlm$/, answersIn: holding('response') },
  { path: /\/model\/(registry|add|remove|clear)$/, answersIn: holding('models', Array.isArray) },
  {
    path: /\/info$/,
    answersIn: (answer) =>
      ['name', 'version', 'uuid'].every((name) => holding(name, isText)(answer)) ? [answer] : undefined,
  },
  { path: /\/workflows(\/|$)/, answersIn: holding('outputs', Array.isArray) },
]

/** Reads JSON as the SDK and our client do, whatever the answer calls itself; undefined: it is none. */
export const jsonOf = (response: WireResponse): unknown => {
  if (response.action === 'drop') return undefined
  if ('json' in response) return response.json
  try {
    return JSON.parse(response.text ?? '')
  } catch {
    return undefined
  }
}

/**
 * What an answer of this route holds for our client, an item for each image of a request about images. Undefined:
 * not what the API promises. Of a model's predictions no more is known than that they are objects.
 */
export const answersIn = (path: string | undefined, response: WireResponse): unknown[] | undefined => {
  if (isFailure(response)) return undefined
  const json = jsonOf(response)
  const promise = promises.find((each) => each.path.test(path ?? ''))
  if (promise) return promise.answersIn(json)
  const all = [json].flat()
  return all.every((each) => typeof each === 'object' && each !== null) ? all : undefined
}
