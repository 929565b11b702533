import type { NodeAPI } from 'node-red'
import type { LoadOptions } from '../../src/index'
import type { Properties } from './evaluate'
import { asFailure, NodeClosedError, QueueFullError } from './failure'
import type { Inputs, MessageContext } from './inputs'
import { Lane, type LaneJob, type WhenBusy } from './lane'
import { type Life, registerNode, type Send } from './node'
import { type Done, Outcome, type Routed } from './outcome'
import { type Previewed, previewOf } from './preview'
import { readInputs } from './read-inputs'
import type { ReferencePolicy } from './references'

export interface MessageRecipe<T> {
  inputs: Inputs<T>
  /** How many outputs there are besides the one for dropped messages, which is the last (1). */
  outputs?(properties: Properties): number
  /** Does the node's work: the properties that the message gets, or several messages for one output or several. */
  work(inputs: T, context: MessageContext): Promise<object | readonly Routed[]>
  /** What the editor may show of what leaves the node. */
  preview?(output: Record<string, unknown>): Previewed
  /** Runs once when the node starts; what it throws is shown and does no harm. */
  start?(life: Life): void | Promise<void>
}

/** What a node knows besides its recipe, because of its server. */
export interface Surroundings {
  allowsHttpReferences: boolean
  /** How images are read. */
  loading(): LoadOptions
}

const alone: Surroundings = { allowsHttpReferences: false, loading: () => ({}) }

/** Registers a type of node that takes messages, works on so many at once, and ends each of them exactly once. */
export const messageNode = <T>(RED: NodeAPI, type: string, recipe: MessageRecipe<T>): void =>
  registerNode(RED, type, (life) => takeMessages(life, recipe))

/** Lets a node that lives take messages. */
export const takeMessages = <T>(
  life: Life,
  recipe: MessageRecipe<T>,
  { allowsHttpReferences, loading }: Surroundings = alone,
): void | Promise<void> => {
  const { RED, node, properties, status } = life
  const { outputs } = recipe
  const lane = new Lane({
    atOnce: Math.max(1, Number(properties.atOnce) || 1),
    whenBusy: (properties.whenBusy as WhenBusy | undefined) ?? 'queue',
    keepOrder: properties.keepOrder !== false,
    onChange: () => status.update(),
  })
  const forDropped = properties.droppedOutput ? (outputs?.(properties) ?? 1) : undefined
  const preview = recipe.preview && previewOf(life)
  const references: ReferencePolicy = {
    fromMessages: properties.references !== false,
    fromHttpRequests: allowsHttpReferences,
  }

  const jobFor = (msg: Record<string, unknown>, outcome: Outcome): LaneJob => ({
    weight: weightOf({ RED, msg, properties }, recipe.inputs),
    source: sourceOf(msg),
    async work(signal) {
      const started = performance.now()
      try {
        const context = { RED, node, properties, msg, signal, references, status, loading: loading() }
        const output = await recipe.work(await readInputs(recipe.inputs, context), context)
        const took = performance.now() - started
        return () => {
          status.answered(took)
          if (recipe.preview) preview?.show(recipe.preview(output as Record<string, unknown>))
          outcome.leave(output)
        }
      } catch (thrown) {
        return () => outcome.fail(asFailure(thrown))
      }
    },
    drop: () => outcome.pass(forDropped),
    refuse: (limit) => outcome.fail(new QueueFullError(limit)),
    abandon: () => outcome.abandon(new NodeClosedError()),
  })

  status.showLoad(() => lane)
  life.onClose(() => lane.close())
  node.on('input', (msg, send, done) => {
    const message = msg as unknown as Record<string, unknown>
    const outcome = new Outcome(RED, node, status, message, send as unknown as Send, done as Done)
    try {
      lane.add(jobFor(message, outcome))
    } catch (thrown) {
      outcome.fail(asFailure(thrown))
    }
  })
  return recipe.start?.(life)
}

const weightOf = <T>(
  context: Pick<MessageContext, 'RED' | 'msg' | 'properties'>,
  inputs: Inputs<T>,
): number => {
  let bytes = 0
  for (const name of Object.keys(inputs) as (keyof T & string)[])
    bytes += inputs[name].weight?.(context, name) ?? 0
  return bytes
}

/** Whose messages these are: those of a camera's frames, else of a topic. */
const sourceOf = (msg: Record<string, unknown>): string => {
  const { source } = (msg.frame ?? {}) as { source?: unknown }
  return String(source ?? msg.topic ?? '')
}
