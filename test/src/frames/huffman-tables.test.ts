import assert from 'node:assert/strict'
import sharp from 'sharp'
import { withHuffmanTables } from '../../../src/frames/huffman-tables'
import { paintPixels } from '../../support/images'

/** A JPEG with the usual tables. */
const jpeg = (): Promise<Buffer> =>
  sharp(paintPixels(64, 48, [{ x: 20, y: 20, width: 20, height: 10, color: 'red' }]), {
    raw: { width: 64, height: 48, channels: 3 },
  })
    .jpeg({ quality: 90, optimiseCoding: false })
    .toBuffer()

const withoutTables = (whole: Buffer): Buffer => {
  const pieces = [whole.subarray(0, 2)]
  for (let at = 2; ; ) {
    const end = at + 2 + whole.readUInt16BE(at + 2)
    const marker = whole[at + 1]
    if (marker === 0xda) return Buffer.concat([...pieces, whole.subarray(at)])
    if (marker !== 0xc4) pieces.push(whole.subarray(at, end))
    at = end
  }
}

describe('frames of Motion-JPEG', () => {
  it('get the tables that they lack', async () => {
    const whole = await jpeg()
    const lacking = withoutTables(whole)
    assert.equal(lacking.length, whole.length - 4 * 4 - 416)
    const repaired = withHuffmanTables(lacking)
    assert.equal(repaired.length, lacking.length + 420)
    assert.deepEqual(await sharp(repaired).raw().toBuffer(), await sharp(whole).raw().toBuffer())
  })

  it('stay as they are where they have them', async () => {
    const whole = await jpeg()
    assert.equal(withHuffmanTables(whole), whole)
  })

  it('stay as they are where they are no JPEG', () => {
    for (const odd of [Buffer.from('frame 0'), Buffer.alloc(0), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 3])])
      assert.equal(withHuffmanTables(odd), odd)
  })
})
