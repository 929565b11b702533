import assert from 'node:assert/strict'
import { holdsBox, holdsPoint, polygonOf } from '../../../src/predictions/region'

const one = { x: 1, y: 1 }
const box = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom })

describe('a region', () => {
  const square = polygonOf([0, 0, 10, 10], one)
  // an L: the square without its upper right quarter
  const corner = polygonOf([0, 0, 5, 0, 5, 5, 10, 5, 10, 10, 0, 10], one)
  // a square with a slit from above, 1 wide and 8 deep
  const slit = polygonOf([0, 0, 4, 0, 4, 8, 5, 8, 5, 0, 10, 0, 10, 10, 0, 10], one)

  it('holds the points inside and on its edges', () => {
    for (const [x, y] of [
      [5, 5],
      [0, 0],
      [10, 10],
      [10, 4],
      [3, 0],
    ] as const)
      assert.ok(holdsPoint(square, { x, y }), `${x}, ${y}`)
    for (const [x, y] of [
      [-0.1, 5],
      [5, 10.1],
      [Number.NaN, 5],
    ] as const)
      assert.ok(!holdsPoint(square, { x, y }), `${x}, ${y}`)
    assert.deepEqual(
      [
        holdsPoint(corner, { x: 7, y: 3 }),
        holdsPoint(corner, { x: 7, y: 7 }),
        holdsPoint(corner, { x: 5, y: 2 }),
      ],
      [false, true, true],
    )
  })

  it('holds a box that is as large as itself, and none that goes beyond it', () => {
    assert.ok(holdsBox(square, box(0, 0, 10, 10)))
    assert.ok(holdsBox(square, box(0.1 + 0.2 - 0.3, 2, 3, 4)))
    assert.ok(!holdsBox(square, box(5, 5, 10.1, 8)))
    assert.ok(!holdsBox(square, box(-5, -5, 15, 15)))
  })

  it('holds no box that reaches over a bay, though its corners are inside', () => {
    assert.ok(holdsBox(corner, box(1, 6, 9, 9)))
    assert.ok(holdsBox(corner, box(0, 5, 10, 10)), 'along an edge')
    assert.ok(!holdsBox(corner, box(1, 1, 9, 9)))
    assert.ok(!holdsBox(slit, box(2, 2, 7, 6)))
    assert.ok(!holdsBox(slit, box(2, 2, 7, 9)))
    assert.ok(holdsBox(slit, box(2, 8, 7, 9)))
    assert.ok(holdsBox(slit, box(1, 1, 4, 6)))
  })

  it('is in the unit that its numbers are in', () => {
    assert.deepEqual(polygonOf([0.5, 0, 1, 1], { x: 64, y: 48 }), [
      { x: 32, y: 0 },
      { x: 64, y: 0 },
      { x: 64, y: 48 },
      { x: 32, y: 48 },
    ])
    assert.deepEqual(polygonOf([0, 0, 1, 0, 0, 1], { x: 2, y: 3 }), [
      { x: 0, y: 0 },
      { x: 2, y: 0 },
      { x: 0, y: 3 },
    ])
  })

  it('may be given from any corner to the other', () => {
    const turned = polygonOf([10, 10, 0, 0], one)
    assert.ok(holdsBox(turned, box(1, 1, 9, 9)))
  })
})
