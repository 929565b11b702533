import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { paint, randomFrom } from '../support/images'
import { detection, type StubRequest } from '../support/stub-server'
import { waitUntil } from '../support/wait-until'
import { collect, core, type Message, startFlow, stubForEachTest } from './flow'

describe('infer when busy', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
  })

  /** The same image, told apart by what follows its end. */
  const numbered = (index: number): Buffer => Buffer.concat([jpeg, Buffer.from([index])])
  const numberOf = ({ json }: StubRequest): number => Buffer.from(json.image.value, 'base64').at(-1) ?? -1

  /** Lets the server hold its answers back until `release`; each answer tells the number of its image. */
  const holdAnswers = () => {
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    test.stub.answer = async (request) => {
      if (!request.path.startsWith('/infer')) return undefined
      await released
      return { json: { ...detection, inference_id: `${numberOf(request)}` } }
    }
    return () => release()
  }

  const untilServerHas = (count: number) =>
    waitUntil(
      () => test.stub.inferences[count - 1],
      () => `${test.stub.inferences.length} requests`,
    )

  for (const atOnce of [1, 8]) {
    it(`answers 100 images in their order, ${atOnce} at once`, async () => {
      const random = randomFrom(atOnce)
      let running = 0
      let most = 0
      let allArrived = () => {}
      const asManyAsAllowed = new Promise<void>((resolve) => {
        allArrived = resolve
      })
      test.stub.answer = async (request) => {
        if (!request.path.startsWith('/infer')) return undefined
        most = Math.max(most, ++running)
        if (running === atOnce) allArrived()
        await asManyAsAllowed
        await pause(random() * 10)
        running--
        return { json: { ...detection, inference_id: `${numberOf(request)}` } }
      }
      const split = { id: 'split', type: 'split', arraySplt: 1, arraySpltType: 'len', wires: [['infer']] }
      const flow = await startFlow({
        url: test.stub.url,
        properties: { atOnce },
        nodes: [split],
        types: [core('sequence/17-split')],
      })
      const indices = Array.from({ length: 100 }, (_, index) => index)
      flow.node('split').receive({ payload: indices.map(numbered) } as Message)
      const messages = await flow.out.first(100)
      assert.deepEqual(
        messages.map(({ parts }) => parts.index),
        indices,
      )
      assert.deepEqual(
        messages.map(({ payload }) => Number(payload.inference_id)),
        indices,
      )
      assert.ok(messages.every(({ image, parts }) => image.equals(numbered(parts.index))))
      assert.equal(most, atOnce)
      await flow.completed.first(100)
    })
  }

  it('lets an error take its turn among the answers', async () => {
    const release = holdAnswers()
    const flow = await startFlow({ url: test.stub.url, properties: { atOnce: 3 } })
    const order: string[] = []
    flow.node('out').on('input', ({ topic }) => order.push(`${topic} sent`))
    flow.node('caught').on('input', ({ topic }) => order.push(`${topic} caught`))
    flow.send({ payload: jpeg, topic: 'a' })
    flow.send({ payload: Buffer.from('x'), topic: 'b' })
    flow.send({ payload: jpeg, topic: 'c' })
    await untilServerHas(2)
    assert.deepEqual(order, [])
    release()
    await flow.out.first(2)
    assert.deepEqual(order, ['a sent', 'b caught', 'c sent'])
  })

  it('need not keep the order', async () => {
    const release = holdAnswers()
    const flow = await startFlow({ url: test.stub.url, properties: { atOnce: 2, keepOrder: false } })
    flow.send({ payload: jpeg, topic: 'slow' })
    flow.send({ payload: [], topic: 'quick' })
    assert.equal((await flow.out.next()).topic, 'quick')
    release()
    assert.equal((await flow.out.next()).topic, 'slow')
  })

  it('refuses what does not fit into the queue, and goes on', async () => {
    const release = holdAnswers()
    const flow = await startFlow({ url: test.stub.url })
    flow.send({ payload: jpeg, topic: 'slow' })
    await untilServerHas(1)
    for (let index = 0; index < 1002; index++) flow.send({ payload: [], topic: index })
    const refused = await flow.caught.first(2)
    assert.deepEqual(
      refused.map(({ topic, error }) => [topic, error.code]),
      [
        [1000, 'QUEUE_FULL'],
        [1001, 'QUEUE_FULL'],
      ],
    )
    release()
    await flow.completed.first(1001)
  })

  for (const [name, from] of [
    ['topics', (source: string) => ({ topic: source })],
    ['frames', (source: string) => ({ topic: 'same', frame: { source } })],
  ] as const) {
    it(`keeps the latest of two sources, told apart by their ${name}`, async () => {
      const release = holdAnswers()
      const flow = await startFlow({ url: test.stub.url, properties: { whenBusy: 'latest' } })
      flow.send({ payload: numbered(0), ...from('a') })
      await untilServerHas(1)
      for (const index of [1, 2, 3]) flow.send({ payload: numbered(index), ...from('a') })
      for (const index of [11, 12, 13]) flow.send({ payload: numbered(index), ...from('b') })
      await flow.completed.first(4)
      release()
      const messages = await flow.out.first(3)
      const numbers = messages.map(({ image }) => image.at(-1))
      assert.deepEqual(numbers, [0, 3, 13])
      await flow.completed.first(7)
      assert.deepEqual(flow.dropped.messages, [])
    })
  }

  it('sends dropped messages as they came to the second output, and ends them', async () => {
    const release = holdAnswers()
    const options = { whenBusy: 'drop', droppedOutput: true, outputs: 2 }
    const flow = await startFlow({ url: test.stub.url, properties: options })
    flow.send({ payload: numbered(0), topic: 'first' })
    await untilServerHas(1)
    flow.send({ payload: numbered(1), topic: 'second', own: 1 })
    const { _msgid, ...dropped } = await flow.dropped.next()
    assert.deepEqual(dropped, { payload: numbered(1), topic: 'second', own: 1 })
    assert.equal((await flow.completed.next()).topic, 'second')
    release()
    assert.equal((await flow.out.next()).topic, 'first')
    const shown = await waitUntil(
      () => flow.statuses.messages.find(({ status }) => /1 .*dropped/.test(status.text)),
      () => JSON.stringify(flow.statuses.messages),
    )
    assert.match(shown.status.text, /1 \S*status\.dropped/)
    assert.deepEqual(flow.caught.messages, [])
  })

  it('leaves the memory of images alone that branches share', async () => {
    const other = { id: 'other', type: 'helper' }
    const flow = await startFlow({
      url: test.stub.url,
      nodes: [other, { ...branch, wires: [['infer', 'other']] }],
    })
    const others = collect('other')
    const pixels = Buffer.from(Array.from({ length: 8 * 8 * 3 }, (_, at) => at))
    const raw = { data: pixels, width: 8, height: 8, channels: 3, colorSpace: 'BGR' }
    const before = [Buffer.from(jpeg), Buffer.from(pixels)]
    for (const payload of [jpeg, raw]) flow.node('branch').send({ payload } as Message)
    const answers = await flow.out.first(2)
    const [first, second] = await others.first(2)
    assert.ok(first?.payload.equals(before[0]) && second?.payload.data.equals(before[1]))
    assert.ok(jpeg.equals(before[0] as Buffer) && pixels.equals(before[1] as Buffer))
    assert.equal(answers[0]?.image.buffer, first?.payload.buffer, 'the memory is shared')
    assert.equal(answers[1]?.payload.predictions.length, 3)
    assert.ok(!('image' in (first ?? {})), 'the other branch has a message of its own')
  })
})

const branch = { id: 'branch', type: 'helper' }
