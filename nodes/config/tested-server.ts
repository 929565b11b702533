import type { Node } from 'node-red'
import {
  apiKeyFromEnvironment,
  HTTPCallErrorError,
  type InferenceHTTPClient,
  listModels,
  sentence,
} from '../../src/index'
import { NotConfiguredError } from '../shared/failure'
import type { Server } from '../shared/server'
import { fromEnvironment, type Secrets, type Settings } from './settings'

export type DeployedServer = Node<Secrets> & Server

/** What the editor shows for a password that is stored and was not touched. */
const untouched = '__PWRD__'
export const askOnce = { attempts: 1, timeout: 10_000 }

/**
 * The key that a test may send: the typed one; the stored one and the environment's only to the stored URL, or
 * whoever may edit flows could have them sent anywhere.
 */
export const secretsFor = ({ url, apiKey }: Settings & Secrets, stored: DeployedServer | null): Secrets => {
  const isTyped = Boolean(apiKey) && apiKey !== untouched
  if (isTyped && !apiKey?.includes('${')) return { apiKey }
  if (!stored || stored.url !== url) return {}
  if (isTyped) return { apiKey: fromEnvironment(String(apiKey)) || undefined }
  // an emptied field will mean the environment's key once it is deployed
  return { apiKey: (apiKey === untouched && stored.credentials.apiKey) || apiKeyFromEnvironment(url) }
}

/** Whether a body holds what the dialog sends; programs may send anything. */
export const isForm = (body: Settings & Secrets): boolean => {
  if (typeof body !== 'object' || body === null || typeof body.url !== 'string') return false
  const { retries, httpReferences, proxyLocalAddresses, goneToCatch, ...texts } = body
  return (
    [retries, httpReferences, proxyLocalAddresses, goneToCatch].every((flag) =>
      ['boolean', 'undefined'].includes(typeof flag),
    ) && Object.values(texts).every((text) => ['string', 'number', 'undefined'].includes(typeof text))
  )
}

export const describeBuiltIn = async (modelsFolder: string | undefined) => {
  const models = await listModels(modelsFolder)
  if (models.length === 0)
    throw new NotConfiguredError(
      sentence`There are no models in ${modelsFolder ?? 'demo/models'}.`,
      sentence`Each is a folder such as parts/1, with model_type.json in it.`,
    )
  return { inFolder: models.length, ids: models.map(({ id }) => id).join(', ') }
}

export const describeServer = async (client: InferenceHTTPClient) => {
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
