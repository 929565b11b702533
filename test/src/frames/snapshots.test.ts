import assert from 'node:assert/strict'
import { snapshots } from '../../../src/frames/snapshots'
import { paint } from '../../support/images'
import { failureOf } from '../failure'
import { bareServers } from '../opened'

describe('snapshots of a camera', () => {
  const startServer = bareServers()
  let images: Buffer[]
  before(async () => {
    images = await Promise.all([16, 24].map((width) => paint(width, 12)))
  })

  it('come as often as they are asked for, and the same one once', async () => {
    let asked = 0
    const url = await startServer((_request, response) => response.end(images[asked++ < 3 ? 0 : 1]))
    const widths: (number | undefined)[] = []
    const started = Date.now()
    for await (const { width } of snapshots(new URL(url), { interval: 50 }, new AbortController().signal)) {
      widths.push(width)
      if (widths.length === 2) break
    }
    assert.deepEqual(widths, [16, 24])
    assert.equal(asked, 4)
    assert.ok(Date.now() - started >= 150)
  })

  it('end with what goes wrong: the stream around them tries again', async () => {
    const url = await startServer((_request, response) => response.writeHead(503).end())
    const first = snapshots(new URL(url), {}, new AbortController().signal).next()
    assert.equal((await failureOf(first)).statusCode, 503)
    const text = await startServer((_request, response) => response.end('no image'))
    const other = snapshots(new URL(text), {}, new AbortController().signal).next()
    assert.equal((await failureOf(other)).code, 'ENCODING_ERROR')
  })

  it('end with the signal while they wait', async () => {
    const url = await startServer((_request, response) => response.end(images[0]))
    const controller = new AbortController()
    const taken = snapshots(new URL(url), { interval: 60_000 }, controller.signal)
    await taken.next()
    const next = failureOf(taken.next())
    controller.abort(new Error('enough'))
    assert.match((await next).name + (await next).message, /AbortError|enough/)
  })
})
