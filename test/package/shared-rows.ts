import fs from 'node:fs'
import path from 'node:path'
import vm from 'node:vm'
import { nodeFile, templateOf } from './editor-definitions'
import type { PackedPackage } from './packed'

interface SharedScript {
  rows: Record<string, string>
  isHosted(url: string): boolean
}

/** What the dialogs share, from the built resources/roboflow.js. */
export const sharedScript = ({ folder }: PackedPackage): SharedScript => {
  const script = fs.readFileSync(path.join(folder, 'resources/roboflow.js'), 'utf8')
  const document = { head: { append: () => {} }, createElement: () => ({}), querySelectorAll: () => [] }
  const RED = { _: (key: string) => key, events: { on: () => {} } }
  return vm.runInContext(`${script}\nroboflow`, vm.createContext({ document, RED, URL }))
}

/** The rows that several dialogs share, by name. */
export const sharedRows = (packed: PackedPackage): Record<string, string> => sharedScript(packed).rows

/** A node's dialog as people see it: its shared rows filled in. A row that does not exist is left out, and named. */
export const filledTemplate = (folder: string, rows: Record<string, string>) => {
  const unknown: string[] = []
  const template = templateOf(nodeFile(folder, `${folder}.html`))
  const html = template.replace(/<div data-roboflow-row="([^"]*)"[^>]*><\/div>/g, (_place, name: string) => {
    if (!(name in rows)) unknown.push(name)
    return rows[name] ?? ''
  })
  return { html, unknown }
}
