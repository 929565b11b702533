import assert from 'node:assert/strict'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'
import { InvalidInputFormatError, InvalidURLImageInput } from '../../../src/errors'
import { LoadedImage } from '../../../src/images/loaded-image'
import { resolveReference } from '../../../src/images/references'
import { paint } from '../../support/images'
import { thrownBy } from '../failure'
import { noisy } from './crafted'

const bytesOf = (value: unknown): Buffer => {
  const reference = resolveReference(value)
  assert.equal(reference.kind, 'bytes')
  return Buffer.from((reference as { bytes: Uint8Array }).bytes)
}

const pathOf = (value: unknown): string => {
  const reference = resolveReference(value)
  assert.equal(reference.kind, 'path', JSON.stringify(value))
  return (reference as { path: string }).path
}

const refusalOf = (value: unknown): string => {
  const error = thrownBy(() => resolveReference(value))
  const isUrl = error instanceof InvalidURLImageInput
  assert.ok(error instanceof InvalidInputFormatError || isUrl, error.stack)
  assert.equal(error.code, isUrl ? 'INVALID_URL_IMAGE_INPUT' : 'INVALID_INPUT_FORMAT')
  return error.message
}

describe('a reference to an image', () => {
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(32, 24)
  })

  it('is bytes: a Buffer, a view of larger memory, a Buffer that was JSON', () => {
    assert.equal((resolveReference(jpeg) as { bytes: Uint8Array }).bytes, jpeg, 'not a copy')
    const memory = Buffer.concat([Buffer.alloc(9), jpeg, Buffer.alloc(9)])
    assert.deepEqual(bytesOf(new Uint8Array(memory.buffer, memory.byteOffset + 9, jpeg.length)), jpeg)
    assert.deepEqual(bytesOf(JSON.parse(JSON.stringify(jpeg))), jpeg)
  })

  it('is bytes that a function node made, whose Uint8Array is another one', () => {
    const foreign = vm.runInNewContext('Uint8Array.from(list)', { list: [...jpeg] })
    assert.equal(foreign instanceof Uint8Array, false)
    assert.deepEqual(bytesOf(foreign), jpeg)
  })

  it('is base64, also of a JPEG, which begins like a path', () => {
    const base64 = jpeg.toString('base64')
    assert.ok(base64.startsWith('/9j/'))
    assert.deepEqual(bytesOf(base64), jpeg)
  })

  it('is base64 of every known format', async () => {
    for (const format of ['png', 'webp', 'gif', 'tiff', 'avif'] as const) {
      const bytes = await noisy(9, 9).toFormat(format).toBuffer()
      assert.deepEqual(bytesOf(bytes.toString('base64')), bytes, format)
    }
  })

  it('is base64 for URLs, without padding, in lines, between blanks', () => {
    const urlSafe = jpeg.toString('base64url')
    assert.match(urlSafe, /[-_]/)
    assert.deepEqual(bytesOf(urlSafe), jpeg)
    const base64 = jpeg.toString('base64')
    assert.deepEqual(bytesOf(base64.replace(/=+$/, '')), jpeg)
    assert.deepEqual(bytesOf(base64.replace(/.{76}/g, '$&\r\n')), jpeg)
    assert.deepEqual(bytesOf(`\n ${base64}\n`), jpeg)
  })

  it('is a data URI in base64', () => {
    const base64 = jpeg.toString('base64')
    for (const head of [
      'data:image/jpeg;base64',
      'DATA:image/png;BASE64',
      'data:;base64',
      'data:a/b;x=y;base64',
    ]) {
      assert.deepEqual(bytesOf(`${head},${base64}`), jpeg, head)
    }
    assert.deepEqual(bytesOf(` data:image/jpeg;base64,${jpeg.toString('base64url')}\n`), jpeg)
  })

  it('is a data URI in base64 whose "+", "/" and "=" are percent-encoded', async () => {
    const webp = await noisy(40, 40).webp({ quality: 100 }).toBuffer()
    const base64 = webp.toString('base64')
    assert.match(base64, /\+.*\//)
    assert.deepEqual(bytesOf(`data:image/webp;base64,${encodeURIComponent(base64)}`), webp)
  })

  it('is a percent-encoded data URI', () => {
    const encoded = [...jpeg].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
    assert.deepEqual(bytesOf(`data:image/jpeg,${encoded}`), jpeg)
    const ascii = 'P2 2 1 255\n0 255\n'
    assert.equal(bytesOf(`data:image/x-portable-graymap,${encodeURIComponent(ascii)}`).toString(), ascii)
  })

  it('is an http or https URL', () => {
    for (const text of [
      'http://127.0.0.1/a.jpg',
      'HTTPS://user:pw@camera.local:8080/x?y=1',
      ' http://a.b/ ',
    ]) {
      const reference = resolveReference(text)
      assert.equal(reference.kind, 'url')
      assert.equal((reference as { url: URL }).url.href, new URL(text.trim()).href)
    }
    assert.equal(resolveReference(new URL('http://127.0.0.1/a.jpg')).kind, 'url')
  })

  it('is a path, as it was written', () => {
    for (const path of [
      'car.jpg',
      './a b/c.png',
      '/tmp/x',
      'C:\\images\\car.jpg',
      'D:/car.jpg',
      ' odd name ',
    ]) {
      assert.equal(pathOf(path), path)
    }
    for (const path of ['jpeg', 'Photos/2024/car', 'abcd', '/9j/car.jpg', 'data', 'http', 'iVBORw.png']) {
      assert.equal(pathOf(path), path, 'although it is written like base64 or a URL')
    }
  })

  it('is a path by a file URL', () => {
    const url = pathToFileURL('/tmp/a b/é.jpg')
    assert.equal(pathOf(url), '/tmp/a b/é.jpg')
    assert.equal(pathOf(url.href), '/tmp/a b/é.jpg')
  })

  it('is raw pixels, an object of Jimp or a loaded image', () => {
    const data = Buffer.alloc(12)
    const pixels = { data, width: 2, height: 2, channels: 3, colorSpace: 'BGR' }
    assert.deepEqual(resolveReference(pixels), { kind: 'pixels', pixels })
    const list = { data: [1, 2, 3], width: 1, height: 1, channels: 3 }
    assert.equal(resolveReference(list).kind, 'pixels')
    assert.deepEqual(resolveReference({ bitmap: { data, width: 3, height: 1 }, other: 1 }), {
      kind: 'pixels',
      pixels: { data, width: 3, height: 1, channels: 4 },
    })
    const image = LoadedImage.from(jpeg)
    assert.deepEqual(resolveReference(image), { kind: 'loaded', image })
  })

  it('is not nothing', () => {
    assert.match(refusalOf(null), /null/)
    assert.match(refusalOf(undefined), /undefined/)
    assert.match(refusalOf(''), /empty/)
    assert.match(refusalOf(' \n'), /empty/)
    assert.match(refusalOf(42), /a number/)
    assert.match(refusalOf(true), /a boolean/)
    assert.match(refusalOf(Symbol('x')), /a symbol/)
    assert.match(refusalOf({}), /an empty object/)
    assert.match(refusalOf({ width: 1, height: 2 }), /width, height/)
    assert.match(refusalOf([jpeg]), /a list, where one image is needed/)
    assert.match(refusalOf({ bitmap: {} }), /bitmap/)
    assert.match(refusalOf({ data: 'text', width: 1, height: 1, channels: 3 }), /data, width/)
    assert.match(refusalOf({ type: 'Buffer', data: 'text' }), /type, data/)
  })

  it('is not one of our answers: msg.image is meant', () => {
    const answer = { inference_id: 'x', image: { width: 1, height: 1 }, predictions: [] }
    assert.match(refusalOf(answer), /answer.*msg\.image/)
    assert.match(refusalOf({ predictions: [] }), /msg\.image/)
  })

  it('is not a URL of another kind, or a broken one', () => {
    assert.match(refusalOf('ftp://host/a.jpg'), /ftp:/)
    assert.match(refusalOf('rtsp://camera/1'), /rtsp:/)
    assert.match(refusalOf('http://'), /not a valid URL/)
    assert.match(refusalOf('http://a:99999/'), /not a valid URL/)
    assert.match(refusalOf('file://server/share/a.jpg'), /file/i)
    assert.match(refusalOf('file:///tmp/a%2Fb.jpg'), /file/i)
  })

  it('is not a data URI without data, or one that cannot be decoded', () => {
    assert.match(refusalOf('data:image/png;base64'), /no comma/)
    assert.match(refusalOf('data:'), /no comma/)
  })

  it('does not quote what it refuses at length', () => {
    const secret = `http://user:hidden@ho st/${'x'.repeat(500)}`
    assert.doesNotMatch(refusalOf(secret), /hidden|x{50}/)
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, index]))
    assert.ok(refusalOf(many).length < 150)
  })
})
