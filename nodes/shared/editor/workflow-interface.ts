namespace roboflow {
  interface WorkflowInterface {
    inputs: KindsOfInputs
    /** Of an output that is made of several, the kinds of each. */
    outputs: Record<string, string[] | Record<string, string[]>>
  }

  const typedIn = (property: string, type: string): string | undefined => {
    const input = $(`#node-input-${property}`)
    return input.typedInput('type') === type ? input.typedInput('value').trim() : undefined
  }

  /** The workflow that is typed in, or words for where messages or context name it. */
  const workflowInDialog = (): object | string => {
    const useCache = $('#node-input-useCache').is(':checked')
    if ($('#node-input-workflowKind').val() === 'specification') {
      const specification = typedIn('specification', 'json')
      return specification ? { specification: parsed(specification) } : workflowText('interface.typed-in')
    }
    const [workspaceName, workflowId] = [typedIn('workspaceName', 'str'), typedIn('workflowId', 'str')]
    const workflowVersionId = typedIn('workflowVersionId', 'str')
    if (!workspaceName || !workflowId || workflowVersionId === undefined)
      return workflowText('interface.typed-in')
    return { workspaceName, workflowId, useCache, ...(workflowVersionId ? { workflowVersionId } : {}) }
  }

  /** What is no JSON the server's answer says. */
  const parsed = (json: string): unknown => {
    try {
      return JSON.parse(json)
    } catch {
      return json
    }
  }

  const kindsOf = (output: string[] | Record<string, string[]>): string =>
    Array.isArray(output)
      ? output.join(', ')
      : Object.entries(output)
          .map(([name, kinds]) => `${name}: ${kinds.join(', ')}`)
          .join('; ')

  /** The button that asks the deployed server what the workflow takes and gives. */
  export const prepareWorkflow = (given: WorkflowInput[]): void => {
    prepareWorkflowInputs(given)
    prepareAskButton<WorkflowInterface>('#roboflow-workflow-interface', {
      url: () => `roboflow/${$('#node-input-server').val()}/workflow-interface`,
      held: workflowInDialog,
      unknown: workflowText('interface.not-deployed'),
      forget: forgetWorkflow,
      say({ inputs, outputs }) {
        fillWorkflowInputs(inputs)
        const names = Object.entries(outputs).map(([name, output]) => `${name} (${kindsOf(output)})`)
        return RED._(`${workflowCatalogue}interface.outputs`, { outputs: names.join(', ') })
      },
    })
  }
}
