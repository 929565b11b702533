import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EncodingError, InvalidInputFormatError } from '../../../src/errors'
import { loadImage } from '../../../src/images/load-image'
import type { ImageReference } from '../../../src/images/references'
import { paint, paintPixels } from '../../support/images'
import { failureOf } from '../failure'
import { bareServers } from '../opened'
import { colorAt, noisy, similar } from './crafted'

const bad = (reference: unknown) => failureOf(loadImage(reference as ImageReference))

describe('loading an image', () => {
  const startServer = bareServers()
  let folder: string
  let jpeg: Buffer
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'load-image-'))
    jpeg = await paint(40, 30, [{ x: 20, y: 15, width: 20, height: 16, color: 'red' }])
    await writeFile(join(folder, 'car.jpg'), jpeg)
  })
  after(() => rm(folder, { recursive: true }))

  it('gives the same bytes from a path, a URL, a Buffer, a view, JSON, a data URI and base64', async () => {
    const url = await startServer((_request, response) => response.end(jpeg))
    const path = join(folder, 'car.jpg')
    const memory = Buffer.concat([Buffer.alloc(5), jpeg, Buffer.alloc(5)])
    const base64 = jpeg.toString('base64')
    const references: Record<string, ImageReference> = {
      path,
      fileUrl: pathToFileURL(path),
      fileUrlText: pathToFileURL(path).href,
      url: `${url}/car`,
      urlObject: new URL(url),
      buffer: jpeg,
      view: new Uint8Array(memory.buffer, memory.byteOffset + 5, jpeg.length),
      json: JSON.parse(JSON.stringify(jpeg)),
      base64,
      urlSafe: jpeg.toString('base64url'),
      dataUri: `data:image/jpeg;base64,${base64}`,
    }
    for (const [name, reference] of Object.entries(references)) {
      const image = await loadImage(reference)
      assert.deepEqual(image.bytes, jpeg, name)
      assert.deepEqual([image.format, image.width, image.height], ['jpeg', 40, 30], name)
      assert.equal(await loadImage(image), image, 'loaded already')
    }
  })

  it('gives the same colours from raw pixels and an object of Jimp', async () => {
    const data = paintPixels(40, 30, [{ x: 20, y: 15, width: 20, height: 16, color: 'red' }])
    const rgba = Buffer.from(
      Array.from({ length: 1200 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3), 255]).flat(),
    )
    for (const reference of [
      { data, width: 40, height: 30, channels: 3 },
      { bitmap: { data: rgba, width: 40, height: 30 } },
    ]) {
      const image = await loadImage(reference)
      const found = await colorAt(image, 20, 15)
      assert.ok(similar(found, [230, 20, 20]), String(found))
      assert.ok(similar(await colorAt(image, 2, 2), [90, 90, 90]))
    }
  })

  it('tells the format by the bytes, not by the name', async () => {
    const path = join(folder, 'in-truth-a-webp.png')
    await writeFile(path, await noisy(20, 10).webp().toBuffer())
    assert.equal((await loadImage(path)).format, 'webp')
    const text = join(folder, 'text.jpg')
    await writeFile(text, 'I am no image')
    assert.ok((await bad(text)) instanceof EncodingError)
    const none = join(folder, 'none')
    await writeFile(none, jpeg)
    assert.equal((await loadImage(none)).format, 'jpeg')
  })

  it('says that there is no such file, and what a text may be', async () => {
    for (const path of [join(folder, 'cra.jpg'), join(folder, 'car.jpg', 'x'), 'no-such-image.jpg']) {
      const error = await bad(path)
      assert.ok(error instanceof InvalidInputFormatError)
      assert.ok(error.message.includes(JSON.stringify(path)), error.message)
      assert.match(error.message, /There is no file .*base64/)
    }
  })

  it('says that a folder is none, and that a file may not be read', async () => {
    await mkdir(join(folder, 'album'))
    assert.match((await bad(join(folder, 'album'))).message, /is a folder/)
    if (process.getuid?.() === 0) return
    const locked = join(folder, 'locked.jpg')
    await writeFile(locked, jpeg)
    await chmod(locked, 0)
    assert.match((await bad(locked)).message, /may not be read/)
  })

  it('says that a long text is nothing that it knows, and quotes only its beginning', async () => {
    for (const text of ['x'.repeat(5000), `${'AbC/'.repeat(2000)}`, 'zero\0byte']) {
      const error = await bad(text)
      assert.ok(error instanceof InvalidInputFormatError, error.stack)
      assert.match(error.message, /no path, URL, data URI or image in base64|There is no file/)
      assert.ok(error.message.length < 300, error.message)
    }
  })

  it('refuses everything that is no image, in any form', async () => {
    const text = Buffer.from('Hello, world. This is a text.')
    const cut = jpeg.subarray(0, jpeg.length - 50)
    const path = join(folder, 'cut.jpg')
    await writeFile(path, cut)
    for (const reference of [
      text,
      new Uint8Array(),
      `data:text/plain;base64,${text.toString('base64')}`,
      'data:,',
      cut,
      cut.toString('base64'),
      `data:image/jpeg;base64,${cut.toString('base64')}`,
      path,
      { type: 'Buffer', data: [] },
    ]) {
      const error = await bad(reference)
      assert.equal(error.code, 'ENCODING_ERROR', error.message)
    }
    for (const reference of [null, undefined, '', 7, {}, [jpeg], { predictions: [] }]) {
      assert.equal((await bad(reference)).code, 'INVALID_INPUT_FORMAT')
    }
    const wrongSize = { data: Buffer.alloc(10), width: 2, height: 2, channels: 3 }
    assert.equal((await bad(wrongSize)).code, 'ENCODING_ERROR')
  })

  it('never writes to the bytes that it is given', async () => {
    const data = paintPixels(16, 16, [{ x: 8, y: 8, width: 8, height: 8, color: 'blue' }])
    const copies = [Buffer.from(data), Buffer.from(jpeg)]
    await loadImage({ data, width: 16, height: 16, channels: 3, colorSpace: 'BGR' })
    await loadImage(jpeg)
    assert.deepEqual([data, jpeg], copies)
  })

  it('ends with the signal’s reason', async () => {
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    assert.equal(await failureOf(loadImage(join(folder, 'car.jpg'), { signal })), reason)
  })
})
