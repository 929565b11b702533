import assert from 'node:assert/strict'
import { paint } from '../support/images'
import { core, type Message, startFlow, stubForEachTest } from './flow'

describe('the options of infer', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
  })
  beforeEach(() => {
    // a server that knows every model
    test.stub.answer = ({ path, json }) => {
      const description = { task_type: 'object-detection', input_height: 640, input_width: 640 }
      if (path === '/model/registry') return { json: { models: [] } }
      if (path !== '/model/add') return undefined
      return { json: { models: [{ model_id: json.model_id, ...description }] } }
    }
  })

  /** The body of the request that the flow makes of this message. */
  const bodyFor = async (infer: Message, msg: Message = {}, prepare: (flow: Flow) => void = () => {}) => {
    const flow = await startFlow({ url: test.stub.url, properties: infer })
    prepare(flow)
    flow.send({ payload: jpeg, ...msg })
    await flow.out.next()
    return test.stub.inferences[0]?.json as Message
  }
  type Flow = Awaited<ReturnType<typeof startFlow>>
  const modelFor = async (...given: Parameters<typeof bodyFor>) => (await bodyFor(...given)).model_id

  describe('model', () => {
    it('as it is typed, spaces around it forgiven', async () => {
      assert.equal(await modelFor({ model: ' trucks/1 ' }), 'trucks/1')
    })

    it('from the message', async () => {
      assert.equal(await modelFor({ model: 'which', modelType: 'msg' }, { which: 'trucks/2' }), 'trucks/2')
    })

    it('from the flow’s context', async () => {
      const set = (flow: Flow) => flow.node('infer').context().flow.set('which', 'trucks/3')
      assert.equal(await modelFor({ model: 'which', modelType: 'flow' }, {}, set), 'trucks/3')
    })

    it('from the global context', async () => {
      const set = (flow: Flow) => flow.node('infer').context().global.set('which', 'trucks/4')
      assert.equal(await modelFor({ model: 'which', modelType: 'global' }, {}, set), 'trucks/4')
    })

    it('from an environment variable', async () => {
      process.env.TEST_MODEL = 'trucks/5'
      try {
        assert.equal(await modelFor({ model: 'TEST_MODEL', modelType: 'env' }), 'trucks/5')
      } finally {
        delete process.env.TEST_MODEL
      }
    })

    it('from JSONata', async () => {
      const infer = { model: '"trucks/" & version', modelType: 'jsonata' }
      assert.equal(await modelFor(infer, { version: 6 }), 'trucks/6')
    })

    it('none: the error says so', async () => {
      const flow = await startFlow({ url: test.stub.url, properties: { model: 'which', modelType: 'msg' } })
      flow.send({ payload: jpeg })
      assert.equal((await flow.caught.next()).error.code, 'MODEL_NOT_SELECTED')
      flow.send({ payload: jpeg, which: ['cars/3'] })
      assert.equal((await flow.caught.next()).error.code, 'INVALID_PARAMETER')
    })
  })

  describe('image', () => {
    it('in another property, which stays as it is', async () => {
      const flow = await startFlow({ url: test.stub.url, properties: { image: 'data.photo' } })
      flow.send({ payload: 'text', data: { photo: jpeg } })
      const { payload, image, data } = await flow.out.next()
      assert.equal(payload.predictions.length, 3)
      assert.ok(image.equals(jpeg) && data.photo.equals(jpeg))
    })

    it('in a property that is not there: the error says that there is no image', async () => {
      const flow = await startFlow({ url: test.stub.url, properties: { image: 'data.photo' } })
      flow.send({ payload: 'text' })
      const { error } = await flow.caught.next()
      assert.equal(error.code, 'INVALID_INPUT_FORMAT', error.message)
      assert.match(error.message, /no image/)
    })

    it('from the flow’s context', async () => {
      const set = (flow: Flow) => flow.node('infer').context().flow.set('last', jpeg)
      await bodyFor({ image: 'last', imageType: 'flow' }, { payload: 1 }, set)
    })

    it('from JSONata', async () => {
      await bodyFor(
        { image: 'images[1]', imageType: 'jsonata' },
        { images: ['none', jpeg.toString('base64')] },
      )
    })
  })

  describe('configuration', () => {
    it('of the dialog goes to the server', async () => {
      const { confidence, iou_threshold, max_detections, class_filter, stroke_width } = await bodyFor({
        confidence: '0.25',
        overlap: '0.5',
        maxDetections: '7',
        classFilter: 'person, car',
      })
      assert.deepEqual([confidence, iou_threshold, max_detections], [0.25, 0.5, 7])
      assert.deepEqual([class_filter, stroke_width], [['person', 'car'], undefined])
    })

    it('of the dialog’s list goes to the server', async () => {
      const configuration = [
        { field: 'disablePreprocContrast', value: 'true', type: 'bool' },
        { field: 'maxCandidates', value: 'candidates', type: 'msg' },
      ]
      const body = await bodyFor({ configuration }, { candidates: 99 })
      assert.deepEqual([body.disable_preproc_contrast, body.max_candidates], [true, 99])
    })

    it('is left to the server where the dialog is blank', async () => {
      const body = await bodyFor({})
      const left = ['confidence', 'iou_threshold', 'max_detections', 'class_filter']
      assert.deepEqual(
        left.filter((name) => name in body),
        [],
      )
    })

    it('of a message goes before the dialog’s, for that message alone', async () => {
      const flow = await startFlow({
        url: test.stub.url,
        properties: { confidence: '0.25', maxDetections: '7' },
      })
      const configuration = { confidence_threshold: 0.8, iouThreshold: 0.1 }
      flow.send({ payload: jpeg, configuration })
      flow.send({ payload: jpeg })
      const [first, second] = await flow.out.first(2)
      const bodies = test.stub.inferences.map(({ json }) => json)
      const values = bodies.map((body) => [body.confidence, body.iou_threshold, body.max_detections])
      assert.deepEqual(values, [
        [0.8, 0.1, 7],
        [0.25, undefined, 7],
      ])
      assert.deepEqual(first?.configuration, configuration)
      assert.ok(second && !('configuration' in second))
    })

    it('of messages that are worked on at the same time stay apart', async () => {
      const flow = await startFlow({ url: test.stub.url, properties: { atOnce: 8 } })
      const wanted = Array.from({ length: 20 }, (_, index) => index / 100)
      for (const confidence_threshold of wanted)
        flow.send({ payload: jpeg, configuration: { confidence_threshold } })
      await flow.out.first(20)
      const confidences = test.stub.inferences.map(({ json }) => json.confidence)
      assert.deepEqual(confidences.sort(), wanted)
    })

    it('that is wrong fails the message and sends nothing', async () => {
      const flow = await startFlow({ url: test.stub.url })
      flow.send({ payload: jpeg, configuration: { confidense: 0.8 } })
      const { error } = await flow.caught.next()
      assert.equal(error.code, 'INVALID_PARAMETER')
      assert.match(error.message, /confidence_threshold/)
      flow.send({ payload: jpeg, configuration: { service_secret: 'hush' } })
      assert.equal((await flow.caught.next()).error.code, 'INVALID_PARAMETER')
      assert.deepEqual(test.stub.requests, [])
    })
  })

  it('works with the image of an inject node', async () => {
    const inject = {
      id: 'inject',
      type: 'inject',
      props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
      payload: `data:image/jpeg;base64,${jpeg.toString('base64')}`,
      payloadType: 'str',
      topic: 'parts',
      wires: [['infer']],
    }
    const flow = await startFlow({ url: test.stub.url, nodes: [inject], types: [core('common/20-inject')] })
    flow.node('inject').receive()
    const { topic, image } = await flow.out.next()
    assert.equal(topic, 'parts')
    assert.ok(image.equals(jpeg))
  })
})
