import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { FlowNode } from './node-red'

const folder = path.join(__dirname, '../../examples')

/** An example as it ships, or with its server at this URL; nothing else is touched. */
export const readExample = (name: string, serverUrl?: string): FlowNode[] => {
  const flows = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as FlowNode[]
  if (serverUrl === undefined) return flows
  return flows.map((node) => (node.type === 'roboflow-config' ? { ...node, url: serverUrl } : node))
}

/** The only node of a type in flows (the first, where there are more). */
export const nodeOf = (flows: FlowNode[], type: string): FlowNode => {
  const node = flows.find((candidate) => candidate.type === type)
  if (!node) throw new Error(`The flow has no ${type}.`)
  return node
}
