import assert from 'node:assert/strict'
import sharp from 'sharp'
import { loadImage } from '../../../src/images/load-image'
import { resolveReference } from '../../../src/images/references'
import { paint, paintPixels } from '../../support/images'
import { failureOf } from '../failure'

const refuse = () => {
  throw new Error('not for you')
}

const detached = (bytes: Uint8Array): Uint8Array => {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] })
  return bytes
}

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** The types of this compiler target do not know the second argument. */
const growable = (length: number): ArrayBuffer =>
  new (ArrayBuffer as new (length: number, options: object) => ArrayBuffer)(length, {
    maxByteLength: length * 2,
  })

/** What a hostile or careless message may hold instead of an image. */
const odd: Record<string, () => unknown> = {
  'a list that claims two thousand million bytes': () => ({ type: 'Buffer', data: new Array(2 ** 31) }),
  'a list that claims all there is': () => ({ type: 'Buffer', data: new Array(2 ** 32 - 1) }),
  'pixels that claim all there is': () => ({
    data: new Array(2 ** 32 - 1),
    width: 9,
    height: 9,
    channels: 3,
  }),
  'a bitmap that is 50 MiB of bytes': () => ({ bitmap: Buffer.alloc(50 * 2 ** 20) }),
  'floating point numbers': () => new Float32Array(1_000_000),
  'memory that was given away': () => detached(new Uint8Array(64)),
  'pixels whose memory was given away': () => ({
    data: detached(new Uint8Array(48)),
    width: 4,
    height: 4,
    channels: 3,
  }),
  'a getter that throws': () => Object.defineProperty({}, 'data', { get: refuse }),
  'a proxy of nothing': revoked,
  'a bitmap that is a proxy of nothing': () => ({ bitmap: revoked() }),
  'a function': () => () => {},
  'a symbol': () => Symbol('image'),
  'a big integer': () => 1n,
  'pixels that are wider than any encoder takes': () => ({
    data: Buffer.alloc(65_535 * 3),
    width: 65_535,
    height: 1,
    channels: 3,
  }),
  'a data URI of 100 million letters': () => `data:image/jpeg,${'%41'.repeat(60_000_000)}`,
}

describe('what is no image', () => {
  for (const [name, make] of Object.entries(odd)) {
    it(`is refused soon, with little memory: ${name}`, async () => {
      const value = make()
      const before = process.memoryUsage().rss
      const started = performance.now()
      const error = await failureOf(loadImage(value as never))
      assert.match(String(error.code), /^(INVALID_INPUT_FORMAT|ENCODING_ERROR)$/, error.stack)
      assert.ok(performance.now() - started < 2_000, `${performance.now() - started} ms`)
      assert.ok(process.memoryUsage().rss - before < 200 * 2 ** 20)
    })
  }

  it('but was one before it was read as UTF-8 is told as such, and nothing of it is shown', async () => {
    for (const [format, image] of [
      ['JPEG', await paint(64, 48)],
      [
        'PNG',
        await sharp(await paint(64, 48))
          .png()
          .toBuffer(),
      ],
      [
        'WebP',
        await sharp(await paint(64, 48))
          .webp()
          .toBuffer(),
      ],
      [
        'GIF',
        await sharp(await paint(64, 48))
          .gif()
          .toBuffer(),
      ],
    ] as const) {
      const error = await failureOf(loadImage(image.toString('utf8')))
      assert.equal(error.code, 'INVALID_INPUT_FORMAT')
      assert.match(
        error.message,
        new RegExp(`^This text is a ${format} read as UTF-8\\. Choose "a single Buffer`),
      )
    }
    const { message } = await failureOf(loadImage('\u0000\uFFFD\u202Ecar.jpg'))
    assert.match(message, /"\?\?\?car\.jpg"/)
  })

  it('but a percent-encoded data URI of megabytes is decoded in no time', () => {
    const uri = `data:application/octet-stream,${'%ff%0A+a%zz%4'.repeat(1_000_000)}`
    const started = performance.now()
    const reference = resolveReference(uri)
    assert.ok(performance.now() - started < 2_000)
    assert.ok(reference.kind === 'bytes')
    assert.equal(Buffer.from(reference.bytes.subarray(0, 9)).toString('latin1'), '\xff\n+a%zz%4')
  })

  it('but a file as uploads bring it is one', async () => {
    const buffer = await paint(16, 12)
    const upload = {
      fieldname: 'image',
      originalname: 'car.jpg',
      encoding: '7bit',
      mimetype: 'image/jpeg',
      buffer,
      size: buffer.length,
    }
    assert.ok((await loadImage(upload)).bytes.equals(buffer))
  })

  it('but views of shared or growing memory are', async () => {
    const jpeg = await paint(16, 12)
    const shared = new Uint8Array(new SharedArrayBuffer(jpeg.length))
    shared.set(jpeg)
    assert.equal((await loadImage(shared)).width, 16)
    const growing = new Uint8Array(growable(jpeg.length))
    growing.set(jpeg)
    assert.equal((await loadImage(growing)).width, 16)
    assert.equal((await loadImage({ data: paintPixels(4, 3), width: 4, height: 3, channels: 3 })).width, 4)
  })
})
