import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { nodeOf, readExample } from '../support/example'
import { type NodeRed, startNodeRed } from '../support/node-red'
import { detection, type StubServer, startStubServer } from '../support/stub-server'

describe('example 01 in a real Node-RED, at an inference server', () => {
  let stub: StubServer
  let nodeRed: NodeRed
  before(async function () {
    this.timeout(120_000)
    stub = await startStubServer()
    stub.answer = ({ path }) => (path === '/model/registry' ? { json: registry } : undefined)
    nodeRed = await startNodeRed({ flows: readExample('01 - Detect objects in an image', stub.url) })
  })
  after(async () => {
    await nodeRed?.stop()
    await stub?.stop()
  })

  it('sends its image and passes the answer on', async () => {
    const flows = readExample('01 - Detect objects in an image', stub.url)
    await nodeRed.inject(nodeOf(flows, 'inject').id)
    const { value } = await nodeRed.nextDebug(nodeOf(flows, 'debug').id)
    assert.deepEqual(value, detection)
    const image = readFileSync(path.join(__dirname, '../../demo/pictures/parts.jpg'))
    assert.equal(stub.inferences[0]?.json.image.value, image.toString('base64'))
    assert.equal(stub.inferences[0]?.json.model_id, 'conveyor-parts/1')
  })

  it('draws what the answer says onto the image', async () => {
    const flows = readExample('01 - Detect objects in an image', stub.url)
    await nodeRed.inject(nodeOf(flows, 'inject').id)
    await nodeRed.nextStatus(nodeOf(flows, 'roboflow-draw').id, ({ text }) => /^\d+ ms · /.test(text ?? ''))
  })

  it('shows how long the answer took', async () => {
    const flows = readExample('01 - Detect objects in an image', stub.url)
    await nodeRed.inject(nodeOf(flows, 'inject').id)
    await nodeRed.nextStatus(nodeOf(flows, 'roboflow-infer').id, ({ text }) =>
      /^\d+ ms · \d\d:\d\d:\d\d$/.test(text ?? ''),
    )
  })

  it('says in the sidebar what went wrong, and lives on', async () => {
    const flows = readExample('01 - Detect objects in an image', stub.url)
    stub.answer = ({ path }) =>
      path.startsWith('/infer') ? { status: 401, json: { message: 'no such key' } } : undefined
    await nodeRed.inject(nodeOf(flows, 'inject').id)
    const { value } = await nodeRed.nextDebug(({ name }) => name === 'what went wrong')
    assert.match(String(value), /^The API key is missing or wrong \(401\)\..*no such key/)
    stub.answer = () => undefined
    nodeRed.forget()
    await nodeRed.inject(nodeOf(flows, 'inject').id)
    await nodeRed.nextDebug(nodeOf(flows, 'debug').id)
  })
})

const registry = { models: [{ model_id: 'conveyor-parts/1', task_type: 'object-detection' }] }
