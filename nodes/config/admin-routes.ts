import type { Request, Response } from 'express'
import type { Node, NodeAPI } from 'node-red'
import {
  aliases,
  apiKeyFromEnvironment,
  availableDevices,
  builtInUrl,
  type DescribeWorkflowOptions,
  describeInferenceFields,
  HTTPCallErrorError,
  type InferenceHTTPClient,
  listModels,
  sentence,
} from '../../src/index'
import { asFailure, NotConfiguredError } from '../shared/failure'
import { newerPreviews } from '../shared/preview'
import type { Server } from '../shared/server'
import { translated } from '../shared/translated'
import { clientFor, fromEnvironment, modelsFolderOf, type Secrets, type Settings } from './settings'

/** What the editor shows for a password that is stored and was not touched. */
const untouched = '__PWRD__'
/** Nobody can see more in one flow. */
const mostPreviews = 100
const askOnce = { attempts: 1, timeout: 10_000 }

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

type DeployedServer = Node<Secrets> & Server

const answer = (RED: NodeAPI, response: Response, work: () => Promise<unknown>): void => {
  work().then(
    (result) => response.json(result),
    (thrown) => {
      const { code, message } = translated(RED, asFailure(thrown))
      response.status(502).json({ code, message })
    },
  )
}

/**
 * The key that a test may send: the typed one; the stored one and the environment's only to the stored URL, or
 * whoever may edit flows could have them sent anywhere.
 */
const secretsFor = ({ url, apiKey }: Settings & Secrets, stored: DeployedServer | null): Secrets => {
  const isTyped = Boolean(apiKey) && apiKey !== untouched
  if (isTyped && !apiKey?.includes('${')) return { apiKey }
  if (!stored || stored.url !== url) return {}
  if (isTyped) return { apiKey: fromEnvironment(String(apiKey)) || undefined }
  // an emptied field will mean the environment's key once it is deployed
  return { apiKey: (apiKey === untouched && stored.credentials.apiKey) || apiKeyFromEnvironment(url) }
}

/** Whether a body holds what the dialog sends; programs may send anything. */
const isForm = (body: Settings & Secrets): boolean => {
  if (typeof body !== 'object' || body === null || typeof body.url !== 'string') return false
  const { retries, httpReferences, proxyLocalAddresses, goneToCatch, ...texts } = body
  return (
    [retries, httpReferences, proxyLocalAddresses, goneToCatch].every((flag) =>
      ['boolean', 'undefined'].includes(typeof flag),
    ) && Object.values(texts).every((text) => ['string', 'number', 'undefined'].includes(typeof text))
  )
}

const describeBuiltIn = async (modelsFolder: string | undefined) => {
  const models = await listModels(modelsFolder)
  if (models.length === 0)
    throw new NotConfiguredError(
      sentence`There are no models in ${modelsFolder ?? 'demo/models'}.`,
      sentence`Each is a folder such as parts/1, with model_type.json in it.`,
    )
  return { inFolder: models.length, ids: models.map(({ id }) => id).join(', ') }
}

const describeServer = async (client: InferenceHTTPClient) => {
  const started = performance.now()
  const { name, version } = await client.getServerInfo(askOnce).catch(hostedAnswer(client))
  const milliseconds = Math.round(performance.now() - started)
  // the hosted API does not tell what it has loaded
  if (client.clientMode === 'v0') return { name, version, milliseconds }
  const { models } = await client.listLoadedModels(askOnce)
  return { name, version, milliseconds, models: models.length }
}

// The hosted API need not say what it is: any answer of its own shows that it can be reached.
const hostedAnswer = (client: InferenceHTTPClient) => (error: unknown) => {
  if (client.clientMode === 'v0' && error instanceof HTTPCallErrorError && error.statusCode < 500) {
    return { name: 'Roboflow', version: '' }
  }
  throw error
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
