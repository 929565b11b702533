import assert from 'node:assert/strict'
import { InvalidResponseError } from '../../../src/index'
import { type AnomalyMap, decodeAnomalyMap } from '../../../src/predictions/anomaly-map'
import { thrownBy } from '../failure'

/** 0.5, 1, -2 and 2^-20, then 3.5 and 0 as little-endian float32. */
const six = 'AAAAPwAAgD8AAADAAACANQAAYEAAAAAA'
const map = { shape: [2, 3], dtype: 'float32', data: six }

describe('an anomaly map', () => {
  it('becomes numbers, row by row as they came', () => {
    const decoded = decodeAnomalyMap(map) as AnomalyMap
    assert.deepEqual(decoded, {
      shape: [2, 3],
      dtype: 'float32',
      data: Float32Array.of(0.5, 1, -2, 2 ** -20, 3.5, 0),
    })
    assert.ok(decoded.data instanceof Float32Array)
  })

  it('keeps what else it holds, and leaves the answer’s own object alone', () => {
    const given = { ...map, threshold: 0.5 }
    assert.equal((decodeAnomalyMap(given) as { threshold: number }).threshold, 0.5)
    assert.equal(given.data, six)
  })

  it('may be empty', () => {
    const decoded = decodeAnomalyMap({ shape: [0, 7], dtype: 'float32', data: '' }) as AnomalyMap
    assert.deepEqual(decoded.data, new Float32Array(0))
  })

  it('passes through where it is a list of numbers already, or none', () => {
    for (const value of [[[0.1, 0.2]], [], null, undefined, 'text', 7]) {
      assert.equal(decodeAnomalyMap(value), value)
    }
  })

  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ['another type', { dtype: 'float64' }, /not one of float32/],
    ['no type', { dtype: undefined }, /not one of float32/],
    ['no shape', { shape: undefined }, /not one of float32/],
    ['a shape that is no list', { shape: '23' }, /not one of float32/],
    ['one side', { shape: [6] }, /not one of float32/],
    ['three sides', { shape: [1, 2, 3] }, /not one of float32/],
    ['half a row', { shape: [1.5, 4] }, /not one of float32/],
    ['negative sides', { shape: [-2, -3] }, /not one of float32/],
    ['sides that are texts', { shape: ['2', '3'] }, /not one of float32/],
    ['numbers in a list', { data: [1, 2, 3, 4, 5, 6] }, /not one of float32/],
    ['no data', { data: undefined }, /not one of float32/],
    ['too few numbers', { shape: [3, 3] }, /holds 24 bytes instead of 36/],
    ['too many numbers', { shape: [1, 3] }, /holds 24 bytes instead of 12/],
    ['data cut in the middle of a number', { data: six.slice(0, -2) }, /holds 22 bytes instead of 24/],
    ['data that is no base64', { data: '…' }, /holds \d+ bytes instead of 24/],
  ]
  for (const [what, change, message] of wrong) {
    it(`is refused with ${what}`, () => {
      const error = thrownBy(() => decodeAnomalyMap({ ...map, ...change }))
      assert.ok(error instanceof InvalidResponseError, error.stack)
      assert.equal(error.code, 'INVALID_RESPONSE')
      assert.match(error.message, message)
    })
  }
})
