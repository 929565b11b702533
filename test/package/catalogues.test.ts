// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of scripts

import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describeInferenceFields } from '../../src/configuration/describe-fields'
import { keysInHtml, keysInScript, type UsedKey } from './catalogue-keys'
import { nodeFile, nodeFolders, root, scriptsOf } from './editor-definitions'
import { packedPackage } from './packed'
import { filledTemplate, sharedScript } from './shared-rows'

const flatten = (value: object, prefix = ''): string[] =>
  Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'object' ? flatten(inner, `${prefix}${name}.`) : `${prefix}${name}`,
  )

const read = (...pieces: string[]) => fs.readFileSync(path.join(root, ...pieces), 'utf8')

const scriptsIn = (folder: string): string =>
  fs
    .readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => read(folder, name))
    .join('\n')

/** The keys of each catalogue, by the set that it belongs to. */
const catalogues = new Map<string, string[]>([
  [
    'node-red',
    flatten(
      JSON.parse(fs.readFileSync(require.resolve('@node-red/nodes/locales/en-US/messages.json'), 'utf8')),
    ),
  ],
  ...nodeFolders.map((folder): [string, string[]] => [
    `roboflow-${folder}`,
    flatten(JSON.parse(nodeFile(folder, `locales/en-US/${folder}.json`))),
  ]),
])

const matcher = ({ key }: UsedKey) =>
  new RegExp(`^${key.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^.]+')}$`)

describe('the catalogues', function () {
  this.timeout(120_000)
  /** Every key in use, with the set it belongs to and where it is used. */
  let used: (UsedKey & { set: string; place: string })[]
  before(async () => {
    const shared = sharedScript(await packedPackage())
    const of = (place: string, own: string, keys: UsedKey[]) =>
      keys.map(({ key, set }) => ({ key, set: set ?? own, place }))
    used = [
      ...nodeFolders.flatMap((folder) => {
        const html = nodeFile(folder, `${folder}.html`)
        const [dialog, script] = [
          keysInHtml(filledTemplate(folder, shared).html),
          keysInScript(scriptsOf(html)),
        ]
        const places = keysInHtml(html)
        return [
          ...of(`nodes/${folder}/${folder}.html`, `roboflow-${folder}`, [...dialog, ...script, ...places]),
          ...of(`nodes/${folder}/*.ts`, `roboflow-${folder}`, keysInScript(scriptsIn(`nodes/${folder}`))),
        ]
      }),
      ...of('nodes/shared/*.ts', 'none', keysInScript(scriptsIn('nodes/shared'))),
      ...of('nodes/shared/editor/*.ts', 'none', keysInScript(scriptsIn('nodes/shared/editor'))),
      ...of('shared rows', 'none', keysInHtml(Object.values(shared.rows).join('\n'))),
    ]
  })

  it('have every key that is used', () => {
    const missing = used.filter((use) => !catalogues.get(use.set)?.some((key) => matcher(use).test(key)))
    assert.deepEqual(missing, [])
  })

  it('have no key that nobody uses', () => {
    const unused: string[] = []
    for (const [set, keys] of catalogues) {
      if (set === 'node-red') continue
      const patterns = used.filter((use) => use.set === set).map(matcher)
      for (const key of keys) if (!patterns.some((pattern) => pattern.test(key))) unused.push(`${set}:${key}`)
    }
    assert.deepEqual(unused, [])
  })

  it('explain each option as the table of fields does', () => {
    const { configuration } = JSON.parse(nodeFile('config', 'locales/en-US/config.json'))
    const explained = describeInferenceFields().map(({ name, about }) => [name, about])
    assert.deepEqual(configuration.about, Object.fromEntries(explained))
  })

  it('have a text for every key', () => {
    for (const folder of nodeFolders) {
      const strings = nodeFile(folder, `locales/en-US/${folder}.json`)
      assert.doesNotMatch(strings, /:\s*""/, folder)
    }
  })
})

describe('looking for keys', () => {
  const keys = (script: string) => keysInScript(script).map(({ set, key }) => `${set ?? ''}:${key}`)

  it('finds those that are written out, with their set', () => {
    assert.deepEqual(keys("this._('a.b'); RED._('node-red-contrib-roboflow/roboflow-config:c.d', { x })"), [
      ':a.b',
      'roboflow-config:c.d',
    ])
    assert.deepEqual(keys("RED._('node-red:common.label.name')"), ['node-red:common.label.name'])
  })

  it('finds each of a choice', () => {
    assert.deepEqual(keys("this._(index === 0 ? 'a.one' : 'a.two')"), [':a.one', ':a.two'])
    assert.deepEqual(keys("RED._(`a.${is ? 'yes' : 'no'}`)"), [':a.yes', ':a.no'])
  })

  it('finds those that go through a function', () => {
    assert.deepEqual(keys("const say = (key) => RED._(`a.${key}`)\nopt ? say('one') : say('two')"), [
      ':a.one',
      ':a.two',
    ])
    assert.deepEqual(
      keys("#text(key: string): string {\n return this.#RED._(`a.${key}`)\n}\nthis.#text('one')"),
      [':a.one'],
    )
    const file =
      "const set = 'roboflow-config:'\nconst text = (key: string): string => RED._(set + key)\ntext('a.b')"
    assert.deepEqual(keys(file), ['roboflow-config:a.b'])
  })

  it('finds those that a constant chooses', () => {
    const script =
      "const words = key && open ? 'plain' : !key && is(url, 'x') ? 'needed' : ''\nthis._(`a.${words}`)"
    assert.deepEqual(keys(script), [':a.plain', ':a.needed'])
  })

  it('marks what only the running program knows', () => {
    assert.deepEqual(keys('RED._(`a.${name}.b`)'), [':a.*.b'])
  })

  it('finds those in attributes', () => {
    const html = '<input data-i18n="[placeholder]a.b;[title]c.d"><b data-i18n="roboflow-config:e"></b>'
    assert.deepEqual(
      keysInHtml(html).map(({ set, key }) => `${set ?? ''}:${key}`),
      [':a.b', ':c.d', 'roboflow-config:e'],
    )
  })
})
