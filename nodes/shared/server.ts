import type { Node } from 'node-red'
import type { InferenceHTTPClient } from '../../src/index'

/** What a roboflow-config node offers to the nodes that use it. */
export interface Server {
  /** The one client of this server, shared by all its nodes; absent when its settings are wrong. */
  client?: InferenceHTTPClient
  /** Why there is no client. */
  problem?: Error
  /** What the models folder of a built-in server holds, loaded or not; absent for other servers. */
  models?: (() => Promise<{ id: string; task: string }[]>) | undefined
  /** Messages that an http in node started may bring paths and URLs. */
  httpReferences: boolean
  /** The nodes that use this server, by id: Node-RED tells the Status and Catch nodes of their flows about it. */
  users: Record<string, Node>
  /** Aliases of public models that the server refused since it was deployed: dialogs do not offer them again. */
  refusedAliases: Set<string>
  /** Told after each lasting change of the client, such as another selected model. */
  watchers: Set<() => void>
  /** The URL as it is used, environment variables filled in. */
  url: string
}
