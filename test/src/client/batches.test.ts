import assert from 'node:assert/strict'
import { forEachImage, saysWhich } from '../../../src/client/shared/for-each-image'
import { chunksOf } from '../../../src/client/shared/in-batches'
import { EncodingError, HTTPClientError } from '../../../src/index'
import { failureOf, thrownBy } from '../failure'

const pieces = chunksOf([1, 2, 3, 4, 5, 6, 7], 2)

describe('cutting a list into pieces', () => {
  it('keeps the order, and the last piece may be smaller', () => {
    assert.deepEqual(pieces, [[1, 2], [3, 4], [5, 6], [7]])
    assert.deepEqual(chunksOf([1, 2, 3], 1), [[1], [2], [3]])
    assert.deepEqual(chunksOf([1, 2, 3], 3), [[1, 2, 3]])
    assert.deepEqual(chunksOf([1, 2, 3], 9), [[1, 2, 3]])
    assert.deepEqual(chunksOf([], 3), [])
  })
})

describe('an error about images of a list', () => {
  const said = (first: number, last: number, total: number, error: unknown) =>
    thrownBy(() => saysWhich({ first, last, total })(error))

  it('says which, and is the same error', () => {
    const one = new HTTPClientError('X', 'It is no image.', 'Look at it.')
    assert.equal(said(2, 2, 3, one), one)
    assert.equal(one.message, 'Image 2 of 3: It is no image. Look at it.')
    const two = new HTTPClientError('X', 'Refused.')
    assert.equal(said(3, 4, 5, two), two)
    assert.equal(two.message, 'Images 3 to 4 of 5: Refused.')
  })

  it('does not say it twice', () => {
    for (const message of ['Image 2 of 3: It is no image.', 'Images 1 to 2 of 3: Refused.']) {
      const error = new HTTPClientError('X', message)
      said(1, 2, 3, error)
      assert.equal(error.message, message)
    }
    const error = new HTTPClientError('X', 'Images are not welcome.')
    said(1, 1, 3, error)
    assert.equal(error.message, 'Image 1 of 3: Images are not welcome.')
  })

  it('is left alone when it is somebody else’s', () => {
    const reason = new Error('enough')
    assert.equal(said(1, 1, 3, reason), reason)
    assert.equal(reason.message, 'enough')
    assert.equal(said(1, 1, 3, 'a text'), 'a text')
  })
})

describe('working on images of a list, one after the other,', () => {
  it('works on them in order and says which one failed', async () => {
    const seen: number[] = []
    const doubled = await forEachImage([3, 1, 2], async (image) => {
      seen.push(image)
      return image * 2
    })
    assert.deepEqual(doubled, [6, 2, 4])
    assert.deepEqual(seen, [3, 1, 2])
    const failing = forEachImage(['a', 'b', 'c'], async (image) => {
      if (image === 'b') throw new EncodingError('It is cut off.', 'Send it again.')
    })
    const error = await failureOf(failing)
    assert.equal(error.message, 'Image 2 of 3: It is cut off. Send it again.')
    assert.equal(error.code, 'ENCODING_ERROR')
    assert.ok(error instanceof EncodingError)
  })

  it('starts nothing after a failure, and leaves foreign errors as they are', async () => {
    const reason = new Error('enough')
    let calls = 0
    const failing = forEachImage([1, 2], async () => {
      calls++
      throw reason
    })
    assert.equal(await failureOf(failing), reason)
    assert.equal(reason.message, 'enough')
    assert.equal(calls, 1)
  })
})
