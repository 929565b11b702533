import { createHash } from 'node:crypto'
import { settingOf } from '../configuration/configuration'
import type { FieldTypes } from '../configuration/fields'
import { HTTPClientError, InvalidParameterError, InvalidResponseError } from '../errors'
import type { ApiRequest, RequestOptions } from '../http/requester'
import type { ImageReference } from '../images/references'
import type { WorkflowInterface } from '../predictions/answers'
import { decodeVisualisation } from '../predictions/visualisation'
import { checkJson } from './shared/check-json'
import { checkOptions, kindOf } from './shared/check-options'
import { type ClientContext, jsonHeaders, keyInBody, keyInQuery, queryOf } from './shared/context'
import { answerWith, encodedImage, onlyDefined } from './shared/core-models'
import { imageField } from './shared/image-field'
import { isServerRoute } from './shared/model-id'
import { prepareProfile } from './shared/workflow-profile'

/** A workflow saved at Roboflow, by workspace and id as they stand in its URL, or its definition itself. */
export interface WorkflowChoice {
  workspaceName?: string | undefined
  workflowId?: string | undefined
  /** Of a saved workflow: this version instead of the newest one. */
  workflowVersionId?: string | undefined
  specification?: object | undefined
}

/** Images of one input: one, a batch, or batches of batches; the nesting is kept. */
export type WorkflowImages = ImageReference | readonly WorkflowImages[]

export interface WorkflowRunOptions extends WorkflowChoice, RequestOptions {
  /** Images by the names of the inputs. */
  images?: Readonly<Record<string, WorkflowImages>> | undefined
  /** Other inputs by their names. */
  parameters?: Readonly<Record<string, unknown>> | undefined
  /** Outputs that are left out of the answer. */
  excludedFields?: readonly string[] | undefined
  /** The server may use a definition that it fetched up to 15 minutes ago (true). */
  useCache?: boolean | undefined
  /** Write a profile of the run to the configured `profiling_directory` (false). */
  enableProfiling?: boolean | undefined
  /** Run without steps that do something outside, such as sending a mail (false). */
  disableSinks?: boolean | undefined
}

/** What a workflow gives for one image of a batch: its outputs by name; images as configured, base64 else. */
export type WorkflowOutputs = Record<string, unknown>

/** `POST /{workspace}/workflows/{id}`, or `/workflows/run` for a specification. */
export const runWorkflow = async (
  context: ClientContext,
  { workflowVersionId, disableSinks, ...options }: WorkflowRunOptions,
): Promise<WorkflowOutputs[]> => {
  checkOptions({ workflowVersionId, disableSinks }, { workflowVersionId: 'text', disableSinks: 'flag' })
  const saved = savedWorkflow(options)
  const path = saved ? `/${saved.workspace}/workflows/${saved.id}` : '/workflows/run'
  const version = saved ? { workflow_version_id: workflowVersionId } : {}
  return run(context, path, options, { ...version, disable_sinks: disableSinks || undefined })
}

export interface InferFromWorkflowOptions
  extends Omit<WorkflowRunOptions, 'workflowId' | 'workflowVersionId' | 'disableSinks'> {
  workflowName?: string | undefined
}

/** As `runWorkflow`, by the routes of older servers: `POST /infer/workflows/{workspace}/{name}`, `/infer/workflows`. */
export const inferFromWorkflow = async (
  context: ClientContext,
  { workflowName, ...options }: InferFromWorkflowOptions,
): Promise<WorkflowOutputs[]> => {
  const choice = { ...options, workflowId: workflowName }
  const saved = savedWorkflow(choice)
  const path = saved ? `/infer/workflows/${saved.workspace}/${saved.id}` : '/infer/workflows'
  return run(context, path, choice, {})
}

/** `POST /{workspace}/workflows/{id}/describe_interface`, or `/workflows/describe_interface`. */
export const describeWorkflowInterface = async (
  context: ClientContext,
  { specification, workflowVersionId, useCache, ...options }: DescribeWorkflowOptions,
): Promise<WorkflowInterface> => {
  checkOptions({ workflowVersionId, useCache }, { workflowVersionId: 'text', useCache: 'flag' })
  const saved = savedWorkflow({ ...options, specification })
  const path = saved
    ? `/${saved.workspace}/workflows/${saved.id}/describe_interface`
    : '/workflows/describe_interface'
  const asked = saved
    ? { use_cache: useCache ?? true, ...onlyDefined({ workflow_version_id: workflowVersionId }) }
    : { specification }
  const call = posting(context, path, { ...keyInBody(context), ...asked })
  return answerWith<WorkflowInterface>(await context.requester.requestJson(call, options), 'inputs')
}

export interface DescribeWorkflowOptions extends WorkflowChoice, RequestOptions {
  /** The server may use a definition that it fetched up to 15 minutes ago (true). */
  useCache?: boolean | undefined
}

/** `POST /workflows/validate`: throws `HTTPCallErrorError` (400) that says what is wrong with a definition. */
export const validateWorkflow = async (
  context: ClientContext,
  specification: object,
  options: RequestOptions,
): Promise<{ status: string }> => {
  const call = posting(context, '/workflows/validate', checkedSpecification(specification))
  const request = { ...call, query: queryOf(keyInQuery(context)) }
  return answerWith<{ status: string }>(await context.requester.requestJson(request, options), 'status')
}

const run = async (
  context: ClientContext,
  path: string,
  {
    images,
    parameters,
    excludedFields,
    useCache,
    enableProfiling,
    specification,
    ...options
  }: WorkflowRunOptions,
  others: Record<string, unknown>,
): Promise<WorkflowOutputs[]> => {
  checkOptions({ images, parameters, excludedFields, useCache, enableProfiling }, runOptions)
  checkJson(parameters ?? {}, 'parameters')
  const { configuration } = context
  const profile = enableProfiling
    ? await prepareProfile(settingOf(configuration, 'profilingDirectory'))
    : undefined
  const call = posting(context, path, {
    ...keyInBody(context),
    use_cache: useCache ?? true,
    enable_profiling: enableProfiling ?? false,
    ...onlyDefined({ specification, excluded_fields: excludedFields, ...others }),
    inputs: { ...(await imageInputs(context, images ?? {}, options.signal)), ...parameters },
  })
  const attempts = options.attempts ?? (settingOf(configuration, 'workflowRunRetriesEnabled') ? undefined : 1)
  const loads = loadsOf(path, specification, others.workflow_version_id)
  const request = { ...call, loads, hasEffects: true }
  const answer = await context.requester.requestJson(request, { ...options, attempts })
  const { outputs, profiler_trace: trace } = answerWith<RunAnswer>(answer, 'outputs')
  if (!Array.isArray(outputs))
    throw new InvalidResponseError("The outputs of the server's answer are no list.")
  await profile?.(trace)
  const format = settingOf(configuration, 'outputVisualisationFormat')
  return oneByOne(outputs, (each) => withImages(each, format, true)) as Promise<WorkflowOutputs[]>
}

interface RunAnswer {
  outputs: unknown
  profiler_trace?: unknown
}

const runOptions = {
  images: 'names',
  parameters: 'names',
  excludedFields: 'texts',
  useCache: 'flag',
  enableProfiling: 'flag',
} as const

const posting = (context: ClientContext, path: string, json: object): ApiRequest => ({
  method: 'POST',
  path,
  headers: jsonHeaders(context),
  body: { json },
})

/** The first run loads a workflow's models; another version or definition has others. */
const loadsOf = (path: string, specification: object | undefined, version: unknown): string => {
  const definition = specification && createHash('sha1').update(JSON.stringify(specification)).digest('hex')
  return [path, definition ?? version].join(' ')
}

/** The pieces of a saved workflow's path; undefined where a specification is given instead. */
const savedWorkflow = ({
  workspaceName,
  workflowId,
  specification,
}: WorkflowChoice): { workspace: string; id: string } | undefined => {
  const isNamed = Boolean(workspaceName && workflowId)
  const isGiven = specification !== undefined && specification !== null
  if (isNamed === isGiven) {
    const what = isNamed ? 'Both a saved workflow and a specification are given.' : 'No workflow is given.'
    throw new InvalidParameterError(what, 'Give workspaceName and workflowId, or a specification.')
  }
  if (!isNamed) {
    checkedSpecification(specification)
    return undefined
  }
  return { workspace: checkedPiece(workspaceName, 'workspace'), id: checkedPiece(workflowId, 'workflow') }
}

const checkedSpecification = (specification: unknown): object => {
  if (typeof specification !== 'object' || specification === null || Array.isArray(specification))
    throw new InvalidParameterError("A workflow's specification is an object, as its JSON definition has it.")
  checkJson(specification, 'specification')
  return specification
}

/** Percent-encoded; throws for what could lead to another route. */
const checkedPiece = (name: unknown, what: string): string => {
  const piece = typeof name === 'string' ? name.trim() : ''
  const odd = piece === '' || piece === '.' || piece === '..' || /[/?#\\%]|\p{Cc}/u.test(piece)
  // the workspace comes first in the path
  if (!odd && !(what === 'workspace' && isServerRoute(piece))) return encodeURIComponent(piece)
  throw new InvalidParameterError(
    `${kindOf(name)} is no name of a ${what}.`,
    `It is the ${what}'s piece of its URL at Roboflow, such as my-${what}.`,
  )
}

const imageInputs = async (
  context: ClientContext,
  images: Readonly<Record<string, WorkflowImages>>,
  signal: AbortSignal | undefined,
): Promise<Record<string, unknown>> => {
  const load = async (image: WorkflowImages): Promise<unknown> =>
    isBatch(image) ? oneByOne(image, load) : imageField([await encodedImage(context, image, signal)])
  const saysWhichInput = (name: string) => (error: unknown) => {
    if (error instanceof HTTPClientError && !signal?.aborted)
      error.message = `Input ${JSON.stringify(name)}: ${error.message}`
    throw error
  }
  const entries = await oneByOne(
    Object.entries(images),
    async ([name, image]) => [name, await load(image).catch(saysWhichInput(name))] as const,
  )
  return Object.fromEntries(entries)
}

const isBatch = (image: WorkflowImages): image is readonly WorkflowImages[] => Array.isArray(image)

const oneByOne = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}

/** The same value with every `{ type: 'base64', value }` in it as an image; `isOutputs`: these are names of outputs. */
const withImages = async (
  value: unknown,
  format: FieldTypes['visualisation'],
  isOutputs = false,
): Promise<unknown> => {
  if (Array.isArray(value)) return oneByOne(value, (item) => withImages(item, format))
  if (typeof value !== 'object' || value === null) return value
  const { type, value: base64 } = value as { type?: unknown; value?: unknown }
  if (!isOutputs && type === 'base64' && typeof base64 === 'string')
    return format === 'base64' ? base64 : decodeVisualisation(Buffer.from(base64, 'base64'), format)
  const entries = await oneByOne(
    Object.entries(value),
    async ([name, item]) => [name, await withImages(item, format)] as const,
  )
  return Object.fromEntries(entries)
}
