import assert from 'node:assert/strict'
import { HTTPClientError, type InferenceAnswer, type InferenceHTTPClient } from '../../src/index'
import type { RememberingTransport } from '../support/compare-sent'
import { tinyTasks } from '../support/compare-tasks'
import { paint, type Rectangle, randomFrom, randomRectangles } from '../support/images'
import { openRealClient } from './real-client'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)

describe(`batches on the real server (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = randomFrom(seed)
  let transport: RememberingTransport
  let client: InferenceHTTPClient
  openRealClient((opened) => {
    ;({ transport, client } = opened)
  })

  interface Painted {
    size: { width: number; height: number }
    painted: Rectangle[]
    image: Buffer
  }

  /** Images of sizes of their own, every third of them larger than the model's 320 × 320. */
  const paintMany = (count: number): Promise<Painted[]> =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const times = index % 3 === 2 ? 2 : 1
        const size = {
          width: times * (240 + Math.round(80 * random())),
          height: times * (200 + Math.round(120 * random())),
        }
        const painted = randomRectangles(random, size.width, size.height)
        return { size, painted, image: await paint(size.width, size.height, painted) }
      }),
    )

  const assertInOrder = (
    answers: InferenceAnswer[],
    batch: Painted[],
    assertFits: (typeof tinyTasks)[number]['assertFits'],
  ) => {
    assert.equal(answers.length, batch.length)
    for (const [index, { size, painted }] of batch.entries()) {
      // one pixel of a shrunk image is two or three of the original
      const blur = 1 + Math.max(size.width, size.height) / 320
      assertFits(answers[index] ?? assert.fail(), painted, size, blur)
    }
  }

  const clientOf = (mode: string, configuration: object) =>
    (mode === 'v0' ? client.useApiV0() : client).useConfiguration({
      defaultMaxInputSize: 320,
      ...configuration,
    })

  for (const { name, modelId, assertFits } of tinyTasks) {
    for (const maxBatchSize of [1, 3, 8]) {
      for (const maxConcurrentRequests of [1, 4]) {
        // how batches are cut is the same for all tasks
        if (modelId !== 'tiny-boxes/1' && (maxBatchSize !== 3 || maxConcurrentRequests !== 4)) continue
        it(`${name}: ${maxBatchSize} images in a request, ${maxConcurrentRequests} requests at once`, async () => {
          const batch = await paintMany(10)
          const images = batch.map(({ image }) => image)
          for (const mode of ['v1', 'v0']) {
            const asked = clientOf(mode, { maxBatchSize, maxConcurrentRequests })
            if (mode === 'v1') await asked.getModelDescription(modelId)
            // v0 takes one image at a time
            const size = mode === 'v0' ? 1 : maxBatchSize
            const requests = Math.ceil(10 / size)
            transport.forget()
            transport.gather(Math.min(requests, maxConcurrentRequests))
            const answers = await asked.infer<InferenceAnswer>(images, { modelId })
            assertInOrder(answers, batch, assertFits)
            const lengths = transport.images.map((sent) => sent.length)
            assert.equal(lengths.length, requests)
            assert.deepEqual(
              lengths.filter((length) => length !== size),
              10 % size ? [10 % size] : [],
            )
            assert.equal(transport.mostAtOnce, Math.min(requests, maxConcurrentRequests))
          }
        })
      }
    }
  }

  const [{ modelId, assertFits } = assert.fail()] = tinyTasks

  for (const mode of ['v1', 'v0']) {
    it(`${mode}: a list of one gives a list of one, an empty list an empty one`, async () => {
      const [one = assert.fail()] = await paintMany(1)
      const asked = clientOf(mode, { maxBatchSize: 8 })
      const answers = await asked.infer<InferenceAnswer>([one.image], { modelId })
      assert.ok(Array.isArray(answers))
      assertInOrder(answers, [one], assertFits)
      transport.forget()
      assert.deepEqual(await asked.infer([], { modelId }), [])
      assert.deepEqual(transport.images, [])
    })

    for (const maxBatchSize of [1, 3, 8]) {
      for (const maxConcurrentRequests of [1, 4]) {
        const how = `${mode}, ${maxBatchSize} in a request, ${maxConcurrentRequests} at once`
        const asked = () => clientOf(mode, { maxBatchSize, maxConcurrentRequests })
        const failure = async (bad: Buffer) => {
          const images = (await paintMany(8)).map(({ image }) => image)
          images[4] = bad
          return asked()
            .infer(images, { modelId })
            .then(
              () => assert.fail('The fifth image is none.'),
              (error) => error,
            )
        }

        it(`${how}: what is no image is named by its number`, async () => {
          const error = await failure(Buffer.from('a letter, and no image at all'))
          assert.ok(error instanceof HTTPClientError, String(error))
          assert.equal(error.code, 'ENCODING_ERROR')
          assert.match(error.message, /^Image 5 of 8: These 29 bytes are no image/)
        })

        it(`${how}: an image that the server refuses is named, or its request`, async () => {
          // only the head of a BMP: the client does not decode these
          const error = await failure(bmpHead())
          assert.ok(error instanceof HTTPClientError, String(error))
          assert.equal(error.code, 'HTTP_CALL_ERROR')
          // the server does not say which image of a request it means
          const which =
            mode === 'v0' || maxBatchSize === 1
              ? 'Image 5 of 8: The server cannot decode this image (400)'
              : maxBatchSize === 3
                ? 'Images 4 to 6 of 8: The server cannot decode this image (400)'
                : 'Images 1 to 8 of 8: The server cannot decode this image (400)'
          assert.equal(error.message.slice(0, which.length), which)
          assert.match(error.message, /Could not load input image/)
        })
      }
    }
  }

  for (const { name, modelId: drawn } of tinyTasks) {
    it(`${name}: the images of a batch can be drawn, however many a request takes`, async () => {
      // covers so much that there is always something to be drawn
      const rectangle = { x: 160, y: 120, width: 200, height: 160, color: 'red' } as const
      const image = await paint(320, 240, [rectangle])
      for (const maxBatchSize of [1, 3]) {
        const answers = await clientOf('v1', { maxBatchSize, visualizePredictions: true }).infer(
          [image, image, image, image],
          { modelId: drawn },
        )
        for (const { visualization } of answers)
          assert.equal(Buffer.from(String(visualization), 'base64').subarray(0, 2).toString('hex'), 'ffd8')
      }
    })
  }
})

const bmpHead = (): Buffer => {
  const head = Buffer.alloc(54)
  head.write('BM', 'latin1')
  head.writeUInt32LE(40, 14)
  return head
}
