import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { root } from './editor-definitions'

const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8')

const sources = ['src', 'nodes'].flatMap((folder) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => fs.readFileSync(path.join(root, folder, name), 'utf8')),
)

/** Codes as classes hand them on, as defaults of parameters, or as properties. */
const codesIn = (source: string): string[] =>
  [
    ...source.matchAll(
      /(?:super\(\s*(?:[\w.]+ \?\? )?|\bcode(?::| =| \?\?) |, |: )'([A-Z]+(?:_[A-Z]+)+|TIMEOUT|UNEXPECTED)'/g,
    ),
  ]
    .map(([, code]) => code ?? '')
    // those of the system and of undici
    .filter((code) => !/^(E[A-Z]+|UND_ERR_.*|HPE_.*|HTTPS?_PROXY)$/.test(code))

describe('the table of error codes in the README', () => {
  const listed = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code ?? '')

  it('has every code, in the order of the alphabet', () => {
    const used = [...new Set(sources.flatMap(codesIn))].sort()
    assert.ok(used.length > 20, used.join())
    assert.deepEqual(listed, used)
  })

  it('says of each when it comes and what to do', () => {
    for (const [, when, what] of readme.matchAll(/^\| `[A-Z_]+` \| (.*) \| (.*) \|$/gm))
      assert.ok((when ?? '').length > 10 && (what ?? '').length > 5)
  })
})
