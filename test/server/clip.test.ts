import assert from 'node:assert/strict'
import { type ClipEmbeddings, HTTPCallErrorError, InferenceHTTPClient } from '../../src/index'
import type { RememberingTransport } from '../support/compare-sent'
import { paint, randomFrom, randomRectangles } from '../support/images'
import { openRealClient } from './real-client'
import type { RunningServer } from './server'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)
const version = 'ViT-B-16'

describe(`CLIP on the real server (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = randomFrom(seed)
  let server: RunningServer
  let transport: RememberingTransport
  let client: InferenceHTTPClient
  openRealClient((opened) => {
    ;({ server, transport, client } = opened)
  })

  const colored = (color: 'red' | 'green' | 'blue', width = 64, height = 48) =>
    paint(width, height, [{ color, x: width / 2, y: height / 2, width, height }])
  const randomImage = () => {
    const [width, height] = [200, 260].map((size) => size + Math.round(100 * random())) as [number, number]
    return paint(width, height, randomRectangles(random, width, height))
  }
  const vectorOf = ({ embeddings }: ClipEmbeddings): number[] => {
    assert.equal(embeddings.length, 1)
    return embeddings[0] ?? assert.fail()
  }
  const cosine = (a: number[], b: number[]) => {
    const dot = (x: number[], y: number[]) =>
      x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0)
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
  }
  const assertClose = (found: unknown, expected: number) => {
    assert.ok(typeof found === 'number' && Math.abs(found - expected) < 1e-3, `${found}, not ${expected}`)
  }
  const listed = (similarity: unknown): number[] => {
    assert.ok(Array.isArray(similarity))
    return similarity
  }

  for (const mode of ['v1', 'v0'] as const) {
    describe(`in mode ${mode}`, () => {
      const asking = () => (mode === 'v0' ? client.useApiV0() : client)

      it('gives a vector for an image, with the key where the mode has it', async () => {
        const vector = vectorOf(await asking().getClipImageEmbeddings(await randomImage()))
        assert.equal(vector.length, 512)
        assert.ok(vector.every(Number.isFinite))
        const [request] = transport.sent
        assert.equal(request?.path, '/clip/embed_image')
        assert.equal(request.query.get('api_key'), mode === 'v0' ? server.key : null)
      })

      it('gives the vectors of a batch in order, whatever the size of requests', async () => {
        const images = await Promise.all(Array.from({ length: 5 }, randomImage))
        const alone: number[][] = []
        for (const image of images) alone.push(vectorOf(await asking().getClipImageEmbeddings(image)))
        for (const maxBatchSize of [1, 2, 8]) {
          transport.forget()
          const batch = await asking().useConfiguration({ maxBatchSize }).getClipImageEmbeddings(images)
          assert.equal(transport.sent.length, Math.ceil(5 / maxBatchSize))
          assert.equal(batch.length, 5)
          for (const [index, answer] of batch.entries()) {
            const vector = vectorOf(answer)
            assertClose(cosine(vector, alone[index] ?? []), 1)
          }
        }
      })

      it('gives a vector for each text', async () => {
        const { embeddings } = await asking().getClipTextEmbeddings(['red', 'green'])
        assert.equal(embeddings.length, 2)
        assert.deepEqual(vectorOf(await asking().getClipTextEmbeddings('red')), embeddings[0])
        assert.deepEqual(vectorOf(await asking().getClipTextEmbeddings(['green'])), embeddings[1])
        assert.notDeepEqual(embeddings[0], embeddings[1])
        const named = await asking().getClipTextEmbeddings('red', { clipVersion: version })
        assert.deepEqual(vectorOf(named), embeddings[0])
      })

      it('finds the color of an image by its name', async () => {
        const words = ['red', 'green', 'blue'] as const
        for (const [index, color] of words.entries()) {
          const image = await colored(color)
          const similarity = listed((await asking().clipCompare(image, words)).similarity)
          assert.equal(similarity.length, 3)
          assert.equal(similarity.indexOf(Math.max(...similarity)), index)
          const names = { warm: 'red', leafy: 'green', cold: 'blue' }
          const named = await asking().clipCompare(image, names, { clipVersion: version })
          assert.deepEqual(Object.keys(named.similarity), Object.keys(names))
          assert.deepEqual(Object.values(named.similarity), similarity)
          const [single] = listed((await asking().clipCompare(image, color)).similarity)
          assertClose(single, similarity[index] ?? Number.NaN)
        }
      })

      it('finds an image as similar as can be to itself, and a text to itself', async () => {
        const [one, other] = [await colored('red'), await colored('blue')]
        const images = { promptType: 'image' } as const
        const [same, different = 1] = listed(
          (await asking().clipCompare(one, [one, other], images)).similarity,
        )
        assertClose(same, 1)
        assert.ok(different < 0.99)
        const [alone] = listed((await asking().clipCompare(one, one, images)).similarity)
        assertClose(alone, 1)
        const texts = { subjectType: 'text' } as const
        const [word, another = 1] = listed(
          (await asking().clipCompare('red', ['red', 'blue'], texts)).similarity,
        )
        assertClose(word, 1)
        assert.ok(another < 0.99)
      })

      it('compares a text with images, as images with that text', async () => {
        const [one, other] = [await colored('red'), await colored('blue')]
        const options = { subjectType: 'text', promptType: 'image' } as const
        const [red = 0, blue = 1] = listed(
          (await asking().clipCompare('red', [one, other], options)).similarity,
        )
        assert.ok(red > blue)
        const [back] = listed((await asking().clipCompare(one, 'red')).similarity)
        assertClose(back, red)
      })

      it('says that a version does not exist', async () => {
        for (const call of [
          (clipVersion: string) => asking().getClipTextEmbeddings('red', { clipVersion }),
          async (clipVersion: string) =>
            asking().getClipImageEmbeddings(await colored('red'), { clipVersion }),
          async (clipVersion: string) => asking().clipCompare(await colored('red'), 'red', { clipVersion }),
        ]) {
          await assert.rejects(call('never'), (error) => {
            assert.ok(error instanceof HTTPCallErrorError, String(error))
            assert.equal(error.statusCode, 404)
            return true
          })
        }
      })

      // no key has ever loaded this version: the platform is asked each time
      const refusals: [key: string | undefined, status: number][] = [
        ['a-wrong-key', 401],
        [undefined, 401],
        ['broke', 402],
        ['no-scope', 403],
        ['paused', 423],
        ['down', 502],
        // known, and so is that there is no such version
        ['good-key', 404],
      ]
      for (const [apiKey, status] of refusals) {
        it(`is refused with ${status} for the key ${apiKey}, however it travels`, async () => {
          for (const apiKeyTransport of ['legacy', 'both', 'header'] as const) {
            const configuration = { apiKeyTransport }
            const other = new InferenceHTTPClient({ apiUrl: server.url, apiKey, attempts: 1, configuration })
            const asked = mode === 'v0' ? other.useApiV0() : other
            await assert.rejects(asked.getClipTextEmbeddings('red', { clipVersion: 'RN50' }), (error) => {
              assert.ok(error instanceof HTTPCallErrorError, String(error))
              assert.equal(error.statusCode, status, error.message)
              assert.ok(error.hint)
              return true
            })
            await other.close()
          }
        })
      }
    })
  }

  it('gives the same vectors in both modes', async () => {
    const image = await randomImage()
    const [old, current] = [
      vectorOf(await client.useApiV0().getClipImageEmbeddings(image)),
      vectorOf(await client.getClipImageEmbeddings(image)),
    ]
    assert.deepEqual(old, current)
  })
})
