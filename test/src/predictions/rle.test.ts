import assert from 'node:assert/strict'
import { decodeRle, isRleMask, type RleMask, resizeRle } from '../../../src/predictions/rle'
import { randomFrom } from '../../support/images'

type Inside = (x: number, y: number) => boolean

/** What pycocotools 2.0 makes of masks: `encode(np.asfortranarray(mask))`. */
const references: { what: string; width: number; height: number; inside: Inside; counts: string }[] = [
  { what: 'nothing', width: 4, height: 3, inside: () => false, counts: '<' },
  { what: 'everything', width: 4, height: 3, inside: () => true, counts: '0<' },
  { what: 'the first pixel', width: 4, height: 3, inside: (x, y) => x + y === 0, counts: '01;' },
  { what: 'the last pixel', width: 4, height: 3, inside: (x, y) => x + y === 5, counts: ';1' },
  {
    what: 'a chess board',
    width: 4,
    height: 5,
    inside: (x, y) => (x + y) % 2 === 0,
    counts: '011000000000000000000',
  },
  { what: 'columns', width: 6, height: 2, inside: (x) => x % 2 === 1, counts: '222000' },
  {
    what: 'a disc',
    width: 32,
    height: 24,
    inside: (x, y) => (x - 20) ** 2 + (y - 9) ** 2 < 64,
    counts: 'n97?4M2O0O2O000000000001N101N3Ll2',
  },
  {
    what: 'a ring',
    width: 70,
    height: 90,
    inside: (x, y) => (x - 33) ** 2 + (y - 50) ** 2 > 400 && (x - 33) ** 2 + (y - 50) ** 2 <= 961,
    counts:
      'V71b2>F6J6K4M2M4M2N2N2N2NZOeN0Y1KSO0k0OYO0f0N^O0a0OC0;0G08OJ050M02O000000O030L040LO60I170HO:0F0' +
      ':0F0:0F0:0F0:0F0:0E0=0C0;0F0:0F0:0F0:0F0:0F0:0F180IO70J140L040M010000001N030K061H090E0=1_O0b02Z' +
      'O0g01UO0m05gN0[1f02N2N2N2N3L3N3L5J6J:Bg<',
  },
  {
    what: 'stripes',
    width: 13,
    height: 17,
    inside: (x, y) => (x * x + 3 * y) % 17 < 6,
    counts: '024000O010O01O01O01OO110O0O0101020N002ON1010O0O020N01000O010O010O000001030M000',
  },
  {
    what: 'a corner of a large image',
    width: 1920,
    height: 1080,
    inside: (x, y) => x >= 1900 && y >= 1000,
    counts: 'Xldn1`2Xo00000000000000000000000000000000000000',
  },
  { what: 'nothing of a large image', width: 1920, height: 1080, inside: () => false, counts: 'PPYo1' },
]

/** Pixels column by column. */
const pixelsOf = (width: number, height: number, inside: Inside): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, at) =>
    inside(Math.floor(at / height), at % height) ? 1 : 0,
  )

const equal = (a: Uint8Array, b: Uint8Array) =>
  assert.ok(a.length === b.length && Buffer.compare(a, b) === 0, 'the pixels differ')

/** Written anew: a mask of the same size. */
const again = (mask: RleMask): RleMask => resizeRle(mask, mask.size[1], mask.size[0])

describe('a run-length encoded mask', () => {
  for (const { what, width, height, inside, counts } of references) {
    const mask: RleMask = { size: [height, width], counts }

    it(`is read as pycocotools writes it: ${what}`, () => {
      equal(decodeRle(mask), pixelsOf(width, height, inside))
    })

    it(`is written as pycocotools writes it: ${what}`, () => {
      assert.deepEqual(again(mask), mask)
    })
  }

  it('is the same mask again after it was made larger and smaller by whole factors', () => {
    const seed = 4711
    const random = randomFrom(seed)
    for (let round = 0; round < 200; round++) {
      const [width, height] = [1 + Math.floor(random() * 20), 1 + Math.floor(random() * 20)]
      const share = random()
      const pixels = pixelsOf(width, height, () => random() < share)
      const mask = again({ size: [height, width], counts: naive(pixels) })
      equal(decodeRle(mask), pixels)
      const larger = resizeRle(mask, width * 3, height * 2)
      assert.deepEqual(larger.size, [height * 2, width * 3])
      equal(
        decodeRle(larger),
        pixelsOf(
          width * 3,
          height * 2,
          (x, y) => pixels[Math.floor(x / 3) * height + Math.floor(y / 2)] === 1,
        ),
      )
      assert.deepEqual(resizeRle(larger, width, height), mask, `round ${round} of seed ${seed}`)
    }
  })

  it('takes the pixel under the middle of each new one when its size changes by anything else', () => {
    const ramp = again({ size: [1, 5], counts: naive(Uint8Array.of(1, 0, 1, 1, 0)) })
    const at = (width: number) => [...decodeRle(resizeRle(ramp, width, 1))].join('')
    assert.equal(at(5), '10110')
    // middles at 0.83, 2.5, 4.17
    assert.equal(at(3), '110')
    // middles at 0.36, 1.07, 1.79, 2.5, 3.21, 3.93, 4.64
    assert.equal(at(7), '1001110')
    assert.equal(at(1), '1')
  })

  it('is told apart from what is none', () => {
    assert.equal(isRleMask({ size: [2, 3], counts: '6' }), true)
    assert.equal(isRleMask({ size: [2, 3], counts: '' }), true)
    for (const value of [
      undefined,
      null,
      'text',
      7,
      [],
      {},
      { size: [2, 3] },
      { counts: '6' },
      { size: [2], counts: '6' },
      { size: [2, 3, 1], counts: '6' },
      { size: '23', counts: '6' },
      { size: [2, 3], counts: [6] },
      { size: [-2, 3], counts: '6' },
      { size: [-2, -3], counts: '6' },
      { size: [2.5, 4], counts: '6' },
      { size: ['2', '3'], counts: '6' },
      { size: [2, Number.NaN], counts: '6' },
      { size: [1e9, 1e9], counts: '6' },
      { size: [Number.POSITIVE_INFINITY, 0], counts: '6' },
    ]) {
      assert.equal(isRleMask(value), false, JSON.stringify(value))
    }
  })
})

describe('a malformed mask', () => {
  /** It has as many pixels as its size says, each 0 or 1, and can be resized. */
  const survives = (counts: string) => {
    const pixels = decodeRle({ size: [7, 9], counts })
    assert.equal(pixels.length, 63)
    assert.ok(
      pixels.every((pixel) => pixel <= 1),
      JSON.stringify(counts),
    )
    const resized = resizeRle({ size: [7, 9], counts }, 4, 5)
    assert.deepEqual(resized.size, [5, 4])
    assert.equal(decodeRle(resized).length, 20)
  }

  it('is empty where its text ends too early', () => {
    assert.deepEqual(decodeRle({ size: [2, 2], counts: '' }), new Uint8Array(4))
    assert.deepEqual(decodeRle({ size: [2, 2], counts: '11' }), Uint8Array.of(0, 1, 0, 0))
    assert.deepEqual(decodeRle({ size: [2, 2], counts: '19' }), Uint8Array.of(0, 1, 1, 1))
  })

  it('survives runs that are endless, negative, without an end or of odd characters', () => {
    for (const counts of [
      'o'.repeat(1000),
      'ooooooo',
      'OOOO',
      '0O',
      'P',
      '1o',
      '\0\0',
      '👾é!',
      ' ',
      '1\n1',
    ]) {
      survives(counts)
    }
  })

  it('survives random texts, soon', () => {
    const random = randomFrom(99)
    const started = Date.now()
    for (let round = 0; round < 3000; round++) {
      const length = Math.floor(random() * 40)
      survives(
        String.fromCharCode(
          ...Array.from({ length }, () => 40 + Math.floor(random() * (round % 2 ? 80 : 20))),
        ),
      )
    }
    assert.ok(Date.now() - started < 10_000, 'it took too long')
  })
})

/** Runs of one pixel each, and runs of no pixel between equal ones; correct, if long. */
function naive(pixels: Uint8Array): string {
  const runs: number[] = []
  for (const pixel of pixels) runs.push(...(runs.length % 2 === pixel ? [1] : [0, 1]))
  return runs
    .map((run, index) => run - (index > 2 ? (runs[index - 2] ?? 0) : 0))
    .map((difference) => String.fromCharCode(48 + (difference & 31)))
    .join('')
}
