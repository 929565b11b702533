import assert from 'node:assert/strict'
import type { InferenceHTTPClient } from '../../../src/index'
import { paint } from '../../support/images'
import { openRealClient } from '../real-client'
import { olderServer } from './server'

const colors = ['red', 'green', 'blue'] as const

describe('CLIP on an old server', function () {
  this.timeout(120_000)
  let client: InferenceHTTPClient
  openRealClient((opened) => {
    ;({ client } = opened)
  }, olderServer)
  let images: Buffer[]
  before(async () => {
    images = await Promise.all(
      colors.map((color) => paint(320, 240, [{ color, x: 160, y: 120, width: 240, height: 200 }])),
    )
  })

  const indexOfBest = (similarity: unknown): number => {
    assert.ok(Array.isArray(similarity))
    for (const value of similarity) assert.ok(Math.abs(value) < 1.001)
    return similarity.indexOf(Math.max(...similarity))
  }

  for (const mode of ['v1', 'v0']) {
    const asked = () => (mode === 'v0' ? client.useApiV0() : client)

    it(`embeds texts in ${mode}: one vector for each`, async () => {
      const { embeddings } = await asked().getClipTextEmbeddings([...colors, 'yellow'])
      assert.deepEqual(
        embeddings.map((vector) => vector.length),
        [512, 512, 512, 512],
      )
      assert.deepEqual(
        embeddings.map((vector) => vector.slice(0, 3)),
        [
          [2, 0, 0],
          [0, 2, 0],
          [0, 0, 2],
          [0, 0, 0],
        ],
      )
      const { embeddings: alone } = await asked().getClipTextEmbeddings('green')
      assert.deepEqual(alone, [embeddings[1]])
    })

    it(`embeds images in ${mode}: one answer for each, however they travel`, async () => {
      const { embeddings: alone } = await asked().getClipImageEmbeddings(images[1] ?? assert.fail())
      assert.equal(alone[0]?.length, 512)
      for (const maxBatchSize of [1, 2, 8]) {
        const batching = asked().useConfiguration({ maxBatchSize })
        const answers = await batching.getClipImageEmbeddings(images)
        assert.deepEqual(
          answers.map(({ embeddings: [vector = []] }) => vector.slice(0, 3).map((part) => part > 0.5)),
          [
            [true, false, false],
            [false, true, false],
            [false, false, true],
          ],
        )
        const [green] = answers[1]?.embeddings ?? []
        for (const [index, part] of green?.entries() ?? [])
          assert.ok(Math.abs(part - (alone[0]?.[index] ?? 9)) < 1e-4)
      }
    })

    it(`compares in ${mode}: an image with texts, with images, and the other way round`, async () => {
      const compare = asked()
      for (const [index, image] of images.entries()) {
        assert.equal(indexOfBest((await compare.clipCompare(image, colors)).similarity), index)
        const withImages = await compare.clipCompare(image, images, { promptType: 'image' })
        assert.equal(indexOfBest(withImages.similarity), index)
        const color = colors[index] ?? assert.fail()
        const ofText = await compare.clipCompare(color, images, {
          subjectType: 'text',
          promptType: 'image',
        })
        assert.equal(indexOfBest(ofText.similarity), index)
        const ofTexts = await compare.clipCompare(color, colors, { subjectType: 'text' })
        assert.equal(indexOfBest(ofTexts.similarity), index)
      }
    })

    it(`names similarities in ${mode} as the texts are named`, async () => {
      const [image = assert.fail()] = images
      const { similarity } = await asked().clipCompare(image, { stop: 'red', go: 'green' })
      assert.ok(!Array.isArray(similarity))
      assert.deepEqual(Object.keys(similarity), ['stop', 'go'])
      assert.ok(Number(similarity.stop) > Number(similarity.go) + 0.3)
    })

    it(`compares with a single text or image in ${mode}`, async () => {
      const [image = assert.fail()] = images
      for (const [prompt, promptType] of [
        ['red', 'text'],
        [image, 'image'],
      ] as const) {
        const { similarity } = await asked().clipCompare(image, prompt, { promptType })
        assert.ok(Array.isArray(similarity) && similarity.length === 1 && Number(similarity[0]) > 0.5)
      }
    })
  }
})
