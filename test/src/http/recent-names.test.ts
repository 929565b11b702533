import assert from 'node:assert/strict'
import { RecentNames } from '../../../src/http/recent-names'

describe('the names that were added last', () => {
  it('are known, so many of them', () => {
    const names = new RecentNames(2)
    for (const name of ['a', 'b', 'c']) names.add(name)
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => names.has(name)),
      [false, true, true],
    )
  })

  it('are known longer when they are added again', () => {
    const names = new RecentNames(2)
    for (const name of ['a', 'b', 'a', 'c']) names.add(name)
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => names.has(name)),
      [true, false, true],
    )
  })

  it('are forgotten at once', () => {
    const names = new RecentNames(2)
    names.add('a')
    names.clear()
    assert.equal(names.has('a'), false)
  })
})
