import fs from 'node:fs'
import path from 'node:path'
import vm from 'node:vm'
import { nodeFile, templateOf } from './editor-definitions'
import type { PackedPackage } from './packed'

interface SharedScript {
  rows: Record<string, string>
  lineFor(type: string, place: Record<string, string>): string | undefined
  isHosted(url: string): boolean
}

/** What the dialogs share, from the built resources/roboflow.js. */
export const sharedScript = ({ folder }: PackedPackage): SharedScript => {
  const script = fs.readFileSync(path.join(folder, 'resources/roboflow.js'), 'utf8')
  const document = { head: { append: () => {} }, createElement: () => ({}), querySelectorAll: () => [] }
  const RED = { _: (key: string) => key, events: { on: () => {} } }
  return vm.runInContext(`${script}\nroboflow`, vm.createContext({ document, RED, URL }))
}

/** A node's dialog as people see it: its empty elements filled in. One that nobody knows is left out, and named. */
export const filledTemplate = (folder: string, { lineFor }: SharedScript) => {
  const unknown: string[] = []
  const template = templateOf(nodeFile(folder, `${folder}.html`))
  const html = template.replace(/<div (data-roboflow-[^>]*)><\/div>/g, (place, attributes: string) => {
    const line = lineFor(`roboflow-${folder}`, dataOf(attributes))
    if (line === undefined) unknown.push(place)
    return line ?? ''
  })
  return { html, unknown }
}

/** `data-roboflow-row="a"` → `{ roboflowRow: 'a' }`, as a browser's dataset. */
const dataOf = (attributes: string): Record<string, string> =>
  Object.fromEntries(
    [...attributes.matchAll(/data-([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )
