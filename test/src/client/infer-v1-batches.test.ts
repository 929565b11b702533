import assert from 'node:assert/strict'
import { type InferenceConfiguration, InvalidResponseError, loadImage } from '../../../src/index'
import { paint } from '../../support/images'
import type { Answer, StubServer } from '../../support/stub-server'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'

const model = { modelId: 'cars/3' }
const widths = [8, 10, 12, 14, 16]

describe('a list of images by API v1', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  let images: Buffer[]
  before(async () => {
    images = await Promise.all(widths.map((width) => paint(width, 6)))
  })
  beforeEach(async () => {
    stub = await startStub()
  })

  /** What the server makes of one request's images, each told by its width. */
  const serve = (answer: (widths: number[]) => Answer) => {
    stub.answer = async ({ path, json }) => {
      if (path !== '/infer/object_detection') return undefined
      const images = Array.isArray(json.image) ? json.image : [json.image]
      const loaded = await Promise.all(images.map(({ value }: { value: string }) => loadImage(value)))
      return answer(loaded.map(({ width = 0 }) => width))
    }
  }
  const one = (width: number) => ({ image: { width, height: 6 }, predictions: [] })

  const infer = (configuration: InferenceConfiguration, asked: Buffer | Buffer[] = images) =>
    clientOf(stub.url, { configuration }).infer(asked, model)

  const widthsOf = (answers: unknown) =>
    (answers as { image: { width: number } }[]).map(({ image }) => image.width)

  it('is sent in requests of as many as configured, one alone as an object', async () => {
    serve((widths) => ({ json: widths.length === 1 ? one(widths[0] ?? 0) : widths.map(one) }))
    assert.deepEqual(widthsOf(await infer({ maxBatchSize: 2 })), widths)
    const base64 = (index: number) => ({ type: 'base64', value: images[index]?.toString('base64') })
    assert.deepEqual(
      stub.inferences.map(({ json }) => json.image),
      [[base64(0), base64(1)], [base64(2), base64(3)], base64(4)],
    )
    for (const { json } of stub.inferences) assert.equal(json.model_id, 'cars/3')
  })

  for (const [maxBatchSize, sizes] of [
    [undefined, [1, 1, 1, 1, 1]],
    [null, [1, 1, 1, 1, 1]],
    [0, [1, 1, 1, 1, 1]],
    [4, [4, 1]],
    [5, [5]],
    [9, [5]],
  ] as const) {
    it(`is sent in requests of ${sizes.join(', ')} when a batch may be ${maxBatchSize}`, async () => {
      serve((widths) => ({ json: widths.map(one) }))
      assert.deepEqual(widthsOf(await infer({ maxBatchSize })), widths)
      const sent = stub.inferences.map(({ json }) => (Array.isArray(json.image) ? json.image.length : 1))
      assert.deepEqual(sent, sizes)
    })
  }

  it('may hold lists, which are taken apart in order', async () => {
    serve((widths) => ({ json: widths.map(one) }))
    const [a, b, c, d, e] = images.map((bytes) => bytes.toString('base64'))
    assert.ok(a && b && c && d && e)
    const client = clientOf(stub.url, { configuration: { maxBatchSize: 2 } })
    assert.deepEqual(widthsOf(await client.infer([a, [b, [c], []], [[d]], e], model)), widths)
    assert.equal(stub.inferences.length, 3)
    const error = await failureOf(client.infer([a, [b, ['text', c]]], model))
    assert.match(error.message, /^Image 3 of 4: /)
  })

  it('may be answered with a list where there is one image', async () => {
    serve((widths) => ({ json: widths.map(one) }))
    assert.deepEqual(await infer({}, images[0]), one(8))
    assert.deepEqual(await infer({}, images.slice(0, 1)), [one(8)])
  })

  for (const [what, count] of [
    ['one answer', 1],
    ['none', 0],
    ['three', 3],
  ] as const) {
    it(`is refused where the server gives ${what} to two images`, async () => {
      serve((widths) => ({ json: Array.from({ length: count }, () => one(widths[0] ?? 0)) }))
      const error = await failureOf(infer({ maxBatchSize: 2 }, images.slice(0, 2)))
      assert.ok(error instanceof InvalidResponseError, error.stack)
      assert.match(error.message, new RegExp(`${count} answers to 2 images`))
    })
  }

  it('is refused where the server gives an answer that is no list to two images', async () => {
    serve(() => ({ json: one(8) }))
    const error = await failureOf(infer({ maxBatchSize: 2 }, images.slice(0, 2)))
    assert.ok(error instanceof InvalidResponseError, error.stack)
    assert.match(error.message, /^Images 1 to 2 of 2: .*1 answers? to 2 images/)
  })

  it('refuses two answers, none, or a list of lists to one image', async () => {
    for (const json of [[one(8), one(8)], [], [[one(8)]]]) {
      serve(() => ({ json }))
      const error = await failureOf(infer({}, images[0]))
      assert.ok(error instanceof InvalidResponseError, `${JSON.stringify(json)}: ${error.stack}`)
    }
  })

  it('is refused where one of the answers has no predictions', async () => {
    for (const odd of [null, {}, 'text', [one(8)]]) {
      serve(() => ({ json: [one(8), odd] }))
      const error = await failureOf(infer({ maxBatchSize: 2 }, images.slice(0, 2)))
      assert.ok(error instanceof InvalidResponseError, `${JSON.stringify(odd)}: ${error.stack}`)
    }
  })

  it('has each answer in the pixels of its own image', async () => {
    serve((widths) => ({
      json: widths.map((width) => ({ image: { width, height: 6 }, predictions: [{ x: 2, y: 1 }] })),
    }))
    const large = await paint(40, 20)
    const client = clientOf(stub.url, { configuration: { maxBatchSize: 3, defaultMaxInputSize: 20 } })
    const models = [{ model_id: 'cars/3', task_type: 'object-detection' }]
    const { answer } = stub
    stub.answer = (request, number) =>
      request.path === '/model/registry' ? { json: { models } } : answer(request, number)
    const answers = await client.infer([images[0] ?? '', large, images[1] ?? ''], model)
    assert.deepEqual(answers as unknown, [
      { image: { width: 8, height: 6 }, predictions: [{ x: 2, y: 1 }] },
      { image: { width: 40, height: 20 }, predictions: [{ x: 4, y: 2 }] },
      { image: { width: 10, height: 6 }, predictions: [{ x: 2, y: 1 }] },
    ])
  })

  it('says which images a refused request was about', async () => {
    serve((widths) =>
      widths.includes(14) ? { status: 400, json: { message: 'Bad.' } } : { json: widths.map(one) },
    )
    const pair = await failureOf(infer({ maxBatchSize: 2 }))
    assert.match(
      pair.message,
      /^Images 3 to 4 of 5: The server answered Bad Request \(400\)\. The server says: Bad\./,
    )
    assert.equal(pair.statusCode, 400)
    assert.match(
      (await failureOf(infer({ maxBatchSize: 1 }))).message,
      /^Image 4 of 5: The server answered Bad Request \(400\)/,
    )
    assert.match(
      (await failureOf(infer({ maxBatchSize: 3 }))).message,
      /^Images 4 to 5 of 5: The server answered Bad Request \(400\)/,
    )
    assert.match(
      (await failureOf(infer({ maxBatchSize: 9 }))).message,
      /^Images 1 to 5 of 5: The server answered Bad Request/,
    )
  })

  it('says which one is no image, and does not send its request', async () => {
    serve((widths) => ({ json: widths.map(one) }))
    const [first, second, third] = images
    const list = [first, second, third, Buffer.from('text')].filter((bytes) => bytes !== undefined)
    const error = await failureOf(infer({ maxBatchSize: 2 }, list))
    assert.match(error.message, /^Image 4 of 4: These 4 bytes are no image/)
    assert.equal(stub.inferences.length, 1)
  })
})
