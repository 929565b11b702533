import assert from 'node:assert/strict'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { prepareImage } from '../../../src/images/downsizing'
import { LoadedImage } from '../../../src/images/loaded-image'
import { withoutTexts } from '../../../src/images/png-chunks'
import { failureOf, thrownBy } from '../failure'

const MiB = 2 ** 20

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A text of one letter, so many bytes long once it is read. */
const hugeText = (bytes: number): Buffer =>
  chunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(bytes, 'a'))]))

/** The same PNG with these chunks behind its header. */
const withChunks = (png: Buffer, chunks: Buffer[]): Buffer =>
  Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)])

const plain = (width: number, height: number, channels: 3 | 4 = 3): Promise<Buffer> =>
  sharp({ create: { width, height, channels, background: '#204060' } })
    .png()
    .toBuffer()

const rss = () => process.memoryUsage().rss

describe('images that are small until they are decoded', () => {
  it('are decoded without the texts that would fill the memory', async () => {
    const text = hugeText(50 * MiB)
    const png = withChunks(await plain(2_000, 2_000), Array(20).fill(text))
    const before = rss()
    const { sentSize } = await prepareImage(LoadedImage.from(png), { width: 640, height: 640 }, true)
    assert.deepEqual(sentSize, { width: 640, height: 640 })
    assert.ok(rss() - before < 300 * MiB, `${Math.round((rss() - before) / MiB)} MiB`)
  })

  it('keep their pixels, their transparency and their orientation', async () => {
    const transparent = { width: 20, height: 10, channels: 4, background: '#20406080' } as const
    // a TIFF directory of one entry: orientation, a short, once, 6
    const exif = Buffer.from('49492a0008000000010012010300010000000600000000000000', 'hex')
    const png = withChunks(await sharp({ create: transparent }).png().toBuffer(), [chunk('eXIf', exif)])
    const stripped = withoutTexts(withChunks(png, [hugeText(10), chunk('tEXt', Buffer.from('a\0b'))]))
    assert.ok(stripped.equals(withoutTexts(png)))
    const { width, height, orientation, hasAlpha } = await sharp(stripped).metadata()
    assert.deepEqual([width, height, orientation, hasAlpha], [20, 10, 6, true])
    const pixels = (bytes: Buffer) => sharp(bytes).raw().toBuffer()
    assert.ok((await pixels(stripped)).equals(await pixels(png)))
  })

  it('are the same bytes where there is nothing to leave out', async () => {
    const bare = withoutTexts(await plain(4, 4))
    assert.equal(withoutTexts(bare), bare)
  })

  it('are refused in a hundred thousand pieces', async () => {
    const empty = chunk('tEXt', Buffer.alloc(0))
    const png = withChunks(await plain(4, 4), [Buffer.concat(Array(100_001).fill(empty))])
    assert.match(String(thrownBy(() => withoutTexts(png))), /more than 100000 pieces/)
  })

  it('cut off in a chunk are damaged, not waited for', async () => {
    const png = withChunks(await plain(400, 400), [hugeText(MiB)])
    const cut = Buffer.concat([png.subarray(0, 60), Buffer.from('IEND')])
    const error = await failureOf(prepareImage(LoadedImage.from(cut), { width: 64, height: 64 }, true))
    assert.equal(error.code, 'ENCODING_ERROR')
  })

  it('wait for each other where they are large', async function () {
    this.timeout(120_000)
    const png = LoadedImage.from(await plain(12_000, 8_000, 4))
    const before = rss()
    let most = 0
    const timer = setInterval(() => {
      most = Math.max(most, rss() - before)
    }, 20)
    try {
      const limit = { width: 640, height: 640 }
      await Promise.all(Array.from({ length: 4 }, () => prepareImage(png, limit, true)))
    } finally {
      clearInterval(timer)
    }
    // each has 288 MB of pixels
    assert.ok(most < 1_000 * MiB, `${Math.round(most / MiB)} MiB`)
  })

  it('in millions of segments are refused in no time', () => {
    const segments = Buffer.from('ffe00002'.repeat(3_000_000), 'hex')
    const jpeg = Buffer.concat([Buffer.from('ffd8', 'hex'), segments, Buffer.from('ffd9', 'hex')])
    const started = performance.now()
    const error = thrownBy(() => LoadedImage.from(jpeg)) as { code?: string }
    assert.equal(error.code, 'ENCODING_ERROR')
    assert.ok(performance.now() - started < 1_000)
  })
})
