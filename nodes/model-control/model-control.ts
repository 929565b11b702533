import type { NodeAPI } from 'node-red'
import { sentence } from '../../src/index'
import { configurationFor } from '../shared/configuration'
import { ActionRefusedError } from '../shared/failure'
import { choiceInput, type Input, required, textInput } from '../shared/inputs'
import { serverNode } from '../shared/server-node'
import { type Action, actionNames, actions, isUnloading } from './actions'

/** What the dialog says, or, where it leaves that to messages, `msg.action`. */
const actionInput = (): Input<Action> => {
  const choice = required(choiceInput(actionNames))
  return {
    async read(context) {
      const { action } = context.properties
      if (action !== 'message') return choice.read(context, 'action')
      const fromMessage = { action: 'action', actionType: 'msg' }
      return choice.read({ ...context, properties: fromMessage }, 'action')
    },
  }
}

export = (RED: NodeAPI) =>
  serverNode(RED, 'roboflow-model-control', {
    inputs: { action: actionInput(), model: textInput(), api: choiceInput(['v0', 'v1']) },

    async work({ action, model, api }, { client, server, ...context }) {
      const { properties, signal, status } = context
      if (isUnloading(action) && properties.action === 'message' && !properties.unloadFromMessages)
        throw new ActionRefusedError(
          sentence`A message asks to unload, which it may not.`,
          sentence`Allow it in the node's dialog; the server may delete the weights.`,
        )
      const configuration = action === 'configure' ? await configurationFor(context, {}, {}) : {}
      const payload = await actions[action](
        { client, server },
        {
          model,
          api,
          configuration,
          setAsDefault: properties.setAsDefault === true,
          allowLoading: properties.loadToDescribe === true,
        },
        { signal, onLoading: () => status.loadingModel() },
      )
      for (const tell of server.watchers) tell()
      return { payload }
    },
  })
