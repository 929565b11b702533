import type { WorkflowChoice } from '../../src/index'
import { type Input, type Inputs, objectInput, required, textInput } from '../shared/inputs'
import { readInputs } from '../shared/read-inputs'

const saved: Inputs<WorkflowChoice> = {
  workspaceName: required(textInput()),
  workflowId: required(textInput()),
  workflowVersionId: textInput(),
}

const specified: Inputs<WorkflowChoice> = { specification: required(objectInput()) }

/** The workflow that the dialog chooses; what it holds for the other choice takes no part. */
export const chosenWorkflow = (): Input<WorkflowChoice> => ({
  read: (context) =>
    readInputs(context.properties.workflowKind === 'specification' ? specified : saved, context),
})
