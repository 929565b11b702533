import fs from 'node:fs/promises'
import path from 'node:path'
import { AdminApi, type Login, logIn } from './admin-api'
import { Comms, type CommsMessage } from './comms'
import type { DebugMessage } from './debug-message'
import { type DebugFilter, Inbox, type NodeStatus } from './inbox'
import { type Exit, NodeRedProcess } from './node-red-process'
import { makeUserDir, type Settings } from './user-dir'

export type { CommsMessage, DebugMessage, Exit, NodeStatus }

export interface FlowNode {
  id: string
  type: string
  credentials?: Record<string, string>
  [property: string]: unknown
}

export interface Options {
  /** Deployed when everything listens, so that no message is missed. */
  flows?: FlowNode[]
  /** Kept when Node-RED stops; without it a temporary one is made and removed. */
  userDir?: string
  /** Over the quiet defaults; plain data only, since it goes into a file. */
  settings?: Settings
  env?: NodeJS.ProcessEnv
  port?: number
  /** The package to load: this repository, as built. */
  packageRoot?: string
  /** Needed when the settings have an `adminAuth`. */
  login?: Login
}

/** A real Node-RED. Whatever waits has a timeout, and says in its failure what came instead. */
export class NodeRed {
  constructor(
    /** The address of the editor, without a slash at its end. */
    readonly url: string,
    readonly userDir: string,
    private readonly process: NodeRedProcess,
    private readonly comms: Comms,
    private readonly inbox: Inbox,
    private readonly api: AdminApi,
    private readonly options: Options,
  ) {}

  get pid() {
    return this.process.pid
  }

  /** Everything that Node-RED told its editors, in order. */
  get messages(): readonly CommsMessage[] {
    return this.inbox.messages
  }

  log() {
    return this.process.log()
  }

  /** Resolves when the flows run. A full deploy also spends what the flows before it have sent. */
  async deploy(flows: FlowNode[], { type = 'full' }: { type?: 'full' | 'nodes' | 'flows' } = {}) {
    const before = this.messages.length
    const headers = { 'Node-RED-API-Version': 'v2', 'Node-RED-Deployment-Type': type }
    const { rev } = await this.api.call<{ rev: string }>('flows', {
      method: 'POST',
      body: { flows },
      headers,
    })
    const news = (topic: string) => this.messages.slice(before).filter((message) => message.topic === topic)
    await this.inbox.wait(
      () => news('notification/runtime-deploy').find(({ data }) => data.revision === rev),
      'the deployed flows to start',
    )
    const states = news('notification/runtime-state')
    const problem = states.findLast(({ data }) => data.error)?.data
    if (problem)
      throw new Error(`The flows did not start: ${JSON.stringify(problem)}. ${this.process.tail()}`)
    const stopped = states.find(({ data }) => data.state === 'stop')
    if (type === 'full') this.inbox.spend(stopped ? this.messages.indexOf(stopped) : before)
  }

  /** Presses an inject node's button. */
  async inject(nodeId: string) {
    await this.post(`inject/${nodeId}`, {})
  }

  /**
   * The first debug message that no call has returned yet, of this node or for which the filter holds. Warnings and
   * errors of nodes are such messages too, with a `level`. Node-RED shortens what it shows: here only beyond 10 MB.
   * To test byte by byte what leaves a flow, give it an `http in` and an `http response` and use `request`, or a
   * `file` node.
   */
  async nextDebug(filter?: DebugFilter, timeout?: number): Promise<DebugMessage> {
    return this.inbox.nextDebug(filter, timeout)
  }

  /** The first status of the node, after the one returned last, for which the predicate holds. */
  async nextStatus(
    nodeId: string,
    predicate: (status: NodeStatus) => boolean = () => true,
    timeout?: number,
  ): Promise<NodeStatus> {
    return this.inbox.nextStatus(nodeId, predicate, timeout)
  }

  /** From now on nextDebug and nextStatus return only what comes later. */
  forget() {
    this.inbox.spend()
  }

  /** From the editor's side of the server, as the user who is logged in. */
  async get<T = unknown>(path: string): Promise<T> {
    return this.api.call<T>(path)
  }

  async post<T = unknown>(path: string, body: unknown): Promise<T> {
    return this.api.call<T>(path, { method: 'POST', body })
  }

  /** Calls an `http in` node. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const route = `/${this.options.settings?.httpNodeRoot ?? ''}/${path}`.replace(/\/{2,}/g, '/')
    return fetch(new URL(route, this.url), { signal: AbortSignal.timeout(60_000), ...init })
  }

  /** Ends Node-RED, by force after 5 s, and says how it ended. */
  async stop(): Promise<Exit> {
    this.comms.close()
    const exit = await this.process.stop()
    if (!this.options.userDir) await fs.rm(this.userDir, { recursive: true, force: true })
    return exit
  }
}

const repository = path.join(__dirname, '../..')

export const startNodeRed = async (options: Options = {}): Promise<NodeRed> => {
  const { settings = {}, port = 0, packageRoot = repository } = options
  const userDir = makeUserDir({ userDir: options.userDir, settings, port, packageRoot })
  const process = new NodeRedProcess(userDir, options.env)
  const tail = () => process.tail()
  let comms: Comms | undefined
  try {
    const url = await process.address()
    const token = options.login && (await logIn(url, options.login))
    comms = new Comms(url, token)
    await comms.started(tail)
    const inbox = new Inbox(comms, process)
    const nodeRed = new NodeRed(url, userDir, process, comms, inbox, new AdminApi(url, token, tail), options)
    if (options.flows) await nodeRed.deploy(options.flows)
    return nodeRed
  } catch (error) {
    comms?.close()
    await process.stop()
    if (!options.userDir) await fs.rm(userDir, { recursive: true, force: true })
    throw error
  }
}
