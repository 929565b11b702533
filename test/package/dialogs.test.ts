import assert from 'node:assert/strict'
import {
  type Default,
  type EditorDefinition,
  editorDefinitions,
  nodeFile,
  nodeFolders,
  templateOf,
} from './editor-definitions'
import { packedPackage } from './packed'
import { filledTemplate, sharedScript } from './shared-rows'

const definitions = new Map(
  nodeFolders.map((folder) => [folder, [...editorDefinitions(folder).values()][0] as EditorDefinition]),
)

const idsOf = (html: string): string[] => [...html.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id ?? '')

/** Properties that have a field, by the ids that Node-RED looks for. */
const fieldsOf = (html: string, prefix: string): string[] =>
  [...html.matchAll(/<(?:input|select|textarea)\b[^>]*\bid="([^"]+)"/g)]
    .map(([, id]) => id ?? '')
    .filter((id) => id.startsWith(prefix))
    .map((id) => id.slice(prefix.length))

const comparable = ({ value, required, type, validate }: Default) =>
  JSON.stringify({ value, required, type, validate: String(validate) })

describe('the dialogs', function () {
  this.timeout(120_000)
  let shared: ReturnType<typeof sharedScript>
  before(async () => {
    shared = sharedScript(await packedPackage())
  })

  it('share rows', () => assert.ok(Object.keys(shared.rows).length > 3))

  it('use every row that is shared', () => {
    const templates = nodeFolders.map((folder) => templateOf(nodeFile(folder, `${folder}.html`))).join()
    const unused = Object.keys(shared.rows).filter(
      (name) => !templates.includes(`data-roboflow-row="${name}"`),
    )
    assert.deepEqual(unused, [])
  })

  for (const [folder, definition] of definitions) {
    describe(`of ${folder}`, () => {
      const prefix = definition.category === 'config' ? 'node-config-input-' : 'node-input-'
      const saved = ['version', 'outputs', 'configuration', 'workflowInputs', 'rules']
      const properties = [...Object.keys(definition.defaults), ...Object.keys(definition.credentials ?? {})]

      it('names only lines that exist', () => {
        assert.deepEqual(filledTemplate(folder, shared).unknown, [])
      })

      it('has a field for each property, but for those that it sets when it is closed', () => {
        const fields = fieldsOf(filledTemplate(folder, shared).html, prefix)
        const without = properties.filter((name) => !fields.includes(name) && !saved.includes(name))
        assert.deepEqual(without, [])
      })

      it('has a property for each field', () => {
        const fields = fieldsOf(filledTemplate(folder, shared).html, prefix)
        assert.deepEqual(
          fields.filter((name) => !properties.includes(name)),
          [],
        )
      })

      it('has no id twice, and labels only what is there', () => {
        const { html } = filledTemplate(folder, shared)
        const ids = idsOf(html)
        assert.deepEqual(
          ids.filter((id, index) => ids.indexOf(id) !== index),
          [],
        )
        const labels = [...html.matchAll(/<label for="([^"]+)"/g)].map(([, id]) => id ?? '')
        assert.deepEqual(
          labels.filter((id) => !ids.includes(id)),
          [],
        )
      })

      it('stores the type of each field that can be typed, msg, flow and so on', () => {
        const fields = fieldsOf(filledTemplate(folder, shared).html, prefix)
        const typed = fields.filter((name) => fields.includes(`${name}Type`))
        const { defaults } = definition
        assert.deepEqual(
          typed.filter((name) => !(name in defaults && typeof defaults[`${name}Type`]?.value === 'string')),
          [],
        )
      })

      it('says so in plain words when the shared script is missing', () => {
        const html = nodeFile(folder, `${folder}.html`)
        assert.match(html, /node-red-contrib-roboflow\/roboflow-config:missing/)
        assert.doesNotMatch(html, /<script[^>]* src=/, 'Node-RED would wait for a missing file for ever')
      })
    })
  }

  it('have the same defaults for what they share', () => {
    const fields = new Set(Object.values(shared.rows).flatMap((html) => fieldsOf(html, 'node-input-')))
    const names = [...fields, 'name', 'configuration']
    const different: string[] = []
    for (const name of names) {
      const forms = [...definitions.values()]
        .filter(({ category }) => category !== 'config')
        .flatMap(({ defaults }) => defaults[name] ?? [])
      assert.ok(forms.length > 0, `no dialog has ${name}`)
      if (new Set(forms.map(comparable)).size > 1) different.push(name)
    }
    // draw is there to be looked at, and shows what it draws
    assert.deepEqual(different, ['preview'])
  })
})
