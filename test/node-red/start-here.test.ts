import assert from 'node:assert/strict'
import path from 'node:path'
import { editorDefinitions } from '../package/editor-definitions'
import { type FlowNode, type NodeRed, startNodeRed } from '../support/node-red'

const root = path.join(__dirname, '../..')
const { startHere } = require('../../scripts/start-here') as { startHere(demo: string): FlowNode[] }

describe('the tab "Start here" of npm start', function () {
  this.timeout(60_000)
  const flows = startHere(path.join(root, 'demo'))
  let nodeRed: NodeRed
  before(async () => {
    nodeRed = await startNodeRed()
    await nodeRed.deploy(flows)
  })
  after(() => nodeRed?.stop())

  it('has nodes with everything that their dialogs save, wired to each other', () => {
    const ids = new Set(flows.map(({ id }) => id))
    for (const { wires = [] } of flows)
      for (const id of (wires as string[][]).flat()) assert.ok(ids.has(id), id)
    for (const node of flows.filter(({ type }) => type.startsWith('roboflow-'))) {
      const definition = editorDefinitions(node.type.replace('roboflow-', '')).get(node.type)
      const missing = Object.keys(definition?.defaults ?? {}).filter((name) => !(name in node))
      assert.deepEqual(missing, [], node.type)
    }
  })

  it('finds the parts in the picture, with Node.js alone', async () => {
    await nodeRed.inject('picture')
    const { value } = await nodeRed.nextDebug('found', 60_000)
    const classes = value.predictions.map((found: { class: string }) => found.class).sort()
    assert.deepEqual(classes, ['bearing', 'bolt', 'bolt', 'gear', 'gear', 'nut', 'nut', 'washer', 'washer'])
    await nodeRed.nextStatus('draw', ({ text }) => / ms · /.test(text ?? ''))
  })

  it('plays the belt, and counts what is in view', async () => {
    await nodeRed.inject('play')
    const seen = new Set<string>()
    for (let times = 0; times < 40 && seen.size < 4; times++) {
      const { text } = await nodeRed.nextStatus('counts', ({ text }) => (text ?? '') !== '', 30_000)
      for (const [, name = ''] of (text ?? '').matchAll(/(\w+): \d/g)) seen.add(name)
    }
    assert.ok(seen.size >= 3, [...seen].join())
    await nodeRed.inject('stop')
    await nodeRed.nextStatus('video', ({ text }) => text === 'stopped')
  })
})
