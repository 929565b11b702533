import { readExample } from '../support/example'
import { type DebugMessage, type FlowNode, type NodeRed, startNodeRed } from '../support/node-red'

let running: Promise<NodeRed> | undefined

// a hook of the whole suite, as it stands in no describe
after(async () => {
  await (await running?.catch(() => undefined))?.stop()
})

export interface Server {
  url: string
  key?: string
}

/** One example in the one Node-RED that all of them share. */
export interface RunningExample {
  nodeRed: NodeRed
  /** The id of the node of this type and name. */
  idOf(type: string, name: string): string
  /** Presses the button of the inject node with this name. */
  press(name: string): Promise<void>
  /** What the debug node with this name shows next. */
  shown(name: string): Promise<DebugMessage['value']>
  /** Deploys the example again, at another server or with other changes. */
  deploy(server: Server | undefined, change?: (node: FlowNode) => FlowNode): Promise<void>
}

/** Deploys an example as it ships, or at this server; `change` alters what else cannot travel, such as a broker. */
export const runExample = async (
  name: string,
  server: Server | undefined,
  change: (node: FlowNode) => FlowNode = (node) => node,
): Promise<RunningExample> => {
  running ??= startNodeRed()
  const nodeRed = await running
  let flows: FlowNode[] = []
  const deploy: RunningExample['deploy'] = async (at, alter = change) => {
    const { url, key } = at ?? {}
    const withKey = (node: FlowNode) =>
      node.type === 'roboflow-config' && key ? { ...node, credentials: { apiKey: key } } : node
    flows = readExample(name, url).map((node) => alter(withKey(node)))
    await nodeRed.deploy(flows)
  }
  await deploy(server)
  const idOf = (type: string, label: string): string => {
    const node = flows.find((candidate) => candidate.type === type && candidate.name === label)
    if (!node) throw new Error(`${name} has no ${type} node "${label}"`)
    return node.id
  }
  return {
    nodeRed,
    deploy,
    idOf,
    press: (label) => nodeRed.inject(idOf('inject', label)),
    shown: async (label) => (await nodeRed.nextDebug(idOf('debug', label), 60_000)).value,
  }
}
