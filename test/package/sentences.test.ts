import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { slugOf } from '../../nodes/shared/translated'
import { nodeFile, root } from './editor-definitions'

/** The sources of a folder, without their comments. */
const sourcesBelow = (folder: string): [file: string, source: string][] =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.includes('editor'))
    .map((name) => [path.join(folder, name), fs.readFileSync(path.join(root, folder, name), 'utf8')])
    .map(([file = '', source = '']) => [
      file,
      source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(?<=^|\s)\/\/.*$/gm, ''),
    ])

const sources = ['src', 'nodes'].flatMap(sourcesBelow)

// a value is no more than an expression without braces: another template has a name of its own
const tagged = /\bsentence`((?:\$\{[^{}`]*\}|[^`$\\])*)`/g

const templateOf = (written: string): string => {
  let index = 0
  return written.replace(/\$\{[^}]*\}/g, () => `{${index++}}`)
}

const templates = new Set(
  sources.flatMap(([, source]) =>
    [...source.matchAll(tagged)].map(([, written = '']) => templateOf(written)),
  ),
)

/** What is found in the sources besides sentences, with where it was. */
const foundOutside = (pattern: RegExp): string[] =>
  sources.flatMap(([file, source]) =>
    [...source.replace(tagged, 'sentence').matchAll(pattern)].map(([text]) => `${file}: ${text}`),
  )

const errorClasses = sources.flatMap(([, source]) =>
  [...source.matchAll(/\bclass (\w+) extends (?:HTTP|Video|Invalid)\w+/g)].map(([, name]) => name),
)

describe('the sentences of errors', () => {
  it('are in the English catalogue: each under its slug, no others, in the order of the alphabet', () => {
    const { error } = JSON.parse(nodeFile('config', 'locales/en-US/config.json'))
    const expected = Object.fromEntries([...templates].sort().map((template) => [slugOf(template), template]))
    assert.ok(templates.size > 150, `${templates.size} sentences`)
    assert.deepEqual(error, expected)
    assert.deepEqual(Object.keys(error), Object.keys(error).sort())
  })

  it('have a slug each', () => {
    const slugs = [...templates].map(slugOf)
    assert.deepEqual(
      slugs.filter((slug, index) => slugs.indexOf(slug) !== index),
      [],
    )
  })

  it('are written in a form that this test understands', () => {
    assert.deepEqual(foundOutside(/\bsentence`[^`]*`/g), [])
  })

  it('hold nothing that Node-RED itself would fill in', () => {
    assert.deepEqual(
      [...templates].filter((template) => /__|\$t\(/.test(template)),
      [],
    )
  })

  it('are tagged wherever an error is made', () => {
    assert.ok(errorClasses.length > 20, errorClasses.join())
    const inBrackets = '\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\)'
    const made = foundOutside(new RegExp(`\\bnew (?:${errorClasses.join('|')})${inBrackets}`, 'g'))
    assert.ok(made.length > 100, `${made.length} places`)
    // in the words of protocols
    const others = /\b(?:place|description): .*/g
    assert.deepEqual(
      made.filter((text) => /`[^`]*\$\{|(['"`])\w[^'"`]* \w[^'"`]*\1/.test(text.replace(others, ''))),
      [],
    )
  })

  it('are tagged in tables and variables, too', () => {
    const written = foundOutside(/^.*(['"`])[A-Z$][^\n'"`]* [^\n'"`]*[.?!]\1.*$/gm)
    // those of the table of fields, and what only programs read
    const others = /about:|^src.configuration.fields|new (?:DOMException|Error|SyntaxError)\(/
    assert.deepEqual(
      written.filter((line) => !others.test(line)),
      [],
    )
  })
})
