import assert from 'node:assert/strict'
import { EncodedImage, serialiseBody } from '../../../src/http/body'
import { randomFrom } from '../../support/images'

const random = randomFrom(7)
const bytes = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))

/** What JSON.stringify makes of the same value, each image being its base64. */
const byTheBook = (json: unknown): string =>
  JSON.stringify(json, (_key, value) =>
    value instanceof EncodedImage ? Buffer.from(value.bytes).toString('base64') : value,
  )

const image = (length: number) => new EncodedImage(bytes(length))
const shared = image(20)

const bodies: Record<string, unknown> = {
  'one image': { api_key: 'k', image: { type: 'base64', value: image(100) } },
  'several images': { image: [image(1), image(2), image(3), image(1000)], last: true },
  'nested images': { a: { b: [{ c: image(5) }, [image(6)]], d: image(7) }, e: image(8) },
  'the same image twice': [shared, { again: shared }],
  'an image alone': image(10),
  'an empty image': { image: new EncodedImage(Buffer.alloc(0)), after: 1 },
  'no image': { model_id: 'cars/3', list: [1, null, 'x'], nothing: undefined },
  'texts like a placeholder': {
    'image-0123456789abcdef0123456789abcdef': 'image-0123456789abcdef0123456789abcdef',
    before: 'image-',
    image: image(9),
    after: '"image-"',
  },
  'texts that JSON escapes': { text: '"\\/\b\f\n\r\t\u0000\u2028\ud800', image: image(11) },
  'texts beyond ASCII': { 'clé-ß-車': 'naïve 車 🚗 \u00ff', image: image(12), end: '🚗🚗' },
  'dollar signs, as String.replace reads them': { text: "$& $1 $$ $'", image: image(13) },
}

describe('the body of a request', () => {
  for (const [name, json] of Object.entries(bodies)) {
    it(`is what JSON.stringify makes of ${name}`, () => {
      assert.equal(serialiseBody({ json }).toString('utf8'), byTheBook(json))
    })
  }

  it('is the bare base64 of an image where the API wants that (v0)', () => {
    const jpeg = bytes(1001)
    assert.equal(
      serialiseBody({ base64: new EncodedImage(jpeg) }).toString('latin1'),
      jpeg.toString('base64'),
    )
  })

  it('sends only what a view shows of its memory', () => {
    const whole = bytes(64)
    const view = new Uint8Array(whole.buffer, whole.byteOffset + 10, 20)
    const expected = whole.subarray(10, 30).toString('base64')
    assert.equal(serialiseBody({ base64: new EncodedImage(view) }).toString(), expected)
    assert.deepEqual(JSON.parse(serialiseBody({ json: [new EncodedImage(view)] }).toString()), [expected])
  })

  it('leaves the value and the bytes as they were', () => {
    const jpeg = bytes(50)
    const before = Buffer.from(jpeg)
    const json = { image: new EncodedImage(jpeg), list: ['a'] }
    serialiseBody({ json })
    assert.deepEqual(jpeg, before)
    assert.ok(json.image instanceof EncodedImage)
  })

  it('never passes an image through JSON.stringify', () => {
    const { stringify } = JSON
    let longest = 0
    JSON.stringify = ((...args: [unknown]) => {
      const text = stringify(...args)
      longest = Math.max(longest, text.length)
      return text
    }) as typeof stringify
    try {
      serialiseBody({ json: { image: new EncodedImage(Buffer.alloc(100_000, 7)) } })
    } finally {
      JSON.stringify = stringify
    }
    assert.ok(longest > 0 && longest < 1000, `${longest} characters`)
  })
})
