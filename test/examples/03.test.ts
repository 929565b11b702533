import assert from 'node:assert/strict'
import sharp from 'sharp'
import { sharedServer } from '../server/shared-server'
import { paint } from '../support/images'
import { type RunningExample, runExample } from './example'

const size = { width: 320, height: 240 }
const red = { color: 'red', x: 90, y: 120, width: 80, height: 100 } as const

describe('example 03', function () {
  this.timeout(120_000)
  let example: RunningExample
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(size.width, size.height, [red])
    example = await runExample('03 - Answer over HTTP with the boxes drawn', await sharedServer())
  })

  const upload = (bytes: Buffer) => {
    const body = new FormData()
    body.append('image', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'part.jpg')
    return example.nodeRed.request('detect/upload', { method: 'POST', body })
  }
  const raw = (bytes: Buffer, type = 'image/jpeg') =>
    example.nodeRed.request('detect', {
      method: 'POST',
      body: new Uint8Array(bytes),
      headers: { 'content-type': type },
    })

  for (const [way, send] of Object.entries({ 'as it is': raw, 'as an upload': upload })) {
    it(`answers an image that comes ${way} with the boxes drawn into it`, async () => {
      const answer = await send(jpeg)
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-type'), 'image/jpeg')
      const pixels = async (image: Buffer) => sharp(image).raw().toBuffer({ resolveWithObject: true })
      const [before, after] = [await pixels(jpeg), await pixels(Buffer.from(await answer.arrayBuffer()))]
      assert.deepEqual([after.info.width, after.info.height], [size.width, size.height])
      const changed: { x: number; y: number }[] = []
      for (let at = 0; at < before.data.length; at++) {
        if (Math.abs(Number(before.data[at]) - Number(after.data[at])) < 60) continue
        const pixel = Math.floor(at / 3)
        changed.push({ x: pixel % size.width, y: Math.floor(pixel / size.width) })
      }
      assert.ok(changed.length > 200, `${changed.length} values differ`)
      // the box, and its label above or beside it
      const elsewhere = changed.filter(
        ({ x, y }) => Math.abs(x - red.x) > red.width / 2 + 60 || Math.abs(y - red.y) > red.height / 2 + 40,
      )
      assert.deepEqual(elsewhere, [])
    })

    it(`answers what is no image, sent ${way}, with 400 and a sentence`, async () => {
      const answer = await send(Buffer.from('this is a text'))
      assert.equal(answer.status, 400)
      const { error } = (await answer.json()) as { error: string }
      assert.match(error, /no image|no path/)
    })
  }

  // what curl says of a body is a form's content-type
  for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain']) {
    it(`goes by what comes, not by the content-type ${type}`, async () => {
      const answer = await raw(jpeg, type)
      assert.equal(answer.status, 200)
      assert.equal((await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).width, size.width)
      assert.equal((await raw(Buffer.from('/etc/hostname'), type)).status, 400)
    })
  }

  it('answers an upload without a file with 400 and a sentence', async () => {
    const body = new FormData()
    body.append('image', 'a text')
    for (const init of [{ body }, { body: '{}', headers: { 'content-type': 'application/json' } }, {}]) {
      const answer = await example.nodeRed.request('detect/upload', { method: 'POST', ...init })
      assert.equal(answer.status, 400)
      assert.match(((await answer.json()) as { error: string }).error, /no image|empty/)
    }
  })

  it('answers with 502 when the server does not', async () => {
    await example.deploy({ url: 'http://127.0.0.1:9' })
    const answer = await raw(jpeg)
    assert.equal(answer.status, 502)
    assert.match(((await answer.json()) as { error: string }).error, /No answer from/)
  })

  it('has a page with a form that leads to the upload', async () => {
    const html = await (await example.nodeRed.request('detect')).text()
    assert.match(html, /<form action="detect\/upload" method="post" enctype="multipart\/form-data">/)
  })
})
