import { EventEmitter } from 'node:events'
import { util } from '@node-red/util'
import type { Node, NodeAPI, NodeStatus } from 'node-red'

type Message = Record<string, unknown>

export interface FakeNode {
  statuses: NodeStatus[]
  warnings: string[]
  /** What left by the node's own send. */
  sent: unknown[]
  /** Hands a message over, and resolves with what the node sends in answer once it is done with it. */
  receive(msg: Message): Promise<{ sent: unknown[]; error: Error | undefined }>
  /** Resolves once the node has said that it is closed. */
  close(): Promise<void>
}

/** As much of Node-RED as one node needs, for what a flow cannot show. Texts are the last piece of their keys. */
export const fakeRed = () => {
  type Constructor = new (definition: object) => Node
  const types: Record<string, Constructor> = {}
  const others: Record<string, unknown> = {}
  const RED = {
    util,
    _: (key: string) => key.replace(/^.*[:.]/, ''),
    nodes: {
      getNode: (id: string) => others[id] ?? null,
      createNode: (node: object, definition: object) => Object.assign(node, definition),
      registerType(type: string, NodeOfType: Constructor) {
        Object.setPrototypeOf(NodeOfType.prototype, EventEmitter.prototype)
        types[type] = NodeOfType
      },
    },
  }
  const start = (type: string, properties: object = {}): FakeNode => {
    const statuses: NodeStatus[] = []
    const warnings: string[] = []
    const sent: unknown[] = []
    const NodeOfType = types[type] as Constructor
    Object.assign(NodeOfType.prototype, {
      status: (status: NodeStatus) => statuses.push(status),
      warn: (text: string) => warnings.push(text),
      error: (text: string) => warnings.push(text),
      send: (messages: unknown) => sent.push(messages),
    })
    const node = new NodeOfType({ id: 'node', type, ...properties }) as unknown as EventEmitter
    return {
      statuses,
      warnings,
      sent,
      receive: (msg) =>
        new Promise((resolve) => {
          const answers: unknown[] = []
          const done = (error?: Error) => resolve({ sent: answers, error })
          node.emit('input', msg, (messages: unknown) => answers.push(messages), done)
        }),
      close: () => new Promise((resolve) => node.emit('close', resolve)),
    }
  }
  return { RED: RED as unknown as NodeAPI, start, others }
}
