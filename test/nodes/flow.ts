import assert from 'node:assert/strict'
import type { Node } from 'node-red'
import helper from 'node-red-node-test-helper'
import config from '../../nodes/config/config'
import infer from '../../nodes/infer/infer'
import { nodeFromDialog } from '../package/editor-definitions'
import { type StubServer, startStubServer } from '../support/stub-server'
import { waitUntil } from '../support/wait-until'

helper.init(require.resolve('node-red'))
// whoever runs the tests may have one
delete process.env.ROBOFLOW_API_KEY

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every shape
export type Message = Record<string, any>

/** What a node was handed, in order. */
export class Collector {
  readonly messages: Message[] = []
  #taken = 0

  constructor(readonly name: string) {}

  /** The first message that no call has returned yet. */
  async next(): Promise<Message> {
    const message = await this.at(this.#taken)
    this.#taken++
    return message
  }

  /** The first `count` messages, once there are as many. */
  async first(count: number): Promise<Message[]> {
    await this.at(count - 1)
    return this.messages.slice(0, count)
  }

  private at(index: number): Promise<Message> {
    return waitUntil(
      () => this.messages[index],
      () => `${this.name} has ${this.messages.length} messages, not ${index + 1}`,
      10_000,
    )
  }
}

/** A running flow: helper node "in" → the node → "out" and "dropped", with Catch, Status and Complete nodes. */
export interface Flow {
  send(msg: Message): void
  out: Collector
  dropped: Collector
  completed: Collector
  /** What Catch and Status nodes see of the node. */
  caught: Collector
  statuses: Collector
  /** What they see of its server. */
  serverErrors: Collector
  serverStatuses: Collector
  node(id: string): Node
  /** What the node ends its messages with, from now on: the error of each, undefined for none. */
  noteEnds(): unknown[]
}

export interface FlowOptions {
  /** Where the server is; without it none is chosen. */
  url?: string | undefined
  /** What stands between "in" and "out", where it is not infer. */
  tested?: TestedNode
  /** What differs from the dialogs' defaults. */
  properties?: Message
  server?: Message
  credentials?: Message
  /** Of the tested node itself. */
  ownCredentials?: Message
  /** Further nodes; they are in the tab where they name none. */
  nodes?: Message[]
  /** What registers the types of further nodes. */
  types?: Register[]
}

type Register = (RED: never) => void

export interface TestedNode {
  /** The name of its folder, which is its id in the flow. */
  id: string
  register: Register
  /** As its dialog saves it; told by the folder's html where it has one. */
  defaults?: Message
}

const inferNode: TestedNode = { id: 'infer', register: infer as Register }

const observers = ['out', 'dropped', 'caught', 'completed', 'statuses'] as const

export const startFlow = async ({ url, nodes = [], types = [], ...options }: FlowOptions): Promise<Flow> => {
  const { id, register, defaults } = options.tested ?? inferNode
  const server = nodeFromDialog('config', { id: 'server', url, ...options.server })
  const chosen = { id, wires: [['out'], ['dropped']], server: url === undefined ? '' : 'server' }
  const inTab: Message[] = [
    defaults
      ? { type: `roboflow-${id}`, ...defaults, ...chosen, ...options.properties }
      : nodeFromDialog(id, { ...chosen, model: 'cars/3', ...options.properties }),
    { id: 'in', type: 'helper', wires: [[id]] },
    ...observers.map((id) => ({ id, type: 'helper' })),
    { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
    { id: 'status', type: 'status', scope: null, wires: [['statuses']] },
    { id: 'complete', type: 'complete', scope: [id], wires: [['completed']] },
    ...nodes,
  ]
  const flow = [
    { id: 'tab', type: 'tab', label: 'a flow' },
    ...(url === undefined ? [] : [server]),
    // what has no place in the workspace is a configuration node to Node-RED
    ...inTab.map((node) => ({ z: 'tab', x: 0, y: 0, ...node })),
  ]
  const registered = [config, register, ...types] as Parameters<typeof helper.load>[0]
  await helper.load(registered, flow as Parameters<typeof helper.load>[1], {
    server: options.credentials ?? {},
    ...(options.ownCredentials ? { [id]: options.ownCredentials } : {}),
  })
  return {
    out: collect('out'),
    dropped: collect('dropped'),
    completed: collect('completed'),
    caught: collect('caught', ({ error }) => error.source.id !== 'server'),
    statuses: collect('statuses', ({ status }) => status.source.id !== 'server'),
    serverErrors: collect('caught', ({ error }) => error.source.id === 'server'),
    serverStatuses: collect('statuses', ({ status }) => status.source.id === 'server'),
    node: (id) => helper.getNode(id),
    send: (msg) => helper.getNode('in').send(msg),
    noteEnds: () => noteEnds(helper.getNode(id)),
  }
}

/** Node-RED hands each done() on to `_complete`, whose own work goes on. */
const noteEnds = (node: Node): unknown[] => {
  const ends: unknown[] = []
  const { _complete: complete } = node as unknown as { _complete(msg: Message, error: unknown): void }
  const noting = (msg: Message, error: unknown) => {
    ends.push(error)
    complete.call(node, msg, error)
  }
  Object.assign(node, { _complete: noting })
  return ends
}

/** What arrives at a helper node from now on. */
export const collect = (id: string, accepts: (msg: Message) => boolean = () => true): Collector => {
  const collector = new Collector(id)
  helper.getNode(id).on('input', (msg) => {
    if (accepts(msg)) collector.messages.push(msg)
  })
  return collector
}

export const stopFlow = async (): Promise<void> => helper.unload()

/** A stub server for each test of the surrounding `describe`, after which flow and server are stopped. */
export const stubForEachTest = (): { readonly stub: StubServer } => {
  const held: { stub?: StubServer } = {}
  beforeEach(async () => {
    held.stub = await startStubServer()
  })
  afterEach(async () => {
    await stopFlow()
    await held.stub?.stop()
  })
  return held as { readonly stub: StubServer }
}

/** To be called in a describe: a test fails where a promise was rejected that nobody looked after. */
export const assertNothingUnhandled = (): void => {
  let rejections: unknown[]
  const note = (reason: unknown) => rejections.push(reason)
  beforeEach(() => {
    rejections = []
    process.on('unhandledRejection', note)
  })
  afterEach(() => {
    process.off('unhandledRejection', note)
    assert.deepEqual(rejections, [])
  })
}

/** What registers one of Node-RED's own nodes, such as `common/20-inject`. */
export const core = (file: string) => require(`@node-red/nodes/core/${file}`) as (RED: never) => void

/** How an environment variable is written in a dialog. */
export const variable = (name: string): string => `\${${name}}`

/** The editor's side of Node-RED. */
export const admin = () => helper.request()
