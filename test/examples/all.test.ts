import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'

describe('the examples', () => {
  it('are all run here', () => {
    const examples = fs.readdirSync(path.join(__dirname, '../../examples'))
    const tests = fs.readdirSync(__dirname)
    const missing = examples.filter((name) => !tests.includes(`${name.slice(0, 2)}.test.ts`))
    assert.deepEqual(missing, [])
  })
})
