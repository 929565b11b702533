import assert from 'node:assert/strict'
import type { InferenceConfiguration, RawPixels } from '../../../src/index'
import { paint, paintPixels } from '../../support/images'
import { detection, type StubServer } from '../../support/stub-server'
import { similar } from '../images/crafted'
import { bareServers, clients, stubServers } from '../opened'

const model = { modelId: 'cars/3' }

describe('an answer of API v0', () => {
  const startStub = stubServers()
  const startServer = bareServers()
  const clientOf = clients()
  let image: Buffer
  let drawn: Buffer
  before(async () => {
    image = await paint(64, 48)
    drawn = await paint(20, 10, [{ x: 10, y: 5, width: 20, height: 10, color: 'red' }])
  })

  /** What a server's answer becomes for the caller. */
  const answered = async (json: unknown, configuration: InferenceConfiguration, stub?: StubServer) => {
    const server = stub ?? (await startStub())
    server.answer = () => ({ json })
    const client = clientOf(server.url, { apiKey: 'k', configuration }).selectApiV0()
    return (await client.infer(image, model)) as unknown
  }

  const imageAnswered = async (configuration: InferenceConfiguration, type = 'image/jpeg') => {
    const url = await startServer((request, response) => {
      request.resume()
      response.writeHead(200, { 'content-type': type }).end(drawn)
    })
    const client = clientOf(url, { apiKey: 'k', configuration: { format: 'image', ...configuration } })
    return client.selectApiV0().infer<{ visualization: unknown }>(image, model)
  }

  it('may be a drawn image alone: base64, a Buffer or raw pixels', async () => {
    assert.deepEqual(await imageAnswered({}), { visualization: drawn.toString('base64') })
    assert.deepEqual(await imageAnswered({ outputVisualisationFormat: 'base64' }, 'image/png'), {
      visualization: drawn.toString('base64'),
    })
    assert.deepEqual(await imageAnswered({ outputVisualisationFormat: 'pillow' }, 'IMAGE/JPEG'), {
      visualization: drawn,
    })
    const { visualization } = await imageAnswered({ outputVisualisationFormat: 'numpy' })
    const { data, ...size } = visualization as RawPixels
    assert.deepEqual(size, { width: 20, height: 10, channels: 3 })
    const expected = paintPixels(20, 10, [{ x: 10, y: 5, width: 20, height: 10, color: 'red' }])
    assert.ok(similar([...data], [...expected]))
  })

  it('may be a drawn image of one that was shrunk', async () => {
    assert.deepEqual(await imageAnswered({ defaultMaxInputSize: 16 }), {
      visualization: drawn.toString('base64'),
    })
  })

  it('may have a drawn image next to the predictions, in the configured form', async () => {
    const json = { ...detection, visualization: drawn.toString('base64') }
    const configuration = { format: 'image_and_json', outputVisualisationFormat: 'pillow' } as const
    assert.deepEqual(await answered(json, configuration), { ...detection, visualization: drawn })
    assert.deepEqual(await answered({ ...detection, visualization: null }, configuration), {
      ...detection,
      visualization: null,
    })
  })

  const classes = (answer: unknown) =>
    (answer as { predictions: { class: string }[] }).predictions.map((prediction) => prediction.class)

  it('has only objects of the classes of the filter, which is sent as well', async () => {
    const stub = await startStub()
    const answer = await answered(structuredClone(detection), { classFilter: ['person', 'a, b'] }, stub)
    assert.deepEqual(classes(answer), ['person', 'person'])
    assert.deepEqual(answer, {
      ...detection,
      predictions: [detection.predictions[0], detection.predictions[2]],
    })
    assert.deepEqual(stub.requests[0]?.query.getAll('class_filter'), ['person,a, b'])
    assert.deepEqual(classes(await answered(structuredClone(detection), { classFilter: ['cat'] })), [])
  })

  it('has all objects where there is no filter or an empty one, and none is sent', async () => {
    for (const classFilter of [undefined, null, []]) {
      const stub = await startStub()
      assert.deepEqual(await answered(structuredClone(detection), { classFilter }, stub), detection)
      assert.equal(stub.requests[0]?.query.has('class_filter'), false)
    }
  })

  it('has all labels of a classification, whatever the filter', async () => {
    const image = { width: 64, height: 48 }
    const one = {
      image,
      predictions: [
        { class: 'dog', class_id: 0, confidence: 0.9 },
        { class: 'cat', class_id: 1, confidence: 0.1 },
      ],
      top: 'dog',
      confidence: 0.9,
    }
    const several = {
      image,
      predictions: { dog: { confidence: 0.9, class_id: 0 } },
      predicted_classes: ['dog'],
    }
    for (const answer of [one, several]) {
      assert.deepEqual(await answered(structuredClone(answer), { classFilter: ['cat'] }), answer)
    }
  })

  it('may hold predictions that are no objects, whatever the filter', async () => {
    const odd = { image: { width: 64, height: 48 }, predictions: [null, 'car', 7, detection.predictions[1]] }
    const classFilter = ['car']
    const answer = await answered(odd, { classFilter }).catch((error: unknown) => error)
    assert.equal(answer instanceof TypeError, false, String(answer))
  })

  it('has the filter applied to a list image by image, and to what was shrunk', async () => {
    const stub = await startStub()
    stub.answer = () => ({ json: structuredClone(detection) })
    const configuration = { classFilter: ['car'], defaultMaxInputSize: 32 }
    const client = clientOf(stub.url, { apiKey: 'k', configuration }).selectApiV0()
    const answers = await client.infer([image, image], model)
    for (const { predictions } of answers) {
      assert.deepEqual(predictions, [{ ...detection.predictions[1], x: 80, y: 60, width: 24, height: 20 }])
    }
    assert.equal(answers.length, 2)
  })
})
