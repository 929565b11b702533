import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { InferenceHTTPClient } from '../../src/index'
import { root } from './editor-definitions'

const source = fs.readFileSync(path.join(root, 'src/client/inference-http-client.ts'), 'utf8')

/** What an IDE shows of a method: the comment before its first signature. */
const commentOf = (method: string): string => {
  const signature = new RegExp(`^  (?:async )?${method}\\b[(<]`, 'm').exec(source) ?? assert.fail(method)
  const before = source.slice(0, signature.index)
  return /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(before)?.[0] ?? ''
}

describe('the documentation of the client in an IDE', () => {
  const methods = Object.getOwnPropertyNames(InferenceHTTPClient.prototype).filter(
    (name) => name !== 'constructor',
  )

  it('tells of each method what it does and what it throws', () => {
    assert.ok(methods.length > 15)
    for (const method of methods) {
      const comment = commentOf(method)
      assert.match(comment, /\* \S.{20}/, method)
      assert.match(comment, /@throws|@deprecated/, method)
    }
  })

  it('shows the important ones in an example that names them', () => {
    const shown = methods.filter((method) => commentOf(method).includes('@example'))
    assert.ok(shown.length >= 8, shown.join())
    for (const method of shown)
      assert.match(commentOf(method), new RegExp(`@example .*client\\.${method}[(<]`), method)
  })
})

describe('the page about reliability', () => {
  it('names tests that exist', () => {
    const page = fs.readFileSync(path.join(root, 'docs/reliability.md'), 'utf8')
    const named = [...page.matchAll(/`(test\/[\w/-]+)`/g)].map(([, name]) => `${name}.test.ts`)
    assert.ok(named.length > 15)
    assert.deepEqual(
      named.filter((name) => !fs.existsSync(path.join(root, name))),
      [],
    )
  })
})
