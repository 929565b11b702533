import assert from 'node:assert/strict'
import clipEmbed from '../../nodes/clip-embed/clip-embed'
import { paint } from '../support/images'
import { type Message, startFlow, stopFlow, stubForEachTest, type TestedNode } from './flow'

describe('clip-embed', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  let png: Buffer
  before(async () => {
    jpeg = await paint(16, 12)
    png = await paint(8, 6)
  })

  const start = async (properties: Message = {}) => {
    await stopFlow()
    const tested = { id: 'clip-embed', register: clipEmbed } as TestedNode
    return startFlow({ url: test.stub.url, tested, properties })
  }
  const answers = (json: unknown) => {
    test.stub.answer = () => ({ json })
  }
  const asked = () =>
    test.stub.requests.map(({ path, json: { api_key, ...json } }) => [path, json] as [string, Message])
  const encoded = (image: Buffer) => ({ type: 'base64', value: image.toString('base64') })

  it('embeds an image', async () => {
    answers({ time: 0.1, embeddings: [[0.5, 1]] })
    const flow = await start({ clipVersion: 'RN50' })
    flow.send({ payload: jpeg, topic: 'kept' })
    const { payload, image, topic } = await flow.out.next()
    assert.deepEqual(payload, { time: 0.1, embeddings: [[0.5, 1]] })
    assert.equal(image.equals(jpeg), true)
    assert.equal(topic, 'kept')
    assert.deepEqual(asked(), [['/clip/embed_image', { clip_version_id: 'RN50', image: encoded(jpeg) }]])
  })

  it('gives one answer for each image of an array, in batches', async () => {
    answers({
      embeddings: [
        [1, 0],
        [0, 1],
      ],
    })
    const flow = await start({ imagesPerRequest: '2' })
    flow.send({ payload: [jpeg, png] })
    const { payload, image } = await flow.out.next()
    assert.deepEqual(payload, [{ embeddings: [[1, 0]] }, { embeddings: [[0, 1]] }])
    assert.deepEqual(
      image.map((bytes: Buffer) => bytes.length),
      [jpeg.length, png.length],
    )
    assert.equal(test.stub.requests.length, 1)
  })

  it('embeds a text with its commas, and a list of texts', async () => {
    answers({ embeddings: [[1], [2]] })
    const flow = await start({ inputKind: 'text' })
    flow.send({ payload: 'red, round' })
    assert.deepEqual((await flow.out.next()).payload, { embeddings: [[1], [2]] })
    flow.send({ payload: ['a', 'b, c'] })
    const { payload, ...others } = await flow.out.next()
    assert.equal('image' in others, false)
    assert.deepEqual(
      asked().map(([path, json]) => [path, json.text]),
      [
        ['/clip/embed_text', 'red, round'],
        ['/clip/embed_text', ['a', 'b, c']],
      ],
    )
  })

  it('gives the vectors alone where that is chosen: one for one, a list for a list', async () => {
    answers({ embeddings: [[0.25, 1]] })
    const arrays = await start({ give: 'arrays' })
    arrays.send({ payload: jpeg })
    assert.deepEqual((await arrays.out.next()).payload, [0.25, 1])
    arrays.send({ payload: [jpeg] })
    assert.deepEqual((await arrays.out.next()).payload, [[0.25, 1]])
  })

  it('gives them as Float32Array', async () => {
    answers({ embeddings: [[0.25, 1]] })
    const flow = await start({ give: 'float32', inputKind: 'text' })
    flow.send({ payload: 'a' })
    assert.deepEqual((await flow.out.next()).payload, Float32Array.from([0.25, 1]))
  })
})
