import type { Node, NodeAPI } from 'node-red'
import { type InferenceHTTPClient, sentence } from '../../src/index'
import type { Properties } from './evaluate'
import { NotConfiguredError } from './failure'
import type { MessageContext } from './inputs'
import { type MessageRecipe, takeMessages } from './message-node'
import { type Life, registerNode } from './node'
import type { Routed } from './outcome'
import type { Server } from './server'

export interface ServerRecipe<T> extends Omit<MessageRecipe<T>, 'work' | 'start'> {
  /** Does the node's work with the server's client: the one that all nodes of the server share. */
  work(
    inputs: T,
    context: MessageContext & { client: InferenceHTTPClient; server: Server },
  ): Promise<object | readonly Routed[]>
  /** Runs once when the node starts; what it throws is shown and does no harm. */
  start?(life: Life & { client: InferenceHTTPClient; server: Server }): void | Promise<void>
}

/** Registers a type of node that takes messages and has a server. */
export const serverNode = <T>(RED: NodeAPI, type: string, recipe: ServerRecipe<T>): void =>
  registerNode(RED, type, (life) => {
    const { node, properties } = life
    const server = findServer(RED, properties)
    if (server) {
      server.users[node.id] = node
      life.onClose(() => {
        delete server.users[node.id]
      })
    }
    // asked anew for each message: the server may be restarted by itself
    const now = () => withClient(findServer(RED, properties))
    return takeMessages(
      life,
      {
        ...recipe,
        work: (inputs, context) => recipe.work(inputs, { ...context, ...now() }),
        start: () => recipe.start?.({ ...life, ...now() }),
      },
      {
        allowsHttpReferences: server?.httpReferences ?? false,
        loading: () => now().client.loadOptions,
      },
    )
  })

const findServer = (RED: NodeAPI, { server }: Properties): Server | undefined =>
  (RED.nodes.getNode(String(server)) as (Node & Server) | null) ?? undefined

const withClient = (server: Server | undefined): { client: InferenceHTTPClient; server: Server } => {
  if (server?.client) return { client: server.client, server }
  throw (
    server?.problem ??
    new NotConfiguredError(
      sentence`No server is chosen.`,
      sentence`Open the node's dialog and choose or add one.`,
    )
  )
}
