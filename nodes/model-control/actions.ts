import {
  displayUrl,
  type InferenceConfiguration,
  type InferenceHTTPClient,
  InvalidParameterError,
  type RequestOptions,
  sentence,
} from '../../src/index'
import type { Server } from '../shared/server'

interface Wanted {
  /** The selected model where it is blank. */
  model: string | undefined
  api: 'v0' | 'v1' | undefined
  configuration: InferenceConfiguration
  setAsDefault: boolean
  allowLoading: boolean
}

interface Asked {
  client: InferenceHTTPClient
  server: Server
}

type Work = (asked: Asked, wanted: Wanted, options: RequestOptions) => Promise<object>

/** What is chosen until the server's node restarts; without the key. */
const state = async ({ client, server }: Asked): Promise<object> => ({
  apiUrl: displayUrl(server.url),
  mode: client.clientMode,
  selectedModel: client.selectedModel ?? null,
  configuration: client.inferenceConfiguration,
})

const idOf = ({ client }: Asked, { model }: Wanted): string => model ?? client.selectedModel ?? ''

/** Each resolves with what becomes `msg.payload`. */
export const actions = {
  info: ({ client }, _wanted, options) => client.getServerInfo(options),
  list: ({ client }, _wanted, options) => client.listLoadedModels(options),
  describe: (asked, wanted, options) =>
    asked.client.getModelDescription(idOf(asked, wanted), { allowLoading: wanted.allowLoading, ...options }),
  load: ({ client }, { model = '', setAsDefault }, options) =>
    client.loadModel(model, { setAsDefault, ...options }),
  unload: (asked, wanted, options) => asked.client.unloadModel(idOf(asked, wanted), options),
  unloadAll: ({ client }, _wanted, options) => client.unloadAllModels(options),
  state,
  selectModel(asked, { model }) {
    asked.client.selectModel(model)
    return state(asked)
  },
  selectApi(asked, { api }) {
    if (api === undefined)
      throw new InvalidParameterError(
        sentence`There is no API version to select.`,
        sentence`It is "v0" or "v1".`,
      )
    if (api === 'v0') asked.client.selectApiV0()
    else asked.client.selectApiV1()
    return state(asked)
  },
  configure(asked, { configuration }) {
    asked.client.configure(configuration)
    return state(asked)
  },
} as const satisfies Record<string, Work>

export type Action = keyof typeof actions

export const actionNames = Object.keys(actions) as Action[]

/** Servers delete their copy of a model's weights as well. */
export const isUnloading = (action: Action): boolean => action === 'unload' || action === 'unloadAll'
