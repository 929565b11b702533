import { createHash } from 'node:crypto'
import { settingOf } from '../configuration/configuration'
import { InvalidResponseError } from '../errors'
import type { RequestOptions } from '../http/requester'
import { sentence } from '../sentence'
import { requestOptions } from './options'
import { checkJson } from './shared/check-json'
import type { Kinds } from './shared/check-options'
import { type ClientContext, keyInBody } from './shared/context'
import { answerWith, onlyDefined } from './shared/core-models'
import { posting, savedWorkflow, type WorkflowChoice, workflowChoice } from './shared/workflow-choice'
import { imageInputs, oneByOne, type WorkflowImages, withImages } from './shared/workflow-images'
import { prepareProfile } from './shared/workflow-profile'

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

const runKinds = {
  images: 'names',
  parameters: 'names',
  excludedFields: 'texts',
  useCache: 'flag',
  enableProfiling: 'flag',
  ...requestOptions,
} as const

export const workflowRunOptions: Kinds<WorkflowRunOptions> = {
  disableSinks: 'flag',
  ...workflowChoice,
  ...runKinds,
}

/** What a workflow gives for one image of a batch: its outputs by name; images as configured, base64 else. */
export type WorkflowOutputs = Record<string, unknown>

/** `POST /{workspace}/workflows/{id}`, or `/workflows/run` for a specification. */
export const runWorkflow = async (
  context: ClientContext,
  { disableSinks, ...options }: WorkflowRunOptions,
): Promise<WorkflowOutputs[]> => {
  const saved = savedWorkflow(options)
  const path = saved ? `/${saved.workspace}/workflows/${saved.id}` : '/workflows/run'
  return run(context, path, options, { disable_sinks: disableSinks || undefined })
}

export interface InferFromWorkflowOptions extends Omit<WorkflowRunOptions, 'workflowId' | 'disableSinks'> {
  workflowName?: string | undefined
}

const { workflowId: _, ...choiceByName } = workflowChoice

export const inferFromWorkflowOptions: Kinds<InferFromWorkflowOptions> = {
  workflowName: 'anything',
  ...choiceByName,
  ...runKinds,
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
    workflowVersionId,
    ...options
  }: WorkflowRunOptions,
  others: Record<string, unknown>,
): Promise<WorkflowOutputs[]> => {
  checkJson(parameters ?? {}, 'parameters')
  const { configuration } = context
  const profile = enableProfiling
    ? await prepareProfile(settingOf(configuration, 'profilingDirectory'))
    : undefined
  const call = posting(context, path, {
    ...keyInBody(context),
    use_cache: useCache ?? true,
    enable_profiling: enableProfiling ?? false,
    ...onlyDefined({
      specification,
      // a definition has no versions
      workflow_version_id: specification ? undefined : workflowVersionId,
      excluded_fields: excludedFields,
      ...others,
    }),
    inputs: { ...(await imageInputs(context, images ?? {}, options.signal)), ...parameters },
  })
  const attempts = options.attempts ?? (settingOf(configuration, 'workflowRunRetriesEnabled') ? undefined : 1)
  const loads = loadsOf(path, specification, workflowVersionId)
  const request = { ...call, loads, hasEffects: true }
  const answer = await context.requester.requestJson(request, { ...options, attempts })
  const { outputs, profiler_trace: trace } = answerWith<RunAnswer>(answer, 'outputs')
  if (!Array.isArray(outputs))
    throw new InvalidResponseError(sentence`The outputs of the server's answer are no list.`)
  await profile?.(trace)
  const format = settingOf(configuration, 'outputVisualisationFormat')
  return oneByOne(outputs, (each) => withImages(each, format, true)) as Promise<WorkflowOutputs[]>
}

interface RunAnswer {
  outputs: unknown
  profiler_trace?: unknown
}

/** The first run loads a workflow's models; another version or definition has others. */
const loadsOf = (path: string, specification: object | undefined, version: unknown): string => {
  const definition = specification && createHash('sha1').update(JSON.stringify(specification)).digest('hex')
  return [path, definition ?? version].join(' ')
}
