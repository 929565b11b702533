import type { Node, NodeAPI } from 'node-red'
import { asFailure, type NodeClosedError } from './failure'
import type { Send } from './node'
import type { StatusLine } from './status'
import { translated } from './translated'

export type Done = (error?: Error) => void

/** Properties that a message gets, and the output (from 0) that it leaves by. */
export interface Routed {
  output: number
  message: object
}

type Message = Record<string, unknown>

/**
 * The way of one message out of a node: it ends in exactly one `done`, and nothing is thrown, whatever the message is
 * like. Telling other nodes of it clones it, which may fail.
 */
export class Outcome {
  readonly #RED: NodeAPI
  readonly #node: Node
  readonly #status: StatusLine
  readonly #msg: Message
  readonly #send: Send
  readonly #done: Done
  #isOver = false

  constructor(RED: NodeAPI, node: Node, status: StatusLine, msg: Message, send: Send, done: Done) {
    this.#RED = RED
    this.#node = node
    this.#status = status
    this.#msg = msg
    this.#send = send
    this.#done = done
  }

  /** Sends what became of the message, one or several, and ends it. */
  leave(output: object | readonly Routed[]): void {
    try {
      this.#send(messagesOf(this.#msg, output))
    } catch (thrown) {
      this.fail(asFailure(thrown))
      return
    }
    this.#end()
  }

  /** Sends the message as it came to an output, or to none, and ends it. */
  pass(output: number | undefined): void {
    this.leave(output === undefined ? [] : [{ output, message: {} }])
  }

  fail(error: Error): void {
    this.#status.failed(translated(this.#RED, error))
    const { statusCode } = error as { statusCode?: unknown }
    // beside msg.error, as core's http request has it
    if (typeof statusCode === 'number') this.#tell({ statusCode })
    this.#end(error)
  }

  /** The node goes: no status, but whoever waits for the message hears of it. */
  abandon(error: NodeClosedError): void {
    this.#end(translated(this.#RED, error))
  }

  #tell(properties: object): void {
    try {
      Object.assign(this.#msg, properties)
    } catch {
      // the message may be frozen: the error says it, too
    }
  }

  #end(error?: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    try {
      this.#done(error)
    } catch (thrown) {
      try {
        // without the message, which may be what cannot be told
        this.#node.error(asFailure(error ?? thrown).message)
      } catch {
        // there is nobody left to tell
      }
    }
  }
}

/** What a node's `send` takes: the message itself where it is one, copies where it becomes several. */
const messagesOf = (msg: Message, output: object | readonly Routed[]): Parameters<Send>[0] => {
  if (!Array.isArray(output)) return merged(msg, output)
  const routed = output as readonly Routed[]
  const outputs: object[][] = []
  for (const { output: index, message } of routed) {
    for (let at = outputs.length; at <= index; at++) outputs.push([])
    outputs[index]?.push(routed.length === 1 ? merged(msg, message) : { ...msg, ...message })
  }
  return outputs
}

const merged = (msg: Message, properties: object): object => {
  try {
    return Object.assign(msg, properties)
  } catch {
    // it is frozen, or has properties that nobody may set
    return { ...msg, ...properties }
  }
}
