import type { Request, Response } from 'express'
import type { NodeAPI } from 'node-red'
import {
  aliases,
  availableDevices,
  builtInUrl,
  type DescribeWorkflowOptions,
  describeInferenceFields,
  type InferenceHTTPClient,
} from '../../src/index'
import { asFailure } from '../shared/failure'
import { newerPreviews } from '../shared/preview'
import { translated } from '../shared/translated'
import { clientFor, fromEnvironment, modelsFolderOf, type Secrets, type Settings } from './settings'
import {
  askOnce,
  type DeployedServer,
  describeBuiltIn,
  describeServer,
  isForm,
  secretsFor,
} from './tested-server'

/** Nobody can see more in one flow. */
const mostPreviews = 100

/** What the editor asks of the runtime; registered once, however many nodes there are. */
export const openAdminRoutes = (RED: NodeAPI): void => {
  const may = (what: 'read' | 'write') => RED.auth.needsPermission(`roboflow-config.${what}`)
  const deployed = (request: Request) => {
    const node = RED.nodes.getNode(String(request.params.id)) as DeployedServer | null
    return node?.type === 'roboflow-config' ? node : null
  }

  // the table of configuration fields, for the dialogs' lists
  RED.httpAdmin.get('/roboflow/configuration-fields', may('read'), (_request, response) => {
    response.json(describeInferenceFields())
  })

  // small images under nodes: those that are newer than the ones that the editor knows, `id:number,id:number`
  RED.httpAdmin.get('/roboflow/previews', may('read'), (request, response) => {
    const known = String(request.query.known ?? '').split(',', mostPreviews)
    answer(RED, response, () =>
      newerPreviews(
        Object.fromEntries(
          known.map((one) => one.split(':')).map(([id, number]) => [id, Number(number) || 0]),
        ),
      ),
    )
  })

  // what a built-in server may run models on
  RED.httpAdmin.get('/roboflow/devices', may('read'), (_request, response) => {
    response.json(availableDevices())
  })

  RED.httpAdmin.get('/roboflow/aliases', may('read'), (_request, response) => {
    response.json(aliases)
  })

  RED.httpAdmin.post('/roboflow/:id/test', may('write'), (request, response) => {
    const form = request.body as Settings & Secrets
    if (!isForm(form)) {
      response.sendStatus(400)
      return
    }
    const settings = { ...form, url: fromEnvironment(form.url) }
    const secrets = secretsFor(settings, deployed(request))
    answer(RED, response, async () => {
      if (settings.url === builtInUrl) return describeBuiltIn(modelsFolderOf(RED, settings))
      const client = clientFor(RED, settings, secrets)
      try {
        return await describeServer(client)
      } finally {
        await client.close()
      }
    })
  })

  RED.httpAdmin.get('/roboflow/:id/models', may('read'), (request, response) => {
    const { client, refusedAliases, models } = deployed(request) ?? {}
    if (!client) response.sendStatus(404)
    else
      answer(RED, response, async () => ({
        ...(models ? { models: await models(), builtIn: true } : await modelsOf(client)),
        refused: [...(refusedAliases ?? [])],
        selected: client.selectedModel,
      }))
  })

  // it changes nothing, but a specification is too long for a URL
  RED.httpAdmin.post('/roboflow/:id/workflow-interface', may('read'), (request, response) => {
    const { client } = deployed(request) ?? {}
    if (!client) response.sendStatus(404)
    else answer(RED, response, () => workflowInterfaceOf(client, request.body ?? {}))
  })
}

const answer = (RED: NodeAPI, response: Response, work: () => Promise<unknown>): void => {
  work().then(
    (result) => response.json(result),
    (thrown) => {
      const { code, message } = translated(RED, asFailure(thrown))
      response.status(502).json({ code, message })
    },
  )
}

const modelsOf = async (client: InferenceHTTPClient) => {
  // it has every model that the key may use
  if (client.clientMode === 'v0') return { models: [], hosted: true }
  const { models } = await client.listLoadedModels(askOnce)
  return { models: models.map(({ model_id, task_type }) => ({ id: model_id, task: task_type })) }
}

/** Only what names a workflow: programs may send anything, such as options of requests. */
const workflowInterfaceOf = async (client: InferenceHTTPClient, asked: DescribeWorkflowOptions) => {
  const { workspaceName, workflowId, workflowVersionId, specification, useCache } = asked
  const choice = { workspaceName, workflowId, workflowVersionId, specification, useCache }
  const { inputs, outputs } = await client.describeWorkflowInterface({ ...choice, ...askOnce })
  return { inputs, outputs }
}
