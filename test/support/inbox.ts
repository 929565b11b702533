import type { Comms, CommsMessage } from './comms'
import { type DebugMessage, toDebugMessage } from './debug-message'
import type { NodeRedProcess } from './node-red-process'
import { waitUntil } from './wait-until'

export interface NodeStatus {
  text?: string
  fill?: string
  shape?: string
}

export type DebugFilter = string | ((message: DebugMessage) => boolean)

/** What Node-RED told its editors. What a call has returned is spent: no later call returns it again. */
export class Inbox {
  readonly messages: CommsMessage[]
  private readonly spent = new Set<CommsMessage>()

  constructor(
    comms: Comms,
    private readonly process: NodeRedProcess,
  ) {
    this.messages = comms.messages
  }

  nextDebug(filter: DebugFilter = () => true, timeout?: number): Promise<DebugMessage> {
    const accepts = typeof filter === 'string' ? ({ id }: DebugMessage) => id === filter : filter
    const look = () => {
      for (const message of this.unspent('debug')) {
        const debug = toDebugMessage(message.data)
        if (!accepts(debug)) continue
        this.spent.add(message)
        return debug
      }
      return undefined
    }
    return this.wait(
      look,
      typeof filter === 'string' ? `a debug message of ${filter}` : 'a debug message',
      timeout,
    )
  }

  nextStatus(
    nodeId: string,
    predicate: (status: NodeStatus) => boolean,
    timeout?: number,
  ): Promise<NodeStatus> {
    const look = () => {
      const statuses = this.unspent(`status/${nodeId}`)
      const index = statuses.findIndex(({ data }) => predicate(data))
      if (index < 0) return undefined
      // A node has one status at a time: those before this one are over.
      for (const status of statuses.slice(0, index + 1)) this.spent.add(status)
      return statuses[index]?.data as NodeStatus
    }
    return this.wait(look, `a status of ${nodeId}`, timeout)
  }

  spend(end = this.messages.length) {
    for (const message of this.messages.slice(0, end)) this.spent.add(message)
  }

  wait<T>(look: () => T | undefined, what: string, timeout?: number): Promise<T> {
    const before = this.messages.length
    return waitUntil(
      () => {
        const found = look()
        if (found === undefined) this.process.failIfEnded(what)
        return found
      },
      () => `Waited in vain for ${what}. ${this.heardSince(before)}\n${this.process.tail()}`,
      timeout,
    )
  }

  private heardSince(index: number) {
    const heard = this.messages.slice(index).slice(-10)
    if (heard.length === 0) return 'Nothing was heard meanwhile.'
    return `Heard meanwhile:\n${heard.map((message) => JSON.stringify(message).slice(0, 300)).join('\n')}`
  }

  private unspent(topic: string) {
    return this.messages.filter((message) => message.topic === topic && !this.spent.has(message))
  }
}
