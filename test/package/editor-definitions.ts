import fs from 'node:fs'
import path from 'node:path'
import vm from 'node:vm'

export const root = path.join(__dirname, '../..')

/** A property of a node as its dialog saves it. */
export interface Default {
  value: unknown
  required?: boolean
  type?: string
  validate?: unknown
}

/** What a node's html hands to `RED.nodes.registerType`. */
export interface EditorDefinition {
  category: string
  defaults: Record<string, Default>
  credentials?: Record<string, unknown>
  icon?: string
  inputs?: number
  outputs?: number
  oneditsave?: () => void
}

/** Names of the folders of nodes/ that hold a node each. */
export const nodeFolders = fs
  .readdirSync(path.join(root, 'nodes'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
  .map(({ name }) => name)

/** A file of a node's folder as text. */
export const nodeFile = (folder: string, file: string): string =>
  fs.readFileSync(path.join(root, 'nodes', folder, file), 'utf8')

/** The scripts of an html file, joined. */
export const scriptsOf = (html: string): string =>
  [...html.matchAll(/<script type="text\/javascript">([\s\S]*?)<\/script>/g)]
    .map(([, script]) => script)
    .join('\n')

/** The dialog of an html file, with its shared rows still empty. */
export const templateOf = (html: string): string =>
  /<script type="text\/html" data-template-name="[^"]+">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? ''

/** Runs the html's scripts as the editor does, and returns what they register: definitions by type. */
export const editorDefinitions = (folder: string): Map<string, EditorDefinition> => {
  const registered = new Map<string, EditorDefinition>()
  const validator = (name: string) => (options: unknown) => `${name} ${JSON.stringify(options)}`
  const RED = {
    _: (key: string) => key,
    validators: {
      typedInput: validator('typedInput'),
      number: validator('number'),
      regex: validator('regex'),
    },
    nodes: {
      registerType: (type: string, definition: EditorDefinition) => registered.set(type, definition),
    },
  }
  const document = { head: { append: () => {} }, createElement: () => ({}) }
  vm.runInNewContext(scriptsOf(nodeFile(folder, `${folder}.html`)), { RED, document, window: {} })
  return registered
}

/** A node as the editor saves it when nothing but `overrides` was changed in its dialog. */
export const nodeFromDialog = (folder: string, overrides: Record<string, unknown>) => {
  const [entry] = editorDefinitions(folder)
  if (!entry) throw new Error(`nodes/${folder}/${folder}.html registers nothing`)
  const [type, { defaults }] = entry
  // by way of JSON, since what comes from another context has prototypes of its own
  const values = JSON.stringify(Object.entries(defaults).map(([name, { value }]) => [name, value]))
  return { type, ...Object.fromEntries(JSON.parse(values)), ...overrides }
}
