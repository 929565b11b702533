import assert from 'node:assert/strict'
import { type StubServer, startStubServer } from '../support/stub-server'
import { type RunningExample, runExample } from './example'

// DocTR needs PyTorch, which is too large to install for this alone: a stub answers in the form that is recorded in
// test/server/answers.
describe('example 04', function () {
  this.timeout(120_000)
  let stub: StubServer
  let example: RunningExample
  before(async () => {
    stub = await startStubServer()
    example = await runExample('04 - Read the text on a label', stub)
  })
  after(() => stub?.stop())

  const reads = (result: string) => {
    stub.answer = ({ path }) =>
      path === '/doctr/ocr' ? { json: { time: 0.1, result, parent_id: null } } : undefined
  }

  it('takes the lot number out of the text', async () => {
    reads('LOT 4711 USE BY 2027')
    await example.press('label')
    assert.equal(await example.shown('all text'), 'LOT 4711 USE BY 2027')
    assert.equal(await example.shown('lot number'), '4711')
  })

  it('tells a label without one apart', async () => {
    reads('USE BY 2027')
    await example.press('label')
    assert.equal(await example.shown('no lot number'), 'label')
  })
})
