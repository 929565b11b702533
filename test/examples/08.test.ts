import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sharedServer } from '../server/shared-server'
import { type StubServer, startStubServer } from '../support/stub-server'
import { type RunningExample, runExample } from './example'

describe('example 08', function () {
  this.timeout(120_000)
  let stub: StubServer
  let example: RunningExample
  before(async () => {
    stub = await startStubServer()
    example = await runExample('08 - Catch errors and retry', stub)
  })
  after(() => stub?.stop())
  afterEach(() => {
    stub.answer = () => undefined
    stub.requests.length = 0
  })

  const tinyBoxes = { models: [{ model_id: 'tiny-boxes/1', task_type: 'object-detection' }] }
  /** Fails so often, then works; the client itself is not to try again. */
  const failing = (times: number, status: number) => {
    let failed = 0
    stub.answer = ({ path }) => {
      if (path === '/model/registry') return { json: tinyBoxes }
      return failed++ < times ? { status, json: { message: 'not now' } } : undefined
    }
  }

  it('comes through when the server works again', async () => {
    failing(2, 500)
    await example.press('image')
    assert.deepEqual(await example.shown('counts'), { person: 2, car: 1 })
    assert.equal(stub.inferences.length, 3)
  })

  it('sends the same image again when the server was not there at first', async () => {
    await stub.stop()
    await example.press('image')
    await example.nodeRed.nextStatus(example.idOf('roboflow-infer', 'infer'), ({ text }) =>
      /^No answer/.test(text ?? ''),
    )
    stub = await startStubServer(stub.port)
    failing(0, 200)
    assert.deepEqual(await example.shown('counts'), { person: 2, car: 1 })
    const image = readFileSync(path.join(__dirname, 'pictures/parts.jpg'))
    assert.deepEqual(
      stub.inferences.map(({ json }) => json.image.value === image.toString('base64')),
      [true],
    )
  })

  it('gives up after three more tries, once, and says why', async () => {
    failing(99, 500)
    await example.press('image')
    assert.match(await example.shown('gave up'), /^The server failed \(500\)/)
    // longer than the longest pause
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    assert.equal(stub.inferences.length, 4)
    await assert.rejects(example.nodeRed.nextDebug(example.idOf('debug', 'gave up'), 0), /in vain/)
  })

  it('does not try again what cannot get better', async () => {
    failing(99, 401)
    await example.press('image')
    assert.match(await example.shown('no use'), /^The API key is missing or wrong/)
    assert.equal(stub.inferences.length, 1)
  })

  it('gives up on a server that is not there, and works with a real one', async () => {
    await example.deploy({ url: 'http://127.0.0.1:9' })
    await example.press('image')
    assert.match(await example.shown('gave up'), /^No answer from/)
    await example.deploy(await sharedServer())
    await example.press('image')
    assert.deepEqual(await example.shown('counts'), { red: 2, green: 1, blue: 1 })
  })

  it('gives up at once on a model that there is not', async () => {
    await example.deploy(await sharedServer(), (node) =>
      node.type === 'roboflow-infer' ? { ...node, model: 'tiny-boxes/9' } : node,
    )
    await example.press('image')
    assert.match(await example.shown('no use'), /\(404\)/)
  })
})
