import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { paint } from '../support/images'
import { waitUntil } from '../support/wait-until'
import { type Flow, type Message, stopFlow, stubForEachTest } from './flow'
import { startPlainServer } from './plain-server'
import { answerRuns, image, inline, parameter, runsOf, startWorkflow } from './workflow-flow'

/** Nested as deep as a small request can make it. */
const nested = (depth: number): object => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)

const endless = () => {
  const list: unknown[] = []
  list.push(list)
  return list
}

const withGetter = (name: string, rest: object = {}): Message =>
  Object.defineProperty({ ...rest }, name, {
    enumerable: true,
    get() {
      throw new Error('This may not be read.')
    },
  })

describe('workflow, where something is wrong,', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
  })
  beforeEach(() => answerRuns(test.stub, { count: 1 }))

  const start = (properties: Message = {}, options = {}) => startWorkflow(test.stub, properties, options)
  const failed = async (flow: Flow, msg: Message): Promise<Message> => {
    flow.send(msg)
    return (await flow.caught.next()).error
  }

  it('names the input whose image is none, and where it came from', async () => {
    const flow = await start({ workflowInputs: [image('first', 'payload'), image('photo', 'other.place')] })
    const errors: [msg: Message, code: string, words: RegExp][] = [
      [{}, 'INVALID_INPUT_FORMAT', /^Input "first": msg\.payload: There is no image here/],
      [{ payload: jpeg }, 'INVALID_INPUT_FORMAT', /^Input "photo": msg\.other\.place: There is no image/],
      [
        { payload: Buffer.from('no image') },
        'ENCODING_ERROR',
        /^Input "first": msg\.payload: .* are no image/,
      ],
      [{ payload: [jpeg, 7] }, 'INVALID_INPUT_FORMAT', /^Input "first": msg\.payload: Image 2 of 2: /],
      [{ payload: endless() }, 'INVALID_INPUT_FORMAT', /^Input "first": /],
      [{ payload: '/not/there.jpg' }, 'INVALID_INPUT_FORMAT', /^Input "first": .*There is no file/],
    ]
    for (const [msg, code, words] of errors) {
      const { message, code: found } = await failed(flow, msg)
      assert.equal(found, code, message)
      assert.match(message, words)
    }
    assert.equal(runsOf(test.stub).length, 0)
  })

  it('names the parameter that JSON cannot carry', async () => {
    const flow = await start({ workflowInputs: [parameter('conf', 'payload')] })
    for (const payload of [jpeg, Number.NaN, 1n, () => 1, new Map(), nested(600)]) {
      const { code, message } = await failed(flow, { payload })
      assert.equal(code, 'INVALID_PARAMETER', message)
      assert.match(message, /^parameters\.conf/)
    }
    await stopFlow()
    const broken = await start({ workflowInputs: [parameter('conf', '{ "a"', 'json')] })
    assert.match((await failed(broken, {})).message, /^Input "conf": json "\{ \\"a\\"" cannot be read/)
  })

  it('says which part of the workflow is missing or odd', async () => {
    const named = { workflowId: 'which', workflowIdType: 'msg' }
    const plan = { ...inline, specification: 'which', specificationType: 'msg' }
    const errors: [properties: Message, which: unknown, words: RegExp][] = [
      [named, undefined, /^msg\.which: workflowId is missing/],
      [named, {}, /^msg\.which: workflowId should be a text/],
      [named, '../infer', /no name of a workflow/],
      [{ ...named, workspaceName: '' }, 'count', /workspaceName is missing/],
      [plan, undefined, /^msg\.which: specification is missing/],
      [plan, [], /^msg\.which: specification should be an object/],
      [plan, { steps: 1n }, /specification\.steps cannot be sent as JSON/],
      [{ ...inline, specification: '{' }, 1, /json "\{" cannot be read/],
    ]
    for (const [properties, which, words] of errors) {
      const { code, message } = await failed(await start(properties), { payload: jpeg, which })
      assert.equal(code, 'INVALID_PARAMETER', message)
      assert.match(message, words)
      await stopFlow()
    }
    assert.equal(runsOf(test.stub).length, 0)
  })

  it('says that a list of inputs has a name twice, or none', async () => {
    const nameless = await start({ workflowInputs: [image('', 'payload')] })
    assert.match((await failed(nameless, { payload: jpeg })).message, /has a value, but no name/)
    await stopFlow()
    const twice = await start({ workflowInputs: [image('a', 'payload'), parameter('a', '1', 'num')] })
    assert.match((await failed(twice, { payload: jpeg })).message, /Two inputs are called "a"/)
  })

  it('passes on what the server says, with its status', async () => {
    test.stub.answer = () => ({ status: 400, json: { message: 'Input `image` is odd', error_type: 'E' } })
    const flow = await start()
    flow.send({ payload: jpeg })
    const { error, statusCode } = await flow.caught.next()
    assert.deepEqual([error.code, statusCode], ['HTTP_CALL_ERROR', 400])
    assert.match(error.message, /Input `image` is odd/)
  })

  it('fails where the answer is none of a workflow', async () => {
    const flow = await start()
    for (const json of [{}, { outputs: 7 }, [], 'text']) {
      test.stub.answer = () => ({ json })
      assert.equal((await failed(flow, { payload: jpeg })).code, 'INVALID_RESPONSE')
    }
  })

  describe('paths and URLs from outside', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'roboflow-test-'))
    const file = path.join(folder, 'car.jpg')
    before(() => fs.writeFileSync(file, jpeg))
    after(() => fs.rmSync(folder, { recursive: true }))

    it('are accepted unless it is switched off, also in batches', async () => {
      const flow = await start()
      flow.send({ payload: [[file], [file]] })
      assert.deepEqual((await flow.out.next()).image, [[jpeg], [jpeg]])
    })

    it('are refused when it is, in every form and at every depth', async () => {
      const flow = await start({ references: false })
      for (const payload of [
        file,
        `file://${file}`,
        'http://127.0.0.1:9/a.jpg',
        [jpeg, file],
        [[jpeg], [file]],
      ]) {
        const { code, message } = await failed(flow, { payload })
        assert.equal(code, 'REFERENCE_REFUSED', message)
        assert.match(message, /^Input "image": /)
      }
      flow.send({ payload: [jpeg] })
      await flow.out.next()
    })

    it('are refused in messages of an http in node, unless they are typed in', async () => {
      const flow = await start()
      assert.equal((await failed(flow, { payload: file, req: {} })).code, 'REFERENCE_REFUSED')
      await stopFlow()
      const typed = await start({ references: false, workflowInputs: [image('image', file, 'str')] })
      typed.send({ req: {} })
      assert.ok((await typed.out.next()).image.equals(jpeg))
    })
  })

  const odd: Record<string, () => Message> = {
    'a payload nested 3,000 deep': () => ({ payload: nested(3_000) }),
    'lists without an end': () => ({ payload: endless() }),
    'a getter that throws as payload': () => withGetter('payload'),
    'an image in a frozen message': () => Object.freeze({ _msgid: 'x', payload: jpeg }),
    'a payload that is a symbol': () => ({ payload: Symbol('image') }),
    'a topic that is no text': () => ({ payload: jpeg, topic: Object.create(null) }),
    'a parameter that cannot be read': () => ({ payload: jpeg, p: withGetter('a') }),
  }
  for (const [name, make] of Object.entries(odd)) {
    it(`ends a message once, and answers the next: ${name}`, async () => {
      const flow = await start({ workflowInputs: [image('image', 'payload'), parameter('p', 'p')] })
      const ends = flow.noteEnds()
      flow.node('workflow').receive(make() as never)
      flow.node('workflow').receive({ payload: jpeg, topic: 'good' } as never)
      await waitUntil(
        () => (ends.length >= 2 && flow.out.messages.find(({ topic }) => topic === 'good')) || undefined,
        () => `${flow.out.messages.length} messages, ${ends.length} ends`,
      )
      assert.equal(ends.length, 2)
      assert.equal(ends[1], undefined)
    })
  }

  it('says what it waits for by the place in the message, not by the list', async () => {
    const flow = await start({ workflowInputs: [image('image', 'payload')] })
    let keep = (_image: Buffer) => {}
    const payload = new Promise<Buffer>((resolve) => {
      keep = resolve
    })
    flow.node('workflow').receive({ payload } as never)
    const said = () => flow.statuses.messages.find(({ status }) => /waiting-for/.test(status.text))
    await waitUntil(said, () => JSON.stringify(flow.statuses.messages))
    assert.match(said()?.status.text, /waiting-for msg\.payload/)
    keep(jpeg)
    await flow.out.next()
  })

  it('ends with its requests when it closes, a hundred times over', async () => {
    const held = { arrived: 0, closed: 0 }
    const server = await startPlainServer((_request, response) => {
      held.arrived++
      response.on('close', () => held.closed++)
    })
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    try {
      let before = 0
      for (let round = 0; round < 100; round++) {
        const flow = await startWorkflow({ ...test.stub, url: server.url })
        const ends = flow.noteEnds()
        flow.send({ payload: jpeg })
        flow.send({ payload: jpeg })
        await waitUntil(
          () => held.arrived > round || undefined,
          () => `${held.arrived} requests in round ${round}`,
        )
        await stopFlow()
        assert.deepEqual(
          ends.map((end) => (end as { code?: string }).code),
          ['NODE_CLOSED', 'NODE_CLOSED'],
        )
        if (round === 0) before = timers()
      }
      await waitUntil(
        () => (held.closed === held.arrived && server.connections() === 0) || undefined,
        () => `${held.closed} of ${held.arrived} closed, ${server.connections()} connections`,
      )
      assert.ok(timers() <= before + 1, `${timers()} timers, not ${before}`)
    } finally {
      await server.stop()
    }
  }).timeout(60_000)
})
