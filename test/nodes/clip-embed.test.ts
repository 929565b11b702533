import assert from 'node:assert/strict'
import clipEmbed from '../../nodes/clip-embed/clip-embed'
import { coreModelNode, encoded } from './core-model-node'

describe('clip-embed', () => {
  const { test, images, start, answers, asked } = coreModelNode('clip-embed', clipEmbed)

  it('embeds an image', async () => {
    answers({ time: 0.1, embeddings: [[0.5, 1]] })
    const flow = await start({ clipVersion: 'RN50' })
    flow.send({ payload: images.jpeg, topic: 'kept' })
    const { payload, image, topic } = await flow.out.next()
    assert.deepEqual(payload, { time: 0.1, embeddings: [[0.5, 1]] })
    assert.equal(image.equals(images.jpeg), true)
    assert.equal(topic, 'kept')
    assert.deepEqual(asked(), [
      ['/clip/embed_image', { clip_version_id: 'RN50', image: encoded(images.jpeg) }],
    ])
  })

  it('gives one answer for each image of an array, in batches', async () => {
    answers({
      embeddings: [
        [1, 0],
        [0, 1],
      ],
    })
    const flow = await start({ imagesPerRequest: '2' })
    flow.send({ payload: [images.jpeg, images.png] })
    const { payload, image } = await flow.out.next()
    assert.deepEqual(payload, [{ embeddings: [[1, 0]] }, { embeddings: [[0, 1]] }])
    assert.deepEqual(
      image.map((bytes: Buffer) => bytes.length),
      [images.jpeg.length, images.png.length],
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
    arrays.send({ payload: images.jpeg })
    assert.deepEqual((await arrays.out.next()).payload, [0.25, 1])
    arrays.send({ payload: [images.jpeg] })
    assert.deepEqual((await arrays.out.next()).payload, [[0.25, 1]])
  })

  it('gives them as Float32Array', async () => {
    answers({ embeddings: [[0.25, 1]] })
    const flow = await start({ give: 'float32', inputKind: 'text' })
    flow.send({ payload: 'a' })
    assert.deepEqual((await flow.out.next()).payload, Float32Array.from([0.25, 1]))
  })
})
