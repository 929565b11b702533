import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { InferenceHTTPClient } from '../../../src/index'
import { argumentOf } from './arguments'
import { requestDifference } from './compare-request'
import { saying, shown, valueDifference } from './compare-value'
import type { Expected } from './expected'
import { callOf, camelCase } from './methods'
import { type MockServer, type Received, startMockServer } from './mock-server'
import { type Call, type Case, type Configuration, type WireError, withItsDefault } from './recorded'
import { isStream, recordedForm, streamForm } from './result'

/** Replays a case against our client; the first difference in words, undefined where there is none. */
export const replay = async (recorded: Case, expected: Expected): Promise<string | undefined> => {
  const missing = [...(recorded.setup ?? []), recorded.call].find(({ method }) => !hasMethod(method))
  if (missing) return `no such method: ${missing.method}`
  // held back for a moment, so that those at the same time can be counted
  const server = await startMockServer((recorded.maxInFlight ?? 0) > 1 ? 150 : 0)
  try {
    const wanted = placed(expected, server, recorded)
    server.expect(wanted.exchanges)
    const outcome = await run(recorded, server.url)
    return (
      (await requestsDifference(recorded, wanted, server, outcome)) ??
      (wanted.error
        ? errorDifference(recorded, wanted.error, outcome)
        : await resultDifference(wanted.result, outcome)) ??
      valueDifference(wanted.state, outcome.state, 'state')
    )
  } finally {
    await server.stop()
  }
}

const hasMethod = (method: string): boolean => camelCase(method) in InferenceHTTPClient.prototype

/** What stands for places is filled in. */
const placed = (expected: Expected, { url }: MockServer, { folder }: Case): Expected =>
  JSON.parse(
    JSON.stringify(expected)
      .replaceAll('{{SERVER}}', url)
      .replaceAll('{{HOST}}', new URL(url).host)
      .replaceAll('{{GOLDEN}}', folder),
  )

interface Outcome {
  result?: unknown
  error?: unknown
  state: { clientMode?: string; selectedModel?: string | null }
}

const run = async (recorded: Case, server: string): Promise<Outcome> => {
  const places = { folder: recorded.folder, server }
  const { client: recordedClient } = recorded
  // where the profiles of workflows go
  const profiles = await mkdtemp(path.join(tmpdir(), 'wire-'))
  const configuration: Configuration = {
    ...withItsDefault(recorded, recordedClient.config),
    profiling_directory: profiles,
  }
  let client: InferenceHTTPClient | undefined
  const state = () =>
    client ? { clientMode: client.clientMode, selectedModel: client.selectedModel ?? null } : {}
  try {
    client = new InferenceHTTPClient({
      apiUrl: recordedClient.apiUrl.replace('{{SERVER}}', server),
      apiKey: recordedClient.apiKey ?? undefined,
      configuration,
    })
    if (recordedClient.mode === 'v0') client.selectApiV0()
    else client.selectApiV1()
    if (recordedClient.selectedModel !== null) client.selectModel(recordedClient.selectedModel)
    for (const call of recorded.setup ?? []) {
      const made = await callMethod(client, withDefaults(recorded, call), places)
      if (made instanceof InferenceHTTPClient) client = made
    }
    return { result: await callMethod(client, recorded.call, places), state: state() }
  } catch (error) {
    return { error, state: state() }
  } finally {
    await client?.close()
    await rm(profiles, { recursive: true })
  }
}

const withDefaults = (recorded: Case, { method, args }: Call): Call => {
  const { inference_configuration: configuration } = args
  if (!configuration) return { method, args }
  const filled = withItsDefault(recorded, configuration as Configuration)
  return { method, args: { ...args, inference_configuration: filled } }
}

const callMethod = async (
  client: InferenceHTTPClient,
  { method, args }: Call,
  places: { folder: string; server: string },
): Promise<unknown> => {
  const values = (await argumentOf(args, places)) as Record<string, unknown>
  const { name, args: ours } = callOf(method, values)
  const methods = client as unknown as Record<string, (...args: unknown[]) => unknown>
  const result = methods[name]?.(...ours)
  return isStream(result) ? streamForm(result) : result
}

const requestsDifference = async (
  { client, unordered, maxInFlight }: Case,
  { exchanges, unordered: inAnyOrder, error: wantedError }: Expected,
  { received, mostAtOnce }: MockServer,
  { error }: Outcome,
): Promise<string | undefined> => {
  for (const request of received) {
    const route = `${request.method} ${request.path}`
    if (request.exchange === undefined) return `${route} was not expected`
    const expected = exchanges[request.exchange]?.request
    const difference = expected && (await requestDifference(expected, request))
    if (difference) return `${route}: ${difference}`
  }
  const taken = new Set(received.map(({ exchange }) => exchange))
  const missing = exchanges.find(({ optional }, index) => !optional && !taken.has(index))
  if (missing) {
    const end = error ? `; the call ended with ${described(error)}` : ''
    return `${missing.request.method} ${missing.request.path} was not sent${end}`
  }
  const atOnce = mostAtOnce()
  const most = Math.max(maxInFlight ?? 0, Number(client.config.max_concurrent_requests ?? 1))
  if (maxInFlight && (atOnce > most || (maxInFlight > 1 && atOnce < 2 && !wantedError)))
    return saying('requests at the same time', maxInFlight, atOnce)
  return unordered || inAnyOrder ? undefined : orderDifference(exchanges, received)
}

// An image may be downloaded at any time before the request that carries it.
const orderDifference = (exchanges: Expected['exchanges'], received: Received[]): string | undefined => {
  const isImage = (index: number) => exchanges[index]?.request.kind !== undefined
  const numbers = received.map(({ exchange = 0 }) => exchange)
  for (const sequence of [numbers.filter(isImage), numbers.filter((index) => !isImage(index))]) {
    const late = sequence.findIndex((number, index) => number < (sequence[index - 1] ?? 0))
    if (late >= 0) return `${exchanges[sequence[late] ?? 0]?.request.path} was sent too late`
  }
  return undefined
}

const resultDifference = async (
  expected: unknown,
  { result, error }: Outcome,
): Promise<string | undefined> => {
  if (error) return `a result expected, got ${described(error)}`
  const form = (await recordedForm(result)) as Record<string, unknown>
  return valueDifference(expected, form, 'result')
}

const errorDifference = (
  { client }: Case,
  expected: WireError,
  { result, error }: Outcome,
): string | undefined => {
  if (!error) return `${expected.class} expected, got the result ${shown(result)}`
  const { name, statusCode, apiMessage } = error as {
    name: string
    statusCode?: number
    apiMessage?: unknown
  }
  if (name !== expected.class) return `${expected.class} expected, got ${described(error)}`
  const told = everythingIn(error)
  const secrets = [client.apiKey, client.config.service_secret].filter((secret) => String(secret).length > 6)
  const shownSecret = secrets.some((secret) => typeof secret === 'string' && told.includes(secret))
  if (shownSecret) return `the error shows a secret: ${told}`
  return (
    (expected.statusCode && valueDifference(expected.statusCode, statusCode, 'statusCode')) ||
    ('apiMessage' in expected && valueDifference(expected.apiMessage, apiMessage, 'apiMessage')) ||
    undefined
  )
}

const described = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : shown(error)

const everythingIn = (error: unknown): string => {
  const { message, stack, ...others } = error as Error
  return `${message} ${stack} ${JSON.stringify(others)}`
}
