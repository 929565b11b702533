import assert from 'node:assert/strict'
import sharp from 'sharp'
import { outlineOfRle } from '../../../src/drawing/mask-outline'
import { decodeRle } from '../../../src/predictions/rle'
import { randomFrom } from '../../support/images'
import { encodeRle } from '../../support/rle'

const [width, height] = [41, 30]

/** What an SVG fills where a mask's outline is its path, column by column as masks are. */
const filled = async (rings: { x: number; y: number }[][]): Promise<number[]> => {
  const path = rings.map((ring) => `M${ring.map(({ x, y }) => `${x} ${y}`).join('L')}z`).join('')
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><path d="${path}"/></svg>`
  const alpha = await sharp(Buffer.from(svg)).extractChannel(3).raw().toBuffer()
  return Array.from({ length: width * height }, (_, at) =>
    (alpha[(at % height) * width + Math.floor(at / height)] ?? 0) > 127 ? 1 : 0,
  )
}

describe('the outline of a mask', () => {
  const masks: [name: string, isInside: (x: number, y: number) => boolean][] = [
    ['nothing', () => false],
    ['everything', () => true],
    ['one pixel', (x, y) => x === 7 && y === 9],
    ['the last pixel', (x, y) => x === width - 1 && y === height - 1],
    ['a ring with a hole', (x, y) => Math.abs(Math.hypot(x - 20, y - 15) - 9) < 3],
    ['squares that touch by their corners', (x, y) => (x >> 2) % 2 === (y >> 2) % 2],
    ['a comb', (x, y) => y > 20 || x % 3 === 0],
  ]
  for (const [name, isInside] of masks) {
    it(`goes around ${name}`, async () => {
      const mask = encodeRle(width, height, isInside)
      assert.deepEqual(await filled(outlineOfRle(mask)), [...decodeRle(mask)])
    })
  }

  it('goes around whatever there is', async () => {
    const seed = Number(process.env.SEED) || Date.now() % 1_000_000
    const random = randomFrom(seed)
    for (let count = 0; count < 50; count++) {
      const density = random()
      const mask = encodeRle(width, height, () => random() < density)
      assert.deepEqual(await filled(outlineOfRle(mask)), [...decodeRle(mask)], `SEED=${seed}`)
    }
  })

  it('has no more points than corners', () => {
    const rectangle = encodeRle(width, height, (x, y) => x >= 5 && x < 20 && y >= 3 && y < 12)
    assert.deepEqual(outlineOfRle(rectangle), [
      [
        { x: 5, y: 3 },
        { x: 20, y: 3 },
        { x: 20, y: 12 },
        { x: 5, y: 12 },
      ],
    ])
  })

  it('takes no time for a large image, and none for what claims more than it has', () => {
    const started = performance.now()
    const large = encodeRle(4_000, 3_000, (x, y) => Math.hypot(x - 2_000, y - 1_500) < 1_000)
    const encoded = performance.now()
    assert.ok((outlineOfRle(large)[0]?.length ?? 0) > 1_000)
    outlineOfRle({ size: [10, 10], counts: 'oooooooooo1' })
    assert.ok(performance.now() - encoded < encoded - started, 'it took longer than to make the mask')
  })
})
