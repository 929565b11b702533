import { nodeFromDialog } from '../../package/editor-definitions'
import type { FlowNode, NodeRed } from '../../support/node-red'

const place = { z: 'tab', x: 100, y: 100 }

export const inject = (id: string, props: object[], wires = ['source']): FlowNode => ({
  id,
  type: 'inject',
  ...place,
  props,
  wires: [wires],
})

const debug = (id: string): FlowNode => ({
  id,
  type: 'debug',
  ...place,
  active: true,
  tosidebar: true,
  complete: 'true',
  targetType: 'full',
  wires: [],
})

const without = (id: string, properties: string[], wires: string[]): FlowNode => ({
  id,
  type: 'change',
  ...place,
  rules: properties.map((p) => ({ t: 'delete', p, pt: 'msg' })),
  wires: [wires],
})

/**
 * video-source → infer → debug "frames", its events to debug "events", what fails by a catch node to "frames", too. The
 * inject nodes "start", "stop" and "snapshot" send these actions, the last with a part number.
 */
export const sourceFlow = (url: string, source: object, infer: object = {}): FlowNode[] => [
  { id: 'tab', type: 'tab' },
  { ...nodeFromDialog('config', { url }), id: 'server' },
  {
    ...nodeFromDialog('video-source', { startOnDeploy: false, ...source }),
    ...place,
    id: 'source',
    wires: [['infer'], ['events']],
  },
  {
    ...nodeFromDialog('infer', { server: 'server', model: 'cars/3', ...infer }),
    ...place,
    id: 'infer',
    wires: [['short']],
  },
  { id: 'catch', type: 'catch', ...place, scope: ['infer'], wires: [['short']] },
  // images are long: the sidebar is told of the rest
  without('short', ['payload', 'image'], ['frames']),
  ...['frames', 'events'].map(debug),
  ...['start', 'stop'].map((name) => inject(name, [{ p: 'action', v: name, vt: 'str' }])),
  inject('snapshot', [
    { p: 'action', v: 'snapshot', vt: 'str' },
    { p: 'part', v: '7', vt: 'num' },
  ]),
]

/** What the next event of this name tells. */
export const nextEvent = async (nodeRed: NodeRed, name: string, timeout = 30_000) => {
  for (;;) {
    const { value } = await nodeRed.nextDebug('events', timeout)
    if (value.event === name) return value.payload
  }
}
