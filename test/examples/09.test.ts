import assert from 'node:assert/strict'
import sharp from 'sharp'
import { sharedServer } from '../server/shared-server'
import { type RunningExample, runExample } from './example'

describe('example 09', function () {
  this.timeout(120_000)
  let example: RunningExample
  before(async () => {
    example = await runExample('09 - Run a workflow', await sharedServer())
  })

  it('counts the parts of its image, and shows what the workflow drew', async () => {
    await example.press('image')
    assert.equal(await example.shown('how many'), 4)
    const answer = await example.nodeRed.request('drawn')
    const { width, height, format } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata()
    assert.deepEqual([width, height, format], [640, 360, 'jpeg'])
  })
})
