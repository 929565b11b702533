import assert from 'node:assert/strict'
import fs from 'node:fs'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { editorDefinitions, nodeFile, nodeFolders, root, scriptsOf } from './editor-definitions'
import { manifest } from './packed'

const exists = (...pieces: string[]) => fs.existsSync(path.join(root, ...pieces))

const typeOf = (folder: string) => `roboflow-${folder}`

const sourcesBelow = (folder: string): string[] =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.includes('node_modules'))
    .map((name) => path.join(folder, name))

/** What a source imports, required or only for its types. */
const importsOf = (file: string): string[] => {
  const source = fs.readFileSync(path.join(root, file), 'utf8')
  const forms =
    /^(?:import|export)\b[^'"]*?\bfrom '([^']+)'|^import '([^']+)'|\b(?:import|require)\('([^']+)'\)/gm
  return [...source.matchAll(forms)].map(([, from, bare, call]) => from ?? bare ?? call ?? '')
}

/** The file or folder that a relative import leads to, from the repository's root. */
const target = (file: string, specifier: string) => path.join(path.dirname(file), specifier)

describe('the house', () => {
  it('has a folder for each node that package.json lists, and lists each folder', () => {
    const expected = nodeFolders.map((folder) => [typeOf(folder), `nodes/${folder}/${folder}.js`])
    assert.deepEqual(manifest['node-red'].nodes, Object.fromEntries(expected))
  })

  for (const folder of nodeFolders) {
    describe(`nodes/${folder}`, () => {
      it('has its script, dialog, strings and help', () => {
        const files = [
          `${folder}.ts`,
          `${folder}.html`,
          `locales/en-US/${folder}.json`,
          `locales/en-US/${folder}.html`,
        ]
        const missing = files.filter((file) => !exists('nodes', folder, file))
        assert.deepEqual(missing, [])
      })

      it('has one type, by the same name everywhere', () => {
        const type = typeOf(folder)
        assert.deepEqual([...editorDefinitions(folder).keys()], [type])
        const html = nodeFile(folder, `${folder}.html`)
        assert.deepEqual(
          [...html.matchAll(/data-template-name="([^"]+)"/g)].map(([, name]) => name),
          [type],
        )
        const help = nodeFile(folder, `locales/en-US/${folder}.html`)
        assert.match(help, new RegExp(`<script type="text/markdown" data-help-name="${type}">`))
        assert.match(nodeFile(folder, `${folder}.ts`), new RegExp(`'${type}'`))
        const strings = JSON.parse(nodeFile(folder, `locales/en-US/${folder}.json`))
        assert.ok(type in strings)
      })

      it('registers with literals, which the scorecard needs', () => {
        const script = scriptsOf(nodeFile(folder, `${folder}.html`))
        assert.match(script, new RegExp(`registerType\\('${typeOf(folder)}', \\{\\n`))
        for (const property of ['category', 'icon', 'color', 'inputs', 'outputs']) {
          const written = new RegExp(`^ {6}${property}: (?!'[^']*',$|\\d,$)`, 'm')
          assert.doesNotMatch(script, written, `${property} is not a literal`)
        }
        assert.match(script, /^ {6}defaults: \{$/m)
      })

      it('has a help that begins with a sentence of three lines at most', () => {
        const [, first = ''] = nodeFile(folder, `locales/en-US/${folder}.html`).split('\n')
        assert.match(first, /^[A-Z].{30,240}\.$/)
      })

      const definition = editorDefinitions(folder).get(typeOf(folder))
      if (definition?.category === 'config') return

      it('has an icon of its own, white on nothing', () => {
        const icon = definition?.icon ?? ''
        assert.match(icon, new RegExp(`^${typeOf(folder)}\\.(svg|png)$`))
        assert.ok(exists('nodes', folder, 'icons', icon), `icons/${icon}`)
        if (icon.endsWith('.svg')) {
          const colors = nodeFile(folder, `icons/${icon}`).match(/#[0-9a-f]{3,8}\b/gi) ?? []
          assert.deepEqual([...new Set(colors.map((color) => color.toLowerCase()))], ['#fff'])
        }
      })

      it('has the family’s colour and category', () => {
        const { category, color } = definition as unknown as Record<string, unknown>
        assert.deepEqual([category, color], ['Roboflow', '#C9B6F2'])
      })
    })
  }

  it('has a library that knows nothing of Node-RED', () => {
    const installed = { ...manifest.dependencies, ...manifest.peerDependencies }
    const wrong: string[] = []
    for (const file of sourcesBelow('src')) {
      for (const specifier of importsOf(file)) {
        const inside = specifier.startsWith('.')
          ? isInSrcOrManifest(target(file, specifier))
          : isBuiltin(specifier) || specifier in installed || isOnlyForTypes(file, specifier)
        if (!inside) wrong.push(`${file}: ${specifier}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  it('has nodes that use nothing but the library’s index, each other’s shared parts and declared packages', () => {
    const types = ['node-red', 'express']
    const wrong: string[] = []
    for (const file of sourcesBelow('nodes')) {
      for (const specifier of importsOf(file)) {
        const inside = specifier.startsWith('.')
          ? isNodesOrIndex(target(file, specifier))
          : isBuiltin(specifier) || specifier in manifest.dependencies || types.includes(specifier)
        if (!inside) wrong.push(`${file}: ${specifier}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  it('imports files, never folders: of a folder, tsx would take the index.js that was built last', () => {
    const wrong: string[] = []
    for (const file of ['nodes', 'src', 'test'].flatMap(sourcesBelow)) {
      for (const specifier of importsOf(file).filter((name) => name.startsWith('.'))) {
        const place = path.join(root, target(file, specifier))
        if (fs.existsSync(place) && fs.statSync(place).isDirectory()) wrong.push(`${file}: ${specifier}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  it('has a README that tells how to start and how to test', () => {
    const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8')
    assert.match(readme, /npm start/)
    assert.match(readme, /npm test/)
    for (const folder of nodeFolders) {
      const name = folder === 'config' ? typeOf(folder) : folder
      assert.ok(readme.includes(`**${name}**`), `the README does not tell of ${name}`)
    }
  })

  it('reads imports in every form', () => {
    const file = path.join('test', 'package', 'house.test.ts')
    assert.ok(importsOf(file).includes('node:fs') && importsOf(file).includes('./packed'))
    assert.ok(importsOf(path.join('src', 'index.ts')).includes('./errors'))
    assert.ok(importsOf(path.join('src', 'images', 'decoder.ts')).includes('sharp'))
  })
})

const isInSrcOrManifest = (place: string): boolean =>
  place.startsWith(`src${path.sep}`) || place === 'package.json'

/** A package that tells the compiler something, and is not there when the library runs. */
const isOnlyForTypes = (file: string, specifier: string): boolean => {
  const source = fs.readFileSync(path.join(root, file), 'utf8')
  const lines = source.split('\n').filter((line) => line.includes(`'${specifier}'`))
  return lines.every((line) => line.startsWith('import type'))
}

const isNodesOrIndex = (place: string): boolean =>
  place.startsWith(`nodes${path.sep}`) || place === path.join('src', 'index')

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') && builtinModules.includes(specifier.slice(5).split('/')[0] ?? '')
}
