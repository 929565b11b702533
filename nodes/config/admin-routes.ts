import type { Request, Response } from 'express'
import type { Node, NodeAPI } from 'node-red'
import { fieldOf, inferenceFieldNames, snakeCase } from '../../src/configuration/fields'
import type { InferenceHTTPClient } from '../../src/index'
import { asFailure } from '../shared/failure'
import type { ServerNode } from './server-node'
import { clientFor, fromEnvironment, keyFromEnvironment, type Secrets, type Settings } from './settings'

/** What the editor shows for a password that is stored and was not touched. */
const untouched = '__PWRD__'
const patience = { attempts: 1, timeout: 10_000 }

/** What the editor asks of the runtime; registered once, however many nodes there are. */
export const openAdminRoutes = (RED: NodeAPI): void => {
  const may = (what: 'read' | 'write') => RED.auth.needsPermission(`roboflow-config.${what}`)
  const deployed = (request: Request) => {
    const node = RED.nodes.getNode(String(request.params.id)) as DeployedServer | null
    return node?.type === 'roboflow-config' ? node : null
  }

  // the table of configuration fields, for the dialogs' lists
  RED.httpAdmin.get('/roboflow/configuration-fields', may('read'), (_request, response) => {
    response.json(inferenceFieldNames.map((name) => ({ name, label: snakeCase(name), ...fieldOf(name) })))
  })

  RED.httpAdmin.post('/roboflow/:id/test', may('write'), (request, response) => {
    const form = request.body as Settings & Secrets
    const settings = { ...form, url: fromEnvironment(form.url) }
    const secrets = secretsFor(settings, deployed(request))
    answer(response, async () => {
      const client = clientFor(RED, settings, secrets)
      try {
        return await describeServer(client)
      } finally {
        await client.close()
      }
    })
  })

  RED.httpAdmin.get('/roboflow/:id/models', may('read'), (request, response) => {
    const client = deployed(request)?.client
    if (!client) response.sendStatus(404)
    else answer(response, () => modelsOf(client))
  })
}

type DeployedServer = Node<Secrets> & ServerNode

const answer = (response: Response, work: () => Promise<unknown>): void => {
  work().then(
    (result) => response.json(result),
    (thrown) => {
      const { code, message } = asFailure(thrown)
      response.status(502).json({ code, message })
    },
  )
}

/**
 * The key that a test may send: the typed one; the stored one and the environment's only to the stored URL, or
 * whoever may edit flows could have them sent anywhere.
 */
const secretsFor = ({ url, apiKey }: Settings & Secrets, stored: DeployedServer | null): Secrets => {
  if (apiKey && apiKey !== untouched && !apiKey.includes('${')) return { apiKey }
  if (!stored || stored.url !== url) return {}
  return { apiKey: stored.credentials.apiKey || keyFromEnvironment(url) }
}

const describeServer = async (client: InferenceHTTPClient) => {
  if (client.clientMode === 'v0') await client.listLoadedModels()
  const started = performance.now()
  const { name, version } = await client.getServerInfo(patience)
  const milliseconds = Math.round(performance.now() - started)
  const { models } = await client.listLoadedModels(patience)
  return { name, version, milliseconds, models: models.length }
}

const modelsOf = async (client: InferenceHTTPClient) => {
  const { models } = await client.listLoadedModels(patience)
  return models.map(({ model_id, task_type }) => ({ id: model_id, task: task_type }))
}
