import type { Node, NodeAPI, NodeDef } from 'node-red'
import { asFailure, QueueFullError } from './failure'
import { Lane, type LaneJob, type WhenBusy } from './lane'
import { StatusLine } from './status'
import type { Inputs, Properties, Scope } from './typed-input'

/** The properties that every node's dialog has. */
export interface CommonProperties {
  atOnce: number | string
  whenBusy: WhenBusy
  keepOrder: boolean
  /** A second output for messages that are dropped. */
  droppedOutput: boolean
  /** Accept paths and URLs from messages. */
  references: boolean
}

export interface Work extends Scope {
  status: StatusLine
}

export interface Recipe<T> {
  inputs: Inputs<T>
  /** Does the node's work and resolves with the properties that the message gets. */
  work(inputs: T, scope: Work): Promise<object>
  /** Runs once when the node starts; what it throws is shown and does no harm. */
  start?(scope: Omit<Work, 'msg' | 'references'>): Promise<void>
  /** Whether messages that an http in node started may bring paths and URLs. */
  allowsHttpReferences?(properties: Properties): boolean
}

type Send = (messages: object | (object | null)[]) => void
type Done = (error?: Error) => void

const longestClose = 2_000

/** Registers a node type: evaluates its inputs, keeps its lane and status, and lets no exception out. */
export const registerNode = <T>(RED: NodeAPI, type: string, recipe: Recipe<T>): void => {
  RED.nodes.registerType(type, function (this: Node, definition: NodeDef) {
    RED.nodes.createNode(this, definition)
    open(RED, this, definition as unknown as CommonProperties & Properties, recipe)
  })
}

const open = <T>(
  RED: NodeAPI,
  node: Node,
  properties: CommonProperties & Properties,
  recipe: Recipe<T>,
): void => {
  const lane: Lane = new Lane({
    atOnce: Math.max(1, Number(properties.atOnce) || 1),
    whenBusy: properties.whenBusy ?? 'queue',
    keepOrder: properties.keepOrder !== false,
    onChange: () => status.update(),
  })
  const status = new StatusLine(RED, node, () => lane)
  const closing = new AbortController()
  const references = {
    fromMessages: properties.references !== false,
    fromHttpRequests: recipe.allowsHttpReferences?.(properties) ?? false,
  }

  const jobFor = (msg: Record<string, unknown>, send: Send, done: Done): LaneJob => {
    // the message may not get through twice, nor take the process down on its way out
    const leave = (way: () => void) => {
      try {
        way()
      } catch (thrown) {
        node.error(asFailure(thrown), msg)
      }
    }
    const fail = (error: Error) => {
      status.failed(error)
      leave(() => done(error))
    }
    return {
      weight: weigh({ RED, msg, properties }, recipe.inputs),
      source: sourceOf(msg),
      async work(signal) {
        const started = performance.now()
        const scope = { RED, node, properties, msg, signal, references, status }
        try {
          const output = await recipe.work(await readAll(recipe.inputs, scope), scope)
          const took = performance.now() - started
          return () => {
            status.answered(took)
            leave(() => {
              send(Object.assign(msg, output))
              done()
            })
          }
        } catch (thrown) {
          return () => fail(asFailure(thrown))
        }
      },
      drop() {
        leave(() => {
          if (properties.droppedOutput) send([null, msg])
          done()
        })
      },
      refuse: (limit) => fail(new QueueFullError(limit)),
      abandon: () => leave(done),
    }
  }

  node.on('input', (msg, send, done) => {
    try {
      lane.add(jobFor(msg as unknown as Record<string, unknown>, send as Send, done))
    } catch (thrown) {
      done(asFailure(thrown))
    }
  })

  node.on('close', (closed: () => void) => {
    closing.abort(new DOMException('The node is closing.', 'AbortError'))
    const timer = setTimeout(closed, longestClose)
    lane.close().then(() => {
      clearTimeout(timer)
      status.close()
      closed()
    })
  })

  recipe.start?.({ RED, node, properties, signal: closing.signal, status }).catch((thrown) => {
    if (closing.signal.aborted) return
    const failure = asFailure(thrown)
    status.failed(failure)
    node.warn(failure.message)
  })
}

const readAll = async <T>(inputs: Inputs<T>, scope: Scope): Promise<T> => {
  const read: Partial<T> = {}
  for (const name of Object.keys(inputs) as (keyof T & string)[])
    read[name] = await inputs[name].read(scope, name)
  return read as T
}

const weigh = <T>(scope: Pick<Scope, 'RED' | 'msg' | 'properties'>, inputs: Inputs<T>): number => {
  let bytes = 0
  for (const name of Object.keys(inputs) as (keyof T & string)[])
    bytes += inputs[name].weight?.(scope, name) ?? 0
  return bytes
}

/** Whose messages these are: those of a camera's frames, else of a topic. */
const sourceOf = (msg: Record<string, unknown>): string => {
  const { source } = (msg.frame ?? {}) as { source?: unknown }
  return String(source ?? msg.topic ?? '')
}
