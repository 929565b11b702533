import assert from 'node:assert/strict'
import sharp from 'sharp'
import crop from '../../nodes/crop/crop'
import { paint } from '../support/images'
import { detection } from '../support/stub-server'
import { collect, core, type Message, startFlow, stopFlow, type TestedNode } from './flow'

const tested = { id: 'crop', register: crop } as TestedNode

const sizeOf = async (image: Buffer): Promise<string> => {
  const { format, width, height } = await sharp(image).metadata()
  return `${format} ${width} × ${height}`
}

describe('crop', () => {
  let image: Buffer
  before(async () => {
    image = await paint(64, 48, [{ x: 20, y: 15, width: 10, height: 8, color: 'red' }])
  })
  afterEach(stopFlow)

  const start = (properties: Message = {}, more: object = {}) => startFlow({ tested, properties, ...more })
  const message = (): Message => ({ payload: structuredClone(detection), image })

  it('gives a message for each prediction: the cut-out, the prediction, the image, and which of how many it is', async () => {
    const flow = await start()
    const res = { an: 'http response' }
    flow.send({ ...message(), topic: 'gate', res, frame: { id: 7 }, counts: { person: 2, car: 1 } })
    const messages = await flow.out.first(3)
    assert.deepEqual(await Promise.all(messages.map(({ payload }) => sizeOf(payload))), [
      'jpeg 10 × 8',
      'jpeg 12 × 10',
      'jpeg 12 × 10',
    ])
    assert.deepEqual(
      messages.map(({ prediction }) => prediction),
      detection.predictions,
    )
    for (const [index, { parts, topic, res: response, frame, image: whole, counts }] of messages.entries()) {
      assert.deepEqual([topic, response, frame, counts], ['gate', res, { id: 7 }, { person: 2, car: 1 }])
      assert.ok(whole.equals(image))
      assert.deepEqual(parts, { id: messages[0]?.parts.id, type: 'array', count: 3, index })
    }
    flow.send(message())
    await flow.completed.next()
    const [first, , , fourth] = await flow.out.first(4)
    assert.notEqual(fourth?.parts.id, first?.parts.id)
  })

  it('ends the message once, after its cut-outs', async () => {
    const flow = await start()
    const ends = flow.noteEnds()
    flow.send(message())
    await flow.completed.next()
    assert.deepEqual([flow.out.messages.length, ends], [3, [undefined]])
  })

  const joined = async (msg: Message, properties: Message = {}) => {
    const flow = await start(
      { wires: [['join']], ...properties },
      {
        types: [core('sequence/17-split')],
        nodes: [
          {
            id: 'join',
            type: 'join',
            mode: 'auto',
            build: 'array',
            property: 'payload',
            wires: [['joined']],
          },
          { id: 'joined', type: 'helper' },
        ],
      },
    )
    const together = collect('joined')
    flow.send(msg)
    return together.next()
  }

  it('is put together again by core’s join, in order', async () => {
    const { payload, parts, topic } = await joined({ ...message(), topic: 'gate' })
    assert.deepEqual(await Promise.all(payload.map(sizeOf)), ['jpeg 10 × 8', 'jpeg 12 × 10', 'jpeg 12 × 10'])
    assert.deepEqual([parts, topic], [undefined, 'gate'])
  })

  it('is put together where there is one', async () => {
    const { payload } = await joined(message(), { classes: 'car' })
    assert.equal(payload.length, 1)
    assert.equal(await sizeOf(payload[0]), 'jpeg 12 × 10')
  })

  it('keeps the parts of a message that was split before, as core’s split does', async () => {
    const outer = { id: 'outer', type: 'array', count: 2, index: 1 }
    const { parts } = await joined({ ...message(), parts: outer })
    assert.deepEqual(parts, outer)
  })

  it('gives the cut-outs of a batch one after the other, each with its own image', async () => {
    const flow = await start()
    const other = await paint(64, 48)
    const { predictions } = detection
    const payload = [
      detection,
      { ...detection, predictions: [] },
      { ...detection, predictions: predictions.slice(1) },
    ]
    flow.send({ payload, image: [image, image, other] })
    const messages = await flow.out.first(5)
    assert.deepEqual(
      messages.map(({ parts, prediction }) => [parts.count, parts.index, prediction.detection_id].join(' ')),
      ['5 0 a', '5 1 b', '5 2 c', '5 3 b', '5 4 c'],
    )
    assert.deepEqual(
      messages.map((found) => found.image.equals(other)),
      [false, false, false, true, true],
    )
  })

  it('does as its dialog says', async () => {
    const flow = await start({
      classes: 'car, person',
      padding: '50',
      minSize: '9',
      maxCount: '1',
      maxSide: '20',
      format: 'png',
    })
    flow.send(message())
    await flow.completed.next()
    const [{ payload, prediction } = {} as Message] = flow.out.messages
    assert.deepEqual(
      [flow.out.messages.length, prediction.detection_id, await sizeOf(payload)],
      [1, 'b', 'png 20 × 17'],
    )
    await stopFlow()
    const inPixels = await start({ padding: '2', paddingUnit: 'pixels' })
    inPixels.send(message())
    assert.equal(await sizeOf((await inPixels.out.next()).payload), 'jpeg 14 × 12')
  })

  it('takes classes from the message, and the image and its predictions from where they are', async () => {
    const flow = await start({
      classes: 'wanted',
      classesType: 'msg',
      answer: 'predictions',
      cutFrom: 'payload',
    })
    flow.send({ payload: image, predictions: detection, wanted: ['car'] })
    await flow.completed.next()
    assert.deepEqual(
      flow.out.messages.map(({ prediction }) => prediction.class),
      ['car'],
    )
  })

  it('leaves the bytes of the image as they were', async () => {
    const flow = await start()
    const before = Buffer.from(image)
    flow.send(message())
    await flow.completed.next()
    assert.ok(image.equals(before))
  })

  const odd = [
    { x: Number.NaN, y: 1, width: 2, height: 3 },
    { x: 500, y: 1, width: 2, height: 3 },
    { x: 5, y: 1, width: 0, height: 3 },
    null,
  ]
  for (const [name, predictions] of [
    ['no predictions', []],
    ['none that can be cut out', odd],
  ] as const) {
    it(`sends nothing where there are ${name}, unless there is an output for that`, async () => {
      const flow = await start()
      const payload = { ...detection, predictions }
      flow.send({ payload, image })
      await flow.completed.next()
      assert.deepEqual(flow.out.messages, [])
      await stopFlow()
      const second = await start({ emptyOutput: true })
      second.send({ payload, image, topic: 'gate' })
      const empty = await second.dropped.next()
      assert.deepEqual([empty.payload, empty.topic, empty.parts], [payload, 'gate', undefined])
      assert.deepEqual(second.out.messages, [])
    })
  }

  it('has its output for dropped messages after that for nothing to cut out', async () => {
    const properties = {
      emptyOutput: true,
      whenBusy: 'drop',
      droppedOutput: true,
      wires: [['out'], [], ['dropped']],
    }
    const flow = await start(properties)
    flow.send(message())
    flow.send({ ...message(), topic: 'late' })
    assert.equal((await flow.dropped.next()).topic, 'late')
  })

  for (const [name, msg, code, words] of [
    ['no image', { payload: detection }, 'INVALID_INPUT_FORMAT', /^msg\.image: There is no image here/],
    [
      'no answer',
      { payload: null, image: Buffer.alloc(9) },
      'INVALID_PARAMETER',
      /^There are no predictions here\..* msg\.payload/,
    ],
    ['bytes that are none', { payload: detection, image: Buffer.from('none') }, 'ENCODING_ERROR', /no image/],
    [
      'an image that is cut off',
      { payload: detection, image: Buffer.from([255, 216, 255, 0, 0]) },
      'ENCODING_ERROR',
      /JPEG/,
    ],
  ] as [string, Message, string, RegExp][]) {
    it(`says that there is ${name}`, async () => {
      const flow = await start()
      const ends = flow.noteEnds()
      flow.send(msg)
      const { error } = await flow.caught.next()
      assert.equal(error.code, code, error.message)
      assert.match(error.message, words)
      assert.equal(ends.length, 1)
    })
  }

  it('says that answers and images are not as many', async () => {
    const flow = await start()
    flow.send({ payload: [detection, detection], image })
    const { error } = await flow.caught.next()
    assert.deepEqual(
      [error.code, error.message],
      ['INVALID_PARAMETER', 'There are 2 answers, but 1 images. A batch has an answer for each image.'],
    )
  })

  it('reads no path that an http request brings', async () => {
    const flow = await start()
    flow.send({ payload: detection, image: '/etc/hostname', req: {} })
    assert.equal((await flow.caught.next()).error.code, 'REFERENCE_REFUSED')
  })

  it('cuts out 10,000, and lets others have their turn meanwhile', async function () {
    this.timeout(60_000)
    const flow = await start()
    const predictions = Array.from({ length: 10_000 }, () => detection.predictions[0])
    let longest = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 5)
    flow.send({ payload: { ...detection, predictions }, image })
    await flow.completed.next()
    clearInterval(timer)
    assert.equal(flow.out.messages.length, 10_000)
    assert.ok(longest < 3_000, `${longest} ms without a turn`)
  })

  it('ends at once when it is closed', async () => {
    const flow = await start()
    const ends = flow.noteEnds()
    const predictions = Array.from({ length: 10_000 }, () => detection.predictions[0])
    flow.send({ payload: { ...detection, predictions }, image })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const started = performance.now()
    await stopFlow()
    assert.ok(performance.now() - started < 1_500, `${performance.now() - started} ms`)
    assert.equal((ends[0] as { code?: string }).code, 'NODE_CLOSED')
  })
})
