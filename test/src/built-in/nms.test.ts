import assert from 'node:assert/strict'
import { type Detection, intersectionOverUnion, suppressOverlapping } from '../../../src/built-in/nms'

const box = (left: number, top: number, size: number, confidence: number, classId = 0): Detection => ({
  left,
  top,
  right: left + size,
  bottom: top + size,
  confidence,
  classId,
})

describe('non-maximum suppression', () => {
  it('measures overlap as intersection over union', () => {
    const one = box(0, 0, 10, 1)
    assert.equal(intersectionOverUnion(one, one), 1)
    assert.equal(intersectionOverUnion(one, box(5, 0, 10, 1)), 50 / 150)
    assert.equal(intersectionOverUnion(one, box(2, 2, 5, 1)), 25 / 100)
    assert.equal(intersectionOverUnion(one, box(10, 0, 10, 1)), 0, 'side by side')
    assert.equal(intersectionOverUnion(one, box(20, 20, 10, 1)), 0)
  })

  it('keeps the most confident of those that overlap, and what overlaps no more than allowed', () => {
    const weak = box(1, 0, 10, 0.5)
    const strong = box(0, 0, 10, 0.9)
    const apart = box(5, 0, 10, 0.7)
    const far = box(40, 40, 10, 0.6)
    const kept = (iouThreshold: number) =>
      suppressOverlapping([weak, strong, apart, far], { iouThreshold, classAgnostic: false })
    assert.deepEqual(kept(0.5), [strong, apart, far])
    // 50 of 150 pixels: exactly the threshold is not more than it
    assert.deepEqual(kept(1 / 3), [strong, apart, far])
    assert.deepEqual(kept(0.3), [strong, far])
    assert.deepEqual(kept(1), [strong, apart, far, weak])
  })

  it('lets other classes be, unless told not to', () => {
    const [cat, dog] = [box(0, 0, 10, 0.9, 0), box(0, 0, 10, 0.8, 1)]
    assert.deepEqual(suppressOverlapping([dog, cat], { iouThreshold: 0.3, classAgnostic: false }), [cat, dog])
    assert.deepEqual(suppressOverlapping([dog, cat], { iouThreshold: 0.3, classAgnostic: true }), [cat])
  })

  it('does not let a box that is itself suppressed suppress others', () => {
    const [first, second, third] = [box(0, 0, 10, 0.9), box(4, 0, 10, 0.8), box(8, 0, 10, 0.7)]
    assert.deepEqual(
      suppressOverlapping([first, second, third], { iouThreshold: 0.3, classAgnostic: false }),
      [first, third],
    )
  })
})
