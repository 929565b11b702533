import type { Node, NodeAPI, NodeDef } from 'node-red'
import type { Properties } from './evaluate'
import { asFailure } from './failure'
import { migrated } from './migrations'
import { StatusLine } from './status'
import { translated } from './translated'

export type Send = (messages: object | readonly (object | readonly object[] | null)[]) => void

/** What a node has from its start to its close. */
export interface Life {
  readonly RED: NodeAPI
  readonly node: Node
  /** What the dialog saved, of whatever version of this package, as the newest one saves it. */
  readonly properties: Properties
  readonly status: StatusLine
  /** Aborts when the node closes. */
  readonly closing: AbortSignal
  /** Sends messages that no message caused, such as frames; nothing once the node closes. */
  readonly send: Send
  /** The node waits for this when it closes, but not for ever. */
  onClose(end: () => void | Promise<void>): void
}

/** What the dialog keeps apart from the flow, encrypted. */
type Credentials = Record<string, { type: 'text' | 'password' }>

const longestClose = 2_000

/**
 * Registers a type of node that lives: it has a status and a signal, and ends within 2 s of its close. What `start`
 * throws is shown in the status and logged, and does no other harm.
 */
export const registerNode = (
  RED: NodeAPI,
  type: string,
  start: (life: Life) => void | Promise<void>,
  credentials?: Credentials,
): void => {
  const construct = function (this: Node, definition: NodeDef) {
    RED.nodes.createNode(this, definition)
    const life = begin(RED, this, migrated(type, definition as unknown as Properties))
    const fail = (thrown: unknown) => {
      if (life.closing.aborted) return
      const failure = translated(RED, asFailure(thrown))
      life.status.failed(failure)
      this.warn(failure.message)
    }
    try {
      start(life)?.catch(fail)
    } catch (thrown) {
      fail(thrown)
    }
  }
  if (credentials) RED.nodes.registerType(type, construct, { credentials })
  else RED.nodes.registerType(type, construct)
}

const begin = (RED: NodeAPI, node: Node, properties: Properties): Life => {
  const status = new StatusLine(RED, node)
  const closing = new AbortController()
  const ends: (() => void | Promise<void>)[] = []

  node.on('close', (closed: () => void) => {
    closing.abort(new DOMException('The node is closing.', 'AbortError'))
    let isClosed = false
    const finish = () => {
      if (isClosed) return
      isClosed = true
      clearTimeout(timer)
      status.close()
      closed()
    }
    const timer = setTimeout(finish, longestClose)
    Promise.allSettled(ends.map(async (end) => end())).then(finish)
  })

  return {
    RED,
    node,
    properties,
    status,
    closing: closing.signal,
    send(messages) {
      if (!closing.signal.aborted) node.send(messages as Parameters<Node['send']>[0])
    },
    onClose: (end) => ends.push(end),
  }
}
