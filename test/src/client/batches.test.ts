import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { chunksOf, forEachImage, saysWhich, workInParallel } from '../../../src/client/shared/batches'
import { EncodingError, HTTPClientError } from '../../../src/index'
import { failureOf, thrownBy } from '../failure'

/** A piece of work that ends when the test says so. */
const held = () => {
  const started: { chunk: number[]; first: number; signal: AbortSignal }[] = []
  const ends: { resolve: (results: number[]) => void; reject: (error: unknown) => void }[] = []
  const work = (chunk: number[], first: number, signal: AbortSignal) => {
    started.push({ chunk, first, signal })
    return new Promise<number[]>((resolve, reject) => ends.push({ resolve, reject }))
  }
  const finish = async (index: number) => {
    ends[index]?.resolve((started[index]?.chunk ?? []).map((item) => item * 10))
    await pause()
  }
  const fail = async (index: number, error: unknown) => {
    ends[index]?.reject(error)
    await pause()
  }
  return { started, work, finish, fail }
}

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

describe('working on the pieces of a list', () => {
  for (const atOnce of [1, 2, 3, 4, 9]) {
    it(`has ${atOnce} of four in progress at most, and as many as it may`, async () => {
      const may = Math.min(atOnce, pieces.length)
      let running = 0
      let most = 0
      let begun = 0
      const results = await workInParallel(pieces, atOnce, async (chunk) => {
        running++
        begun++
        most = Math.max(most, running)
        assert.ok(running <= may)
        // the next one starts as soon as one is done
        if (begun > may) assert.equal(running, may)
        await pause(5)
        running--
        return chunk
      })
      assert.equal(most, may)
      assert.deepEqual(results, [1, 2, 3, 4, 5, 6, 7])
    })
  }

  it('starts the next as soon as any is done, and keeps the order of the results', async () => {
    const { started, work, finish } = held()
    const results = workInParallel(pieces, 2, work)
    await pause()
    assert.equal(started.length, 2)
    await finish(1)
    assert.equal(started.length, 3)
    await finish(2)
    assert.equal(started.length, 4)
    await finish(3)
    await finish(0)
    assert.deepEqual(await results, [10, 20, 30, 40, 50, 60, 70])
    assert.deepEqual(
      started.map(({ chunk, first }) => [first, ...chunk]),
      [
        [1, 1, 2],
        [3, 3, 4],
        [5, 5, 6],
        [7, 7],
      ],
    )
  })

  it('gives nothing for nothing', async () => {
    assert.deepEqual(await workInParallel([], 3, () => assert.fail('there is nothing to do')), [])
  })

  it('ends the others at the first failure, which is the one that is thrown', async () => {
    const { started, work, fail, finish } = held()
    const failure = failureOf(workInParallel(pieces, 3, work))
    await pause()
    const [one, two, three] = started.map(({ signal }) => signal)
    assert.deepEqual([one?.aborted, two?.aborted, three?.aborted], [false, false, false])
    const first = new Error('the second piece')
    await fail(1, first)
    assert.equal(await failure, first)
    assert.deepEqual([one?.reason, three?.reason], [first, first])
    await fail(0, new Error('the first piece, later'))
    await finish(2)
    assert.equal(started.length, 3, 'nothing is started after a failure')
  })

  it('throws what was first when two fail at the same time', async () => {
    const { work, fail } = held()
    const failure = failureOf(workInParallel(pieces, 2, work))
    await pause()
    const errors = [new Error('a'), new Error('b')]
    await Promise.all([fail(1, errors[1]), fail(0, errors[0])])
    assert.equal(await failure, errors[1])
  })

  it('ends with the outer signal’s reason, and passes it on', async () => {
    const { started, work, fail } = held()
    const controller = new AbortController()
    const failure = failureOf(workInParallel(pieces, 2, work, controller.signal))
    await pause()
    const reason = new Error('enough')
    controller.abort(reason)
    assert.deepEqual(
      started.map(({ signal }) => signal.reason),
      [reason, reason],
    )
    await fail(0, started[0]?.signal.reason)
    assert.equal(await failure, reason)
    await fail(1, reason)
    assert.equal(started.length, 2)
  })

  it('starts nothing when the outer signal is aborted already, or is while one is done', async () => {
    const reason = new Error('enough')
    const { started, work, finish } = held()
    assert.equal(await failureOf(workInParallel(pieces, 2, work, AbortSignal.abort(reason))), reason)
    assert.equal(started.length, 0)
    const controller = new AbortController()
    const failure = failureOf(workInParallel(pieces, 1, work, controller.signal))
    await pause()
    controller.abort(reason)
    await finish(0)
    assert.equal(await failure, reason)
    assert.equal(started.length, 1)
  })

  it('leaves no listener on the outer signal', async () => {
    const { signal } = new AbortController()
    const listeners = () => getEventListeners(signal, 'abort').length
    const seen: number[] = []
    await workInParallel(
      pieces,
      2,
      async (chunk) => {
        seen.push(listeners())
        return chunk
      },
      signal,
    )
    assert.deepEqual(seen, [1, 1, 1, 1])
    assert.equal(listeners(), 0)
    await failureOf(workInParallel(pieces, 2, () => Promise.reject(new Error('no')), signal))
    assert.equal(listeners(), 0)
  })
})

describe('an error about images of a list', () => {
  const said = (first: number, last: number, total: number, error: unknown) =>
    thrownBy(() => saysWhich(first, last, total)(error))

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
    const doubled = await forEachImage([3, 1, 2], async (image, index) => {
      seen.push(index)
      return image * 2
    })
    assert.deepEqual(doubled, [6, 2, 4])
    assert.deepEqual(seen, [0, 1, 2])
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
