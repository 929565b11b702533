import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { editorDefinitions, nodeFolders, root } from './editor-definitions'

// biome-ignore lint/suspicious/noExplicitAny: nodes of every type
type FlowNode = Record<string, any>

const folder = path.join(root, 'examples')
const flowFiles = fs
  .readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
const flows = flowFiles.map((file) => ({ file, text: fs.readFileSync(path.join(folder, file), 'utf8') }))

const definitions = new Map(nodeFolders.flatMap((name) => [...editorDefinitions(name)]))

/** The types that every Node-RED has. */
const coreTypes = () => {
  const core = path.join(path.dirname(require.resolve('@node-red/nodes/package.json')), 'core')
  return fs
    .readdirSync(core, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html') && !name.includes('locales'))
    .flatMap((name) => [
      ...fs.readFileSync(path.join(core, name), 'utf8').matchAll(/data-template-name="([^"]+)"/g),
    ])
    .map(([, type]) => type ?? '')
}

describe('the examples', () => {
  it('are there', () => assert.ok(flows.length > 0))

  it('show every node that is no configuration', () => {
    const shown = new Set(flows.flatMap(({ text }) => JSON.parse(text).map(({ type }: FlowNode) => type)))
    const missing = [...definitions].filter(
      ([type, { category }]) => category !== 'config' && !shown.has(type),
    )
    assert.deepEqual(
      missing.map(([type]) => type),
      [],
    )
  })

  it('stand in the README, each with what it shows', () => {
    const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8')
    const told = [...readme.matchAll(/^\| (\d\d) \| \S.+ \|$/gm)].map(([, number]) => number)
    assert.deepEqual(told, flowFiles.map((file) => file.slice(0, 2)).sort())
  })

  it('have no id twice, also when all of them are imported', () => {
    const ids = flows.flatMap(({ text }) => JSON.parse(text).map(({ id }: FlowNode) => id))
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
    assert.deepEqual(twice, [])
  })

  for (const { file, text } of flows) {
    describe(file, () => {
      const nodes: FlowNode[] = JSON.parse(text)

      it('has a number and a name', () => assert.match(file, /^\d\d - [A-Z][^/\\]+\.json$/))

      it('is a flow: a list of nodes in one tab', () => {
        assert.ok(Array.isArray(nodes))
        assert.equal(nodes.filter(({ type }) => type === 'tab').length, 1)
        for (const { id, type } of nodes) assert.ok(id && type, JSON.stringify({ id, type }))
      })

      it('has a comment that explains it', () => {
        assert.ok(nodes.some(({ type, info }) => type === 'comment' && info.length > 50))
      })

      it('calls its nodes in the comment as they are labelled', () => {
        const labels = nodes.map(({ type, name, method, url }) =>
          type === 'http in' ? `[${method}] ${url}` : name,
        )
        const named = nodes
          .filter(({ type }) => type === 'comment')
          .flatMap(({ name, info }) => [
            ...name.matchAll(/"([^"]+)"/g),
            ...info.matchAll(/\bnodes? `([^`]+)`/g),
            ...info.matchAll(/\bPress `([^`]+)`/g),
          ])
          .map(([, label]) => label)
        assert.ok(named.length > 0)
        assert.deepEqual(
          named.filter((label) => !labels.includes(label)),
          [],
        )
      })

      it('stands on the grid', () => {
        // x is the middle of a node, whose width is a multiple of 20
        const beside = nodes.filter(({ x, y }) => x !== undefined && (x % 10 !== 0 || y % 20 !== 0))
        assert.deepEqual(
          beside.map(({ id }) => id),
          [],
        )
      })

      it('uses no nodes but ours and those of every Node-RED', () => {
        const known = ['tab', 'group', 'global-config', ...coreTypes(), ...definitions.keys()]
        const foreign = nodes.filter(({ type }) => !known.includes(type)).map(({ type }) => type)
        assert.deepEqual(foreign, [])
      })

      it('leads every wire and every server to a node', () => {
        const ids = new Set(nodes.map(({ id }) => id))
        const ends = nodes
          .flatMap(({ wires = [], z, server }) => [...wires.flat(), z, server])
          .filter(Boolean)
        assert.deepEqual(
          ends.filter((id) => !ids.has(id)),
          [],
        )
      })

      it('has our nodes with exactly the properties of their dialogs', () => {
        for (const node of nodes) {
          const defaults = definitions.get(node.type)?.defaults
          if (!defaults) continue
          const place = ['id', 'type', 'z', 'g', 'x', 'y', 'wires', 'd', 'l', 'info']
          const unknown = Object.keys(node).filter((name) => !(name in defaults) && !place.includes(name))
          const missing = Object.keys(defaults).filter((name) => !(name in node) && name !== 'tls')
          assert.deepEqual({ unknown, missing }, { unknown: [], missing: [] }, node.id)
        }
      })

      it('carries its images as data URIs of 20 kB at most', () => {
        const images = text.match(/data:image[^"\\]*/g) ?? []
        const tooLarge = images.filter((image) => image.length > 20_000).map(({ length }) => length)
        assert.deepEqual(tooLarge, [])
        assert.doesNotMatch(text.replace(/data:[^"]*/g, ''), /[A-Za-z0-9+/]{500}/, 'bare base64')
      })

      it('carries no key and no path of a machine', () => {
        assert.doesNotMatch(text, /"(credentials|apiKey|api_key)"|\/home\/|\/Users\/|[A-Z]:\\\\/)
      })
    })
  }
})
