import { fieldNames, fieldOf, snakeCase } from '../../../src/configuration/fields'
import type { Expected } from '../replay/expected'
import { type Call, type Case, configurationOf, isBefore016, modeOf } from '../replay/recorded'
import {
  holdsTuple,
  infersByModel,
  inputsOf,
  isConcurrent,
  isShrinking,
  isWorkflow,
  listIn,
  textIn,
} from './inputs'
import { firstRefused } from './refused'
import { isMixed, shrunkOf } from './scaled'
import { answerTo, sentOf } from './sent'

/** Images are sent to a model of one's own, and predictions come back. */
export const infers = ({ call }: Case): boolean => infersByModel(call.method)

export const infersByV0 = (recorded: Case): boolean => infers(recorded) && modeOf(recorded) === 'v0'

export const shrinks = (recorded: Case): boolean => infers(recorded) && isShrinking(recorded)

export const runsWorkflow = ({ call }: Case): boolean => isWorkflow(call.method)

export const calls =
  (...methods: string[]) =>
  ({ call }: Case): boolean =>
    methods.includes(call.method)

/** Images are asked about, and each has an answer. */
export const asksAboutEach = ({ call }: Case): boolean => 'inference_input' in call.args

/** What servers had once; the SDK asks for it no more. */
export const asksRemoved = (recorded: Case): boolean =>
  calls('detect_gazes', 'prompt_cogvlm')(recorded) && !isBefore016(recorded)

export const hasInput =
  (...kinds: string[]) =>
  (recorded: Case): boolean =>
    inputsOf(recorded).some(({ kind }) => kinds.includes(kind))

/** Bytes, paths as objects, tuples. */
export const hasPythonClass = (recorded: Case): boolean =>
  hasInput('bytes', 'pathlib')(recorded) || imagesOf(recorded.call).some(holdsTuple)

const imagesOf = ({ args }: Call): unknown[] => [
  args.inference_input,
  args.images,
  args.visual_prompt,
  args.prompt_type === 'image' && args.prompt,
]

/** An image of a list is refused after others have been sent, or while they are. */
export const isRefusedLater = (recorded: Case): boolean => {
  const { index = -1 } = firstRefused(recorded) ?? {}
  return index > 0 || (index === 0 && isConcurrent(recorded))
}

export const hasClassFilter = (recorded: Case): boolean => {
  const filter = configurationOf(recorded).class_filter
  return Array.isArray(filter) && filter.length > 0
}

/** The SDK scales some predictions of a shrunk image and others not, or fails at it. */
export const showsMixed = (expected: Expected, recorded: Case): boolean =>
  expected.error
    ? expected.error.class === 'KeyError' &&
      sentOf(recorded, expected).some((sent) => isMixed(answerTo(sent)))
    : shrunkOf(recorded, expected).some((sent) => isMixed(answerTo(sent)))

const controlling = /^(load_model|unload_model|get_model_description)$/

/** The models that are named in a case. */
export const modelsOf = ({ call, client, setup = [] }: Case): string[] => {
  const named = [call, ...setup].flatMap(({ method, args }) => {
    if (controlling.test(method)) return [args.model_id]
    return infersByModel(method) ? [args.model_id || client.selectedModel] : []
  })
  return [...new Set(named.filter((id) => typeof id === 'string'))]
}

/** What is no id of a model, or would reach another route than a model's. */
export const hasOddModelId = (recorded: Case): boolean =>
  modelsOf(recorded).some((id) => {
    const pieces = id.trim().split('/')
    const isOdd = pieces.some((piece) => /^(|\.|\.\.)$|[\s?#\\%]/.test(piece))
    return isOdd || (infersByV0(recorded) && isServerRoute(pieces[0]))
  })

/** First pieces of the server's own routes. */
const isServerRoute = (piece = ''): boolean =>
  /^(model|infer|clip|workflows|inference_pipelines|doctr|ocr|easy_ocr|gaze|llm|sam[23]?|sam3_3d|owlv2|yolo_world|grounding_dino|perception_encoder|notebook|start|build|device|info|healthz|readiness|metrics|docs|redoc|openapi\.json|logs|clear_cache|static|initialise_webrtc_worker|webrtc)$/i.test(
    piece,
  )

/** Texts are asked about, and there are none. */
export const lacksText = ({ call: { method, args } }: Case): boolean => {
  if (method !== 'get_clip_text_embeddings') return false
  const texts = listIn(args.text) ?? [args.text]
  return texts.length === 0 || texts.some((text) => textIn(text).length > 0)
}

export const asksUnknownOcr = ({ call: { method, args } }: Case): boolean =>
  method === 'ocr_image' &&
  'model' in args &&
  !/^(doctr|trocr|easy_ocr|pp_ocr)$/i.test(typeof args.model === 'string' ? args.model : '')

/** A saved workflow by names that are none, or by a workspace that is one of the server's own routes. */
export const hasOddName = ({ call: { method, args } }: Case): boolean => {
  const { workspace_name: workspace, specification } = args
  const workflow = args.workflow_id ?? args.workflow_name
  if (!isWorkflow(method) || specification || !isThere(workspace) || !isThere(workflow)) return false
  return [workspace, workflow].some(isNoName) || isServerRoute(String(workspace).trim())
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null

const isNoName = (name: unknown): boolean =>
  typeof name !== 'string' || /^(|\.|\.\.)$|[/?#\\%\p{Cc}]/u.test(name.trim())

export const hasNumberOutsideRange = (recorded: Case): boolean =>
  Object.entries(configurationOf(recorded)).some(([name, value]) => {
    const field = fieldNames.find((known) => snakeCase(known) === name)
    const { least = -Infinity, most = Infinity } = field ? fieldOf(field) : {}
    return typeof value === 'number' && (value < least || value > most)
  })
