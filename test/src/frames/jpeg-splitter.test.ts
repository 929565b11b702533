import assert from 'node:assert/strict'
import sharp from 'sharp'
import { JpegSplitter } from '../../../src/frames/jpeg-splitter'
import { paint, paintPixels, randomFrom } from '../../support/images'
import { thrownBy } from '../failure'
import { cut } from './pieces'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e6))

const split = (pieces: Buffer[]): Buffer[] => {
  const splitter = new JpegSplitter()
  return pieces.flatMap((piece) => splitter.push(piece))
}

const widthsOf = (images: Buffer[]) =>
  Promise.all(images.map(async (image) => (await sharp(image).metadata()).width))

/** A JPEG that carries another as its thumbnail, as cameras' do. */
const withThumbnail = (image: Buffer, thumbnail: Buffer): Buffer => {
  const content = Buffer.concat([Buffer.from('Exif\0\0'), thumbnail])
  const head = Buffer.from([0xff, 0xe1, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([image.subarray(0, 2), head, content, image.subarray(2)])
}

describe('JPEGs one after the other', () => {
  let images: Buffer[]
  before(async () => {
    const noisy = paintPixels(96, 64)
    const random = randomFrom(seed)
    for (let at = 0; at < noisy.length; at++) noisy[at] = random() * 256
    const raw = { raw: { width: 96, height: 64, channels: 3 } } as const
    images = [
      await paint(16, 12),
      await sharp(noisy, raw).jpeg({ quality: 100 }).toBuffer(),
      await sharp(noisy, raw).jpeg({ progressive: true }).toBuffer(),
      withThumbnail(await paint(32, 24), await paint(8, 6)),
    ]
  })

  it('come apart, wherever the pieces are cut', () => {
    const random = randomFrom(seed)
    const bytes = Buffer.concat([...images, ...images])
    for (const longest of [1, 2, 3, 50, 5_000, bytes.length]) {
      const pieces = cut(bytes, () => 1 + Math.floor(random() * longest))
      assert.deepEqual(split(pieces), [...images, ...images], `seed ${seed}, pieces of ${longest}`)
    }
  })

  it('come apart with anything between them', () => {
    const [one, two, three, four] = images as [Buffer, Buffer, Buffer, Buffer]
    const garbage = [
      Buffer.from('--boundary\r\nContent-Type: image/jpeg\r\n\r\n'),
      // the beginnings of images that are none
      Buffer.from([0xff, 0xd8, 0xff, 0xd8, 0xff, 0xff, 0xff, 0xd9]),
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1, 0xff, 0xd8]),
      Buffer.alloc(3_000, 0xff),
    ] as [Buffer, Buffer, Buffer, Buffer]
    const mixed = [garbage[0], one, garbage[1], two, garbage[2], three, garbage[3], four, garbage[0]]
    assert.deepEqual(split([Buffer.concat(mixed)]), images)
    assert.deepEqual(split(cut(Buffer.concat(mixed), () => 1)), images)
  })

  it('are left out where they are cut off', async () => {
    const [one, two, three] = images as [Buffer, Buffer, Buffer]
    for (const length of [2, 20, Math.floor(two.length / 2), two.length - 1]) {
      const found = split([Buffer.concat([one, two.subarray(0, length), three, one, three])])
      // a header that is cut off may take what follows along
      assert.ok(found.length >= 3, `${length}: ${found.length}`)
      assert.deepEqual(found.slice(-2), [one, three])
      assert.ok(!(await widthsOf(found)).includes(undefined as never))
    }
    assert.deepEqual(split([one, two.subarray(0, 200)]), [one])
  })

  it('have memory of their own', () => {
    const [one] = split([Buffer.concat([...images, Buffer.alloc(100_000)])])
    assert.equal(one?.buffer.byteLength, one?.length)
  })

  it('do not fill the memory where none ends', () => {
    const splitter = new JpegSplitter()
    const [one] = images as [Buffer]
    splitter.push(one.subarray(0, -2))
    const pixels = Buffer.alloc(2 ** 24, 1)
    const failure = thrownBy(() => {
      for (let count = 0; count < 5; count++) splitter.push(pixels)
    })
    assert.equal(failure.code, 'VIDEO_NOT_READABLE')
    assert.match(failure.message, /too large/)
  })

  it('may be far apart', () => {
    const splitter = new JpegSplitter()
    const nothing = Buffer.alloc(2 ** 24, 1)
    for (let count = 0; count < 8; count++) assert.deepEqual(splitter.push(nothing), [])
    assert.deepEqual(splitter.push(images[0] as Buffer), [images[0]])
  })
})
