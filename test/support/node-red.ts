import fs from 'node:fs/promises'
import path from 'node:path'
import { Comms } from './comms'
import { type DebugMessage, toDebugMessage } from './debug-message'
import { type Exit, NodeRedProcess } from './node-red-process'
import { makeUserDir, type Settings } from './user-dir'
import { waitUntil } from './wait-until'

export type { CommsMessage } from './comms'
export type { DebugMessage } from './debug-message'
export type { Exit } from './node-red-process'

export interface FlowNode {
  id: string
  type: string
  credentials?: Record<string, string>
  [property: string]: unknown
}

export interface NodeStatus {
  text?: string
  fill?: string
  shape?: string
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
  login?: { username: string; password: string }
}

/** A real Node-RED. What waits has a timeout, and says in its failure what came instead. */
export class NodeRed {
  /** Everything that Node-RED told its editors, in order. */
  readonly messages
  private readonly spent = new Set<object>()

  constructor(
    /** The address of the editor, without a slash at its end. */
    readonly url: string,
    readonly userDir: string,
    private readonly process: NodeRedProcess,
    private readonly comms: Comms,
    private readonly options: Options,
    private readonly token: string | undefined,
  ) {
    this.messages = comms.messages
  }

  get pid() {
    return this.process.pid
  }

  log() {
    return this.process.log()
  }

  /** Resolves when the flows run. A full deploy also spends what the flows before it have sent. */
  async deploy(flows: FlowNode[], { type = 'full' }: { type?: 'full' | 'nodes' | 'flows' } = {}) {
    const before = this.messages.length
    const headers = { 'Node-RED-API-Version': 'v2', 'Node-RED-Deployment-Type': type }
    const { rev } = await this.post<{ rev: string }>('flows', { flows }, headers)
    const news = () => this.messages.slice(before)
    await this.wait(
      () =>
        news().find(({ topic, data }) => topic === 'notification/runtime-deploy' && data.revision === rev),
      'the deployed flows to start',
    )
    const states = news().filter(({ topic }) => topic === 'notification/runtime-state')
    const problem = states.findLast(({ data }) => data.error)?.data
    if (problem)
      throw new Error(`The flows did not start: ${JSON.stringify(problem)}. ${this.process.tail()}`)
    const stopped = states.find(({ data }) => data.state === 'stop')
    if (type === 'full') this.spend(stopped ? this.messages.indexOf(stopped) : before)
  }

  /** Presses an inject node's button. */
  async inject(nodeId: string) {
    await this.post(`inject/${nodeId}`, {})
  }

  /**
   * The first debug message that no call has returned yet, of this node or for which the filter holds. Node-RED
   * shortens what it shows; here only beyond 10 MB. To test what leaves a flow byte by byte, let the flow have an
   * `http in` and an `http response` and use `request`, or let it write with a `file` node.
   */
  async nextDebug(
    filter?: string | ((message: DebugMessage) => boolean),
    timeout?: number,
  ): Promise<DebugMessage> {
    const accepts =
      typeof filter === 'string' ? ({ id }: DebugMessage) => id === filter : (filter ?? (() => true))
    const look = () => {
      for (const message of this.unspent((topic) => topic === 'debug')) {
        const debug = toDebugMessage(message.data)
        if (!accepts(debug)) continue
        this.spent.add(message)
        return debug
      }
      return undefined
    }
    return this.wait(look, `a debug message${typeof filter === 'string' ? ` of ${filter}` : ''}`, timeout)
  }

  /** The first status of the node, after the one returned last, for which the predicate holds. */
  async nextStatus(
    nodeId: string,
    predicate: (status: NodeStatus) => boolean = () => true,
    timeout?: number,
  ): Promise<NodeStatus> {
    const look = () => {
      const statuses = this.unspent((topic) => topic === `status/${nodeId}`)
      const index = statuses.findIndex(({ data }) => predicate(data))
      if (index < 0) return undefined
      for (const status of statuses.slice(0, index + 1)) this.spent.add(status)
      return statuses[index]?.data as NodeStatus
    }
    return this.wait(look, `a status of ${nodeId}`, timeout)
  }

  /** Spends everything until now: nextDebug and nextStatus only return what comes later. */
  forget() {
    this.spend(this.messages.length)
  }

  /** From the editor's side of the server, as the user who is logged in. */
  async get<T = unknown>(path: string): Promise<T> {
    return this.admin<T>(path, {})
  }

  async post<T = unknown>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    return this.admin<T>(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    })
  }

  /** Calls an `http in` node. Sends no token: with a path of the editor's side it calls that as a stranger. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const root = `/${this.options.settings?.httpNodeRoot ?? ''}/${path}`.replace(/\/{2,}/g, '/')
    return fetch(new URL(root, this.url), { signal: AbortSignal.timeout(60_000), ...init })
  }

  /** Ends Node-RED, by force after 5 s, and says how it ended. */
  async stop(): Promise<Exit> {
    this.comms.close()
    const exit = await this.process.stop()
    if (!this.options.userDir) await fs.rm(this.userDir, { recursive: true, force: true })
    return exit
  }

  private async admin<T>(path: string, init: RequestInit): Promise<T> {
    const response = await fetch(`${this.url}/${path.replace(/^\//, '')}`, {
      signal: AbortSignal.timeout(60_000),
      ...init,
      headers: {
        Accept: 'application/json',
        ...init.headers,
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
      },
    })
    const text = await response.text()
    if (!response.ok) {
      throw new Error(
        `${init.method ?? 'GET'} ${path} answered ${response.status}: ${text}. ${this.process.tail()}`,
      )
    }
    return (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T
  }

  private unspent(isWanted: (topic: string) => boolean) {
    return this.messages.filter((message) => isWanted(message.topic) && !this.spent.has(message))
  }

  private spend(end: number) {
    for (const message of this.messages.slice(0, end)) this.spent.add(message)
  }

  private wait<T>(look: () => T | undefined, what: string, timeout?: number) {
    const before = this.messages.length
    const heard = () =>
      this.messages
        .slice(before)
        .slice(-10)
        .map((message) => JSON.stringify(message).slice(0, 300))
    return waitUntil(
      () => {
        const found = look()
        if (found === undefined) this.process.failIfEnded(what)
        return found
      },
      () =>
        `Waited in vain for ${what}. Heard meanwhile:\n${heard().join('\n') || 'nothing'}\n${this.process.tail()}`,
      timeout,
    )
  }
}

const logIn = async (url: string, { username, password }: { username: string; password: string }) => {
  const form = { client_id: 'node-red-admin', grant_type: 'password', scope: '*', username, password }
  const response = await fetch(`${url}/auth/token`, { method: 'POST', body: new URLSearchParams(form) })
  if (!response.ok) throw new Error(`Node-RED refused to log in ${username}: ${response.status}`)
  const { access_token } = (await response.json()) as { access_token: string }
  return access_token
}

const repository = path.join(__dirname, '../..')

export const startNodeRed = async (options: Options = {}): Promise<NodeRed> => {
  const { settings = {}, port = 0, packageRoot = repository } = options
  const userDir = makeUserDir({ userDir: options.userDir, settings, port, packageRoot })
  const process = new NodeRedProcess(userDir, options.env)
  let comms: Comms | undefined
  try {
    const url = await process.address()
    const token = options.login && (await logIn(url, options.login))
    comms = new Comms(url, token)
    await comms.started(() => process.tail())
    const nodeRed = new NodeRed(url, userDir, process, comms, options, token)
    if (options.flows) await nodeRed.deploy(options.flows)
    return nodeRed
  } catch (error) {
    comms?.close()
    await process.stop()
    if (!options.userDir) await fs.rm(userDir, { recursive: true, force: true })
    throw error
  }
}
