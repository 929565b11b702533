import assert from 'node:assert/strict'
import filter from '../../nodes/filter/filter'
import { nodeFromDialog } from '../package/editor-definitions'
import { detection } from '../support/stub-server'
import { collect, type Message, startFlow, stopFlow, type TestedNode } from './flow'

const tested = { id: 'filter', register: filter } as TestedNode

/** What a rule of the dialog holds where nothing is filled in, but for this. */
const rule = (more: Message = {}): Message => ({
  ...(nodeFromDialog('filter', {}) as Message).rules[0],
  ...more,
})

const idsIn = ({ payload }: Message): string =>
  payload.predictions.map((prediction: Message) => prediction.detection_id).join('')

describe('filter', () => {
  afterEach(stopFlow)

  const start = (rules: Message[] | undefined, properties: Message = {}) =>
    startFlow({ tested, properties: { ...(rules ? { rules } : {}), ...properties } })

  const startEach = async (rules: Message[], properties: Message = {}) => {
    const names = ['one', 'two', 'three']
    const flow = await startFlow({
      tested,
      properties: { rules, outputFor: 'each', wires: names.map((name) => [name]), ...properties },
      nodes: names.map((id) => ({ id, type: 'helper' })),
    })
    const outputs = names.map((name) => collect(name))
    /** What each output sends for a message, once the node is done with it. */
    const sent = async (msg: Message) => {
      for (const output of outputs) output.messages.length = 0
      flow.send(msg)
      await flow.completed.next()
      return outputs.map(({ messages }) => messages)
    }
    return { flow, sent }
  }

  it('lets everything pass as its dialog stands, with how many there are', async () => {
    const flow = await start(undefined)
    flow.send({ payload: structuredClone(detection), topic: 'line 1', image: Buffer.from('a') })
    const { payload, counts, topic, image } = await flow.out.next()
    assert.deepEqual(
      [payload, counts, topic, String(image)],
      [detection, { person: 2, car: 1 }, 'line 1', 'a'],
    )
  })

  it('counts again, and names what is not there', async () => {
    const flow = await start([rule({ classes: 'car, tram', minConfidence: '0.5' })])
    flow.send({ payload: detection, counts: { person: 2, car: 1 } })
    const message = await flow.out.next()
    assert.deepEqual([idsIn(message), message.counts], ['b', { car: 1, tram: 0 }])
  })

  it('takes annotations away with their predictions', async () => {
    const flow = await start([rule({ classes: 'car' })])
    const annotation = { type: 'rect', bbox: [34, 25, 12, 10], label: 'car 70%' }
    flow.send({ payload: detection, annotations: [annotation, annotation, annotation] })
    assert.deepEqual((await flow.out.next()).annotations, [annotation])
    flow.send({ payload: [detection], annotations: [[]] })
    assert.deepEqual((await flow.out.next()).annotations, [[annotation]])
    flow.send({ payload: detection })
    assert.ok(!('annotations' in (await flow.out.next())))
  })

  it('leaves the answer as it was for other branches', async () => {
    const flow = await start([rule({ classes: 'car' })])
    const payload = structuredClone(detection)
    flow.send({ payload })
    await flow.out.next()
    assert.deepEqual(payload, detection)
  })

  for (const [name, more, expected] of [
    ['a greatest confidence', { maxConfidence: '0.7' }, 'bc'],
    ['sizes in parts of the image', { minSize: '0.03', maxSize: '0.5' }, 'bc'],
    ['a width in pixels', { unit: 'pixels', sizeOf: 'width', maxSize: '11' }, 'a'],
    ['a rectangle', { region: '0.5, 0, 1, 1' }, 'bc'],
    ['a polygon as JSON', { region: '[[0, 0], [1, 0], [0, 1]]' }, 'a'],
    ['whole boxes', { unit: 'pixels', region: '0,0,40,48', regionOf: 'box' }, 'a'],
    ['the largest', { top: '1', topBy: 'size' }, 'b'],
    ['zero, which is not blank', { maxConfidence: '0' }, ''],
  ] as [string, Message, string][]) {
    it(`takes by ${name}`, async () => {
      const flow = await start([rule(more)])
      flow.send({ payload: detection })
      assert.equal(idsIn(await flow.out.next()), expected)
    })
  }

  it('takes classes and confidence from the message', async () => {
    const fromMessage = {
      classes: 'wanted',
      classesType: 'msg',
      minConfidence: 'limit',
      minConfidenceType: 'msg',
    }
    const flow = await start([rule(fromMessage)])
    flow.send({ payload: detection, wanted: ['person'], limit: 0.7 })
    assert.equal(idsIn(await flow.out.next()), 'a')
    flow.send({ payload: detection, wanted: 'person, car', limit: '0.65' })
    assert.equal(idsIn(await flow.out.next()), 'ab')
    flow.send({ payload: detection })
    assert.equal(idsIn(await flow.out.next()), 'abc', 'blank takes no part')
  })

  it('finds predictions wherever they are, as draw leaves them', async () => {
    const flow = await start([rule({ classes: 'car' })], { answer: 'predictions' })
    flow.send({ payload: Buffer.from('an image'), predictions: detection })
    assert.equal(idsIn(await flow.out.next()), 'b')
  })

  it('filters a batch, and sums its counts', async () => {
    const flow = await start([rule({ classes: 'person', top: '1' })])
    flow.send({ payload: [detection, detection] })
    const { payload, counts } = await flow.out.next()
    assert.deepEqual([payload.length, counts], [2, { person: 2 }])
  })

  it('sends on what has nothing left, unless it is not to', async () => {
    const flow = await start([rule({ classes: 'tram' })])
    flow.send({ payload: detection })
    const { payload, counts } = await flow.out.next()
    assert.deepEqual([payload.predictions, counts], [[], { tram: 0 }])
    await stopFlow()
    const strict = await start([rule({ classes: 'tram' })], { sendEmpty: false })
    strict.send({ payload: detection })
    await strict.completed.next()
    assert.deepEqual(strict.out.messages, [])
  })

  it('takes what one of its rules takes by one output', async () => {
    const flow = await start([rule({ classes: 'car' }), rule({ minConfidence: '0.8' })])
    flow.send({ payload: detection })
    const message = await flow.out.next()
    assert.deepEqual([idsIn(message), message.counts], ['ab', { car: 1, person: 1 }])
  })

  it('has an output for each rule, which sends what that takes, if anything', async () => {
    const { sent } = await startEach([
      rule({ classes: 'person' }),
      rule({ minConfidence: '0.65' }),
      rule({ classes: 'tram' }),
    ])
    const [people = [], sure = [], trams = []] = await sent({ payload: detection, topic: 'a' })
    assert.deepEqual([people.map(idsIn), sure.map(idsIn), trams], [['ac'], ['ab'], []])
    assert.deepEqual([people[0]?.counts, sure[0]?.counts], [{ person: 2 }, { person: 1, car: 1 }])
    assert.deepEqual([people[0]?.topic, sure[0]?.topic], ['a', 'a'])
    assert.deepEqual(await sent({ payload: { ...detection, predictions: [] } }), [[], [], []])
  })

  it('has one more for what no rule takes', async () => {
    const { sent } = await startEach([rule({ classes: 'car' }), rule({ minConfidence: '0.8' })], {
      restOutput: true,
    })
    const found = await sent({ payload: detection })
    assert.deepEqual(
      found.map((messages) => messages.map(idsIn)),
      [['b'], ['a'], ['c']],
    )
    assert.deepEqual(found[2]?.[0]?.counts, { person: 1 })
    const { predictions } = detection
    const nothingLeft = await sent({ payload: { ...detection, predictions: predictions.slice(0, 2) } })
    assert.deepEqual(nothingLeft[2], [])
  })

  it('sends by each output, also nothing, where it is to', async () => {
    const { sent } = await startEach([rule({ classes: 'tram' }), rule({ classes: 'car' })], {
      restOutput: true,
      sendEmptyEach: true,
    })
    const found = await sent({ payload: { ...detection, predictions: [] } })
    assert.deepEqual(
      found.map((messages) => messages.map(({ counts }) => counts)),
      [[{ tram: 0 }], [{ car: 0 }], [{}]],
    )
  })

  it('sorts images by their label', async () => {
    const { sent } = await startEach([rule({ classes: 'cat' }), rule({ classes: 'dog' })], {
      restOutput: true,
    })
    const label = (top: string) => ({
      image: { width: 4, height: 4 },
      predictions: ['cat', 'dog', 'bird'].map((name, class_id) => ({
        class: name,
        class_id,
        confidence: name === top ? 0.8 : 0.1,
      })),
      top,
      confidence: 0.8,
    })
    const left = async (top: string) =>
      (await sent({ payload: label(top) })).map((messages) => messages.length)
    assert.deepEqual(
      [await left('cat'), await left('dog'), await left('bird')],
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    )
  })

  for (const [name, payload] of [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'predictions'],
    ['an image', Buffer.from('an image')],
    ['predictions without their answer', detection.predictions],
    ['a list with something else in it', [detection, null]],
    ['an object of another kind', { detections: [] }],
  ] as [string, unknown][]) {
    it(`says that there are no predictions in ${name}`, async () => {
      const flow = await start([rule()])
      const ends = flow.noteEnds()
      flow.send({ payload })
      const { error } = await flow.caught.next()
      assert.equal(error.code, 'INVALID_PARAMETER')
      assert.match(error.message, /^There are no predictions here\..* msg\.payload/)
      assert.deepEqual([ends.length, flow.out.messages], [1, []])
    })
  }

  it('ends each message once, whatever is among its predictions', async () => {
    const flow = await start([rule({ region: '0, 0, 1, 1' })])
    const ends = flow.noteEnds()
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const throwing = Object.defineProperty({}, 'face', {
      enumerable: true,
      get() {
        throw new Error('not to be read')
      },
    })
    for (const odd of [proxy, throwing, Object.create(null), [[]], Symbol('a'), 10n]) {
      // what cannot be cloned goes by way of the node itself
      flow.node('filter').receive({ payload: { ...detection, predictions: [odd] } } as never)
      flow.node('filter').receive({ payload: detection } as never)
    }
    assert.equal(
      (await flow.out.first(10)).filter(({ payload }) => payload.predictions.length === 3).length,
      6,
    )
    assert.equal(ends.length, 12)
    assert.equal(ends.filter(Boolean).length, 2)
  })

  it('names the rule in which something is wrong', async () => {
    const flow = await start([rule(), rule({ name: 'scratches', top: 'two' })])
    flow.send({ payload: detection })
    assert.match((await flow.caught.next()).error.message, /^Rule scratches: .*top should be a number/)
    await stopFlow()
    const wrong = await start([rule({ minConfidence: '40' })])
    wrong.send({ payload: detection })
    const { error } = await wrong.caught.next()
    assert.deepEqual(
      [error.code, error.message],
      ['INVALID_PARAMETER', 'minConfidence takes a number from 0 to 1, not 40.'],
    )
  })
})
