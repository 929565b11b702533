import type { FlowNode } from '../../../support/node-red'

/** How many frames a source sends, where nothing else is said. */
export const frames = 20

export const node = (id: string, type: string, wires: string[] = ['sink']): FlowNode => ({
  id,
  type,
  z: 'tab',
  x: 0,
  y: 0,
  wires: [wires],
})

export const flowOf = (nodes: FlowNode[]): FlowNode[] => [
  { id: 'tab', type: 'tab', label: 'one' },
  { id: 'other', type: 'tab', label: 'the other' },
  ...nodes,
  node('sink', 'pacing-sink'),
]

export const source = (wires: string[]) => ({ ...node('source', 'pacing-source', wires), count: frames })
export const worker = (id: string, wires?: string[]) => node(id, 'roboflow-worker', wires)

export const debug = {
  ...node('debug', 'debug', []),
  active: true,
  tosidebar: true,
  complete: 'false',
  targetType: 'msg',
}

export const func = (id: string, code: string, wires: string[]) => ({
  ...node(id, 'function', wires),
  func: code,
  outputs: 1,
  timeout: 0,
  noerr: 0,
  initialize: '',
  finalize: '',
  libs: [],
})

export const linkOut = (id: string, links: string[] = []) => ({
  ...node(id, 'link out', []),
  mode: 'link',
  links,
})
export const linkIn = (id: string, wires: string[]) => ({ ...node(id, 'link in', wires), links: [] })
export const linkCall = (id: string, timeout: number) => ({
  ...node(id, 'link call'),
  links: ['li1'],
  linkType: 'static',
  timeout: String(timeout),
})

export const delay = (id: string, ms: number, wires: string[]) => ({
  ...node(id, 'delay', wires),
  pauseType: 'delay',
  timeout: String(ms),
  timeoutUnits: 'milliseconds',
  rate: '1',
  nbRateUnits: '1',
  rateUnits: 'second',
  randomFirst: '1',
  randomLast: '5',
  randomUnits: 'seconds',
  drop: false,
  allowrate: false,
  outputs: 1,
})

export const aSwitch = (id: string, wires: string[]) => ({
  ...node(id, 'switch', wires),
  property: 'payload',
  propertyType: 'msg',
  checkall: 'true',
  repair: false,
  outputs: 1,
})

export const join = {
  ...node('join', 'join'),
  build: 'array',
  property: 'payload',
  propertyType: 'msg',
  key: 'topic',
  joiner: '\\n',
  joinerType: 'str',
  accumulate: false,
  timeout: '',
  count: '',
  reduceRight: false,
}
