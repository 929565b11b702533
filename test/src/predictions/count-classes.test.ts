import assert from 'node:assert/strict'
import { countClasses, type ObjectDetectionAnswer } from '../../../src/index'
import { detection } from '../../support/stub-server'

const answer = (...classes: string[]): ObjectDetectionAnswer => {
  const [first] = detection.predictions
  assert.ok(first)
  return {
    image: detection.image,
    predictions: classes.map((name) => ({ ...first, class: name })),
  }
}

describe('counting classes', () => {
  it('counts the predictions of each class', () => {
    assert.deepEqual(countClasses(detection), { person: 2, car: 1 })
    assert.deepEqual(countClasses(answer()), {})
  })

  it('sums a batch', () => {
    assert.deepEqual(countClasses([answer('a', 'b'), answer(), answer('b')]), { a: 1, b: 2 })
    assert.deepEqual(countClasses([]), {})
  })

  it('shows every class of the filter, with 0 where there is none', () => {
    assert.deepEqual(countClasses(answer('a'), ['a', 'z']), { a: 1, z: 0 })
    assert.deepEqual(countClasses([], ['a', 'b']), { a: 0, b: 0 })
  })

  it('shows what the server sent although the filter does not name it', () => {
    assert.deepEqual(countClasses(answer('b', 'b'), ['a']), { a: 0, b: 2 })
  })

  it('counts classes whose names every object has', () => {
    const counts = countClasses(answer('constructor', 'toString', 'constructor'))
    assert.deepEqual(Object.entries(counts), [
      ['constructor', 2],
      ['toString', 1],
    ])
  })
})
