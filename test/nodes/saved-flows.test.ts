import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import helper from 'node-red-node-test-helper'
import config from '../../nodes/config/config'
import infer from '../../nodes/infer/infer'
import { paint } from '../support/images'
import { detection } from '../support/stub-server'
import { collect, type Message, stubForEachTest } from './flow'

const folder = path.join(__dirname, 'saved')

// One file a version of the dialogs, as the editor saved it then. A file is never changed: people have such flows.
describe('a flow that was saved by', () => {
  const test = stubForEachTest()
  afterEach(() => {
    delete process.env.SAVED_FLOW_URL
  })

  for (const file of fs.readdirSync(folder)) {
    it(`${path.basename(file, '.json')} works as it did`, async () => {
      process.env.SAVED_FLOW_URL = test.stub.url
      const flow = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'))
      await helper.load([config, infer] as Parameters<typeof helper.load>[0], flow)
      const out = collect('out')
      helper.getNode('infer').receive({ photo: await paint(64, 48) } as Message as never)
      const { payload, counts, annotations } = await out.next()
      assert.deepEqual(payload, detection)
      assert.deepEqual(counts, { person: 2, car: 1 })
      assert.equal(annotations.length, 3)
      const { confidence, class_filter, max_candidates } = test.stub.inferences[0]?.json ?? {}
      assert.deepEqual([confidence, class_filter, max_candidates], [0.5, ['person', 'car'], 100])
    })
  }
})
