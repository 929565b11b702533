import { kindOf } from '../../configuration/value-types'
import { InvalidParameterError } from '../../errors'
import type { ApiRequest } from '../../http/requester'
import { sentence } from '../../sentence'
import { checkJson } from './check-json'
import type { Kinds } from './check-options'
import { type ClientContext, jsonHeaders } from './context'
import { isServerRoute } from './model-id'

/** A workflow saved at Roboflow, by workspace and id as they stand in its URL, or its definition itself. */
export interface WorkflowChoice {
  workspaceName?: string | undefined
  workflowId?: string | undefined
  /** Of a saved workflow: this version instead of the newest one. */
  workflowVersionId?: string | undefined
  specification?: object | undefined
}

export const workflowChoice: Kinds<WorkflowChoice> = {
  workspaceName: 'anything',
  workflowId: 'anything',
  workflowVersionId: 'text',
  specification: 'anything',
}

/** The pieces of a saved workflow's path; undefined where a specification is given instead. */
export const savedWorkflow = ({
  workspaceName,
  workflowId,
  specification,
}: WorkflowChoice): { workspace: string; id: string } | undefined => {
  const isNamed = Boolean(workspaceName && workflowId)
  const isGiven = specification !== undefined && specification !== null
  if (isNamed === isGiven) {
    const what = isNamed
      ? sentence`Both a saved workflow and a specification are given.`
      : sentence`No workflow is given.`
    throw new InvalidParameterError(what, sentence`Give workspaceName and workflowId, or a specification.`)
  }
  if (!isNamed) {
    checkedSpecification(specification)
    return undefined
  }
  return { workspace: checkedPiece(workspaceName, 'workspace'), id: checkedPiece(workflowId, 'workflow') }
}

export const checkedSpecification = (specification: unknown): object => {
  if (typeof specification !== 'object' || specification === null || Array.isArray(specification))
    throw new InvalidParameterError(
      sentence`A workflow's specification is an object, as its JSON definition has it.`,
    )
  checkJson(specification, 'specification')
  return specification
}

const kinds = { workspace: sentence`workspace`, workflow: sentence`workflow` }

/** Percent-encoded; throws for what could lead to another route. */
const checkedPiece = (name: unknown, kind: keyof typeof kinds): string => {
  const piece = typeof name === 'string' ? name.trim() : ''
  const odd = piece === '' || piece === '.' || piece === '..' || /[/?#\\%]|\p{Cc}/u.test(piece)
  // the workspace comes first in the path
  if (!odd && !(kind === 'workspace' && isServerRoute(piece))) return encodeURIComponent(piece)
  const what = kinds[kind]
  throw new InvalidParameterError(
    sentence`${kindOf(name)} is no name of a ${what}.`,
    sentence`It is the ${what}'s piece of its URL at Roboflow, such as my-${what}.`,
  )
}

export const posting = (context: ClientContext, path: string, json: object): ApiRequest => ({
  method: 'POST',
  path,
  headers: jsonHeaders(context),
  body: { json },
})
