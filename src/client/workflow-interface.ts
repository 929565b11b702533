import type { RequestOptions } from '../http/requester'
import type { WorkflowInterface } from '../predictions/answers'
import { requestOptions } from './options'
import type { Kinds } from './shared/check-options'
import { type ClientContext, keyInBody, keyInQuery, queryOf } from './shared/context'
import { answerWith, onlyDefined } from './shared/core-models'
import {
  checkedSpecification,
  posting,
  savedWorkflow,
  type WorkflowChoice,
  workflowChoice,
} from './shared/workflow-choice'

export interface DescribeWorkflowOptions extends WorkflowChoice, RequestOptions {
  /** The server may use a definition that it fetched up to 15 minutes ago (true). */
  useCache?: boolean | undefined
}

export const describeWorkflowOptions: Kinds<DescribeWorkflowOptions> = {
  useCache: 'flag',
  ...workflowChoice,
  ...requestOptions,
}

/** `POST /{workspace}/workflows/{id}/describe_interface`, or `/workflows/describe_interface`. */
export const describeWorkflowInterface = async (
  context: ClientContext,
  { specification, workflowVersionId, useCache, ...options }: DescribeWorkflowOptions,
): Promise<WorkflowInterface> => {
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
