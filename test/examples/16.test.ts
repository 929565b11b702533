import assert from 'node:assert/strict'
import sharp from 'sharp'
import { sharedServer } from '../server/shared-server'
import { paint } from '../support/images'
import type { FlowNode } from '../support/node-red'
import { type Answer, type StubRequest, type StubServer, startStubServer } from '../support/stub-server'
import { type RunningExample, runExample } from './example'

// DocTR needs PyTorch, which is too large to install for this alone: a stub reads, and hands everything else on to the
// real server.
describe('example 16', function () {
  this.timeout(120_000)
  let stub: StubServer
  let example: RunningExample
  let read: StubRequest[] = []
  let reads: (request: StubRequest, number: number) => Answer
  before(async () => {
    const { url } = await sharedServer()
    stub = await startStubServer()
    stub.answer = async (request) => {
      if (request.path === '/doctr/ocr') return reads(request, read.push(request))
      const { method, path, query, body } = request
      const headers = { 'content-type': 'application/json' }
      const sent = method === 'GET' ? { method } : { method, headers, body: String(body) }
      const response = await fetch(`${url}${path}?${query}`, sent)
      return { status: response.status, json: await response.json() }
    }
    example = await runExample(name, await asStub())
  })
  after(() => stub?.stop())
  beforeEach(() => {
    read = []
    reads = (_request, number) => ({ json: { time: 0.1, result: `plate ${number}`, parent_id: null } })
  })

  const name = '16 - Read every plate'
  const asStub = async () => ({ ...(await sharedServer()), url: stub.url })

  it('reads the three plates, and lists their texts in order', async () => {
    await example.press('car park')
    assert.deepEqual(await example.shown('plates'), ['plate 1', 'plate 2', 'plate 3'])
    for (const { json } of read) {
      const cutOut = sharp(Buffer.from(json.image.value, 'base64'))
      const { width = 0, height = 0 } = await cutOut.metadata()
      // a plate is painted 100 × 36, and has a tenth of that around it
      assert.ok(Math.abs(width - 120) <= 4 && Math.abs(height - 43) <= 3, `${width} × ${height}`)
      const aboveText = await cutOut.extract({ left: 20, top: 9, width: 80, height: 5 }).png().toBuffer()
      const { channels } = await sharp(aboveText).stats()
      const [red = 0, , blue = 0] = channels.map(({ mean }) => mean)
      assert.ok(blue - red > 100, `${width} × ${height}: red ${red}, blue ${blue}`)
    }
  })

  it('lists a plate that cannot be read as a question mark', async () => {
    reads = (_request, number) =>
      number === 2 ? { status: 400, json: { message: 'blurred' } } : { json: { result: `plate ${number}` } }
    await example.press('car park')
    assert.match(String(await example.shown('what went wrong')), /blurred/)
    assert.deepEqual(await example.shown('plates'), ['plate 1', '?', 'plate 3'])
  })

  it('gives an empty list for an image without a plate', async () => {
    const empty = await paint(320, 180, [{ x: 100, y: 90, width: 60, height: 60, color: 'red' }])
    const withoutPlates = (node: FlowNode): FlowNode =>
      node.type === 'inject'
        ? { ...node, payload: `data:image/jpeg;base64,${empty.toString('base64')}` }
        : node
    await example.deploy(await asStub(), withoutPlates)
    await example.press('car park')
    assert.deepEqual(await example.shown('plates'), [])
    assert.equal(read.length, 0)
  })
})
