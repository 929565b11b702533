import assert from 'node:assert/strict'
import sharp from 'sharp'
import { withHuffmanTables } from '../../../src/frames/huffman-tables'
import { paintPixels } from '../../support/images'
import { withoutTables } from './without-tables'

/** A JPEG with the usual tables. */
const jpeg = (): Promise<Buffer> =>
  sharp(paintPixels(64, 48, [{ x: 20, y: 20, width: 20, height: 10, color: 'red' }]), {
    raw: { width: 64, height: 48, channels: 3 },
  })
    .jpeg({ quality: 90, optimiseCoding: false })
    .toBuffer()

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
