import { type Expected, succeeding } from '../replay/expected'
import type { Case } from '../replay/recorded'
import { isWorkflow, listIn } from './inputs'
import { jsonOf } from './routes'

type Fits = (value: unknown) => boolean

const isText: Fits = (value) => typeof value === 'string'
const isFlag: Fits = (value) => typeof value === 'boolean'
const areTexts: Fits = (value) => listIn(value)?.every(isText) === true
const isObject: Fits = (value) => typeof value === 'object' && !Array.isArray(value)
const arePairs: Fits = (value) =>
  listIn(value)?.every((pair) => listIn(pair)?.length === 2 && areTexts(pair)) === true

const clip = { clip_version: isText }

const workflow = {
  images: isObject,
  parameters: isObject,
  specification: isObject,
  excluded_fields: areTexts,
  use_cache: isFlag,
  enable_profiling: isFlag,
  workflow_version_id: isText,
  disable_sinks: isFlag,
}

/** What our client takes for the arguments of a method; None is what is not given. */
const argumentsOf: Record<string, Record<string, Fits>> = {
  get_clip_image_embeddings: clip,
  get_clip_text_embeddings: clip,
  clip_compare: clip,
  ocr_image: {
    version: isText,
    quantize: isFlag,
    generate_bounding_boxes: isFlag,
    language_codes: areTexts,
  },
  prompt_cogvlm: { chat_history: arePairs },
  run_workflow: workflow,
  infer_from_workflow: workflow,
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

/** An argument is of a type that the server does not take. */
export const hasOddArgument = ({ call: { method, args } }: Case): boolean =>
  (method === 'prompt_cogvlm' && typeof args.text_prompt !== 'string') ||
  Object.entries(argumentsOf[method] ?? {}).some(([name, fits]) => isGiven(args[name]) && !fits(args[name]))

const defaults: Record<string, unknown> = { use_cache: true, enable_profiling: false }

/** None is what is not given. */
export const hasNone = ({ call: { method, args } }: Case): boolean =>
  isWorkflow(method) && Object.keys(defaults).some((name) => args[name] === null)

export const fillInDefaults = (expected: Expected): Expected => {
  for (const { request } of expected.exchanges) {
    const json = (request.body.kind === 'json' ? request.body.json : {}) as Record<string, unknown>
    for (const [name, value] of Object.entries(defaults)) if (json[name] === null) json[name] = value
  }
  return expected
}

/** Both names are given for a saved workflow, beside a specification; at least one is empty. */
export const hasEmptyName = ({ call: { method, args } }: Case): boolean => {
  const names = [args.workspace_name, args.workflow_id ?? args.workflow_name]
  return isWorkflow(method) && isGiven(args.specification) && names.every(isGiven) && names.includes('')
}

/** Blanks around names and ids are dropped. */
export const trimNames = (expected: Expected, recorded: Case): Expected => {
  const { workspace_name, workflow_id, workflow_name, model_id } = recorded.call.args
  const id = model_id || recorded.client.selectedModel
  const names = [workspace_name, workflow_id, workflow_name, id]
  const untrimmed = names.filter((name): name is string => isText(name) && name !== (name as string).trim())
  for (const { request } of expected.exchanges) {
    const json = (request.body.kind === 'json' ? request.body.json : {}) as { model_id?: string }
    for (const name of untrimmed) {
      request.path = request.path && decodeURIComponent(request.path).replace(name, name.trim())
      if (json.model_id === name) json.model_id = name.trim()
    }
  }
  const isUntrimmed = isText(id) && untrimmed.includes(id as string)
  return isUntrimmed ? describing(expected, recorded, String(id).trim()) : expected
}

/** The model is found at once where the registry has it. */
const describing = (expected: Expected, { call }: Case, id: string): Expected => {
  const [registry] = expected.exchanges
  const { models = [] } = ((registry && jsonOf(registry.response)) ?? {}) as {
    models?: { model_id: string }[]
  }
  const found = models.find((model) => model.model_id === id)
  if (!found || !registry?.request.path?.endsWith('/model/registry')) return expected
  const exchanges = expected.exchanges.filter(({ request }) => !request.path?.endsWith('/model/add'))
  return call.method === 'get_model_description'
    ? succeeding({ ...expected, exchanges }, found)
    : { ...expected, exchanges }
}
