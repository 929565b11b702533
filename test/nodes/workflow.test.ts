import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { exifSegment, withSegments } from '../support/exif'
import { paint } from '../support/images'
import { waitUntil } from '../support/wait-until'
import { type Message, stubForEachTest } from './flow'
import {
  answerRuns,
  image,
  imagesIn,
  inline,
  parameter,
  runsOf,
  specification,
  startWorkflow,
} from './workflow-flow'

const outputs = { count: 2, predictions: { image: { width: 64, height: 48 }, predictions: [] }, note: null }

describe('workflow', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(64, 48)
  })
  beforeEach(() => answerRuns(test.stub, outputs))

  const start = (properties: Message = {}, options = {}) => startWorkflow(test.stub, properties, options)
  const sent = () => runsOf(test.stub).at(-1) ?? assert.fail('nothing was sent')

  it('runs a saved workflow: its outputs as payload, the image as it came', async () => {
    const flow = await start({}, { credentials: { apiKey: 'a-key' } })
    flow.send({ payload: jpeg, topic: 'camera' })
    const { payload, image, topic } = await flow.out.next()
    assert.deepEqual(payload, outputs)
    assert.ok(image.equals(jpeg))
    assert.equal(topic, 'camera')
    assert.equal(sent().path, '/tiny/workflows/count')
    const { inputs, ...rest } = sent().json
    assert.deepEqual(rest, { api_key: 'a-key', use_cache: true, enable_profiling: false })
    assert.deepEqual(Object.keys(inputs), ['image'])
    assert.ok((imagesIn(inputs.image) as Buffer).equals(jpeg))
  })

  for (const apiVersion of ['v0', 'v1']) {
    it(`runs a specification without a key, with API ${apiVersion}`, async () => {
      const flow = await start({ ...inline, apiVersion })
      flow.send({ payload: jpeg })
      assert.deepEqual((await flow.out.next()).payload, outputs)
      assert.equal(sent().path, '/workflows/run')
      assert.deepEqual([sent().json.specification, sent().json.api_key], [specification, null])
    })
  }

  describe('takes the workflow', () => {
    it('from messages, each anew, with a version that may be a number', async () => {
      const flow = await start({
        workspaceName: 'where',
        workspaceNameType: 'msg',
        workflowId: 'which',
        workflowIdType: 'msg',
        workflowVersionId: 'version',
        workflowVersionIdType: 'msg',
      })
      for (const [where, which, version] of [
        ['a', 'b', 3],
        ['c', 'd', undefined],
      ]) {
        flow.send({ payload: jpeg, where, which, version })
        await flow.out.next()
        assert.equal(sent().path, `/${where}/workflows/${which}`)
        assert.equal(sent().json.workflow_version_id, version === undefined ? undefined : '3')
      }
    })

    it('as a specification from a message, an object or JSON', async () => {
      const flow = await start({ ...inline, specification: 'plan', specificationType: 'msg' })
      for (const plan of [specification, JSON.stringify(specification)]) {
        flow.send({ payload: jpeg, plan })
        await flow.out.next()
        assert.deepEqual(sent().json.specification, specification)
      }
    })

    it('that is chosen, whatever the dialog keeps for the other choice', async () => {
      const flow = await start({ specification: '{ broken' })
      flow.send({ payload: jpeg })
      await flow.out.next()
      assert.equal('specification' in sent().json, false)
    })
  })

  describe('gives parameters', () => {
    it('of every kind that JSON has, untouched', async () => {
      const values = [0, -1.5, true, false, 'text', '', ' ', null, [], [1, [2]], { deep: { er: [null] } }]
      const flow = await start({ workflowInputs: [image('image', 'payload'), parameter('p', 'value')] })
      for (const value of values) {
        flow.send({ payload: jpeg, value })
        await flow.out.next()
        assert.deepEqual(sent().json.inputs.p, value)
      }
    })

    it('that are typed in, or come from elsewhere', async () => {
      process.env.TEST_PARAMETER = 'from the environment'
      try {
        const workflowInputs = [
          parameter('text', 'red', 'str'),
          parameter('number', '0.4', 'num'),
          parameter('flag', 'true', 'bool'),
          parameter('list', '["a", 1]', 'json'),
          parameter('environment', 'TEST_PARAMETER', 'env'),
          parameter('expression', 'a + 1', 'jsonata'),
          parameter('context', 'kept', 'flow'),
        ]
        const flow = await start({ workflowInputs })
        flow.node('workflow').context().flow.set('kept', { b: 2 })
        flow.send({ a: 1 })
        await flow.out.next()
        assert.deepEqual(sent().json.inputs, {
          text: 'red',
          number: 0.4,
          flag: true,
          list: ['a', 1],
          environment: 'from the environment',
          expression: 2,
          context: { b: 2 },
        })
      } finally {
        delete process.env.TEST_PARAMETER
      }
    })

    it('but none for a line that is left blank, or whose property is not there', async () => {
      const blank = [parameter('a', '', 'str'), parameter('b', '', 'num'), parameter('c', 'not.there')]
      const flow = await start({ workflowInputs: [...blank, image('d', ''), image('image', 'payload')] })
      flow.send({ payload: jpeg })
      await flow.out.next()
      assert.deepEqual(Object.keys(sent().json.inputs), ['image'])
    })
  })

  describe('takes batches', () => {
    it('and gives an array for an array, even of one', async () => {
      const other = await paint(32, 24)
      const flow = await start()
      for (const batch of [[jpeg, other], [jpeg]]) {
        flow.send({ payload: batch })
        const { payload, image } = await flow.out.next()
        assert.deepEqual(
          payload,
          batch.map(() => outputs),
        )
        assert.deepEqual(image, batch)
        assert.deepEqual(imagesIn(sent().json.inputs.image), batch)
      }
    })

    it('of batches, nested as they came', async () => {
      const nested = [[jpeg, jpeg], [jpeg]]
      const flow = await start()
      flow.send({ payload: nested })
      const { payload, image } = await flow.out.next()
      assert.deepEqual([payload, image], [[outputs, outputs], nested])
      assert.deepEqual(imagesIn(sent().json.inputs.image), nested)
    })

    it('among parameters: nothing of their outputs is lost', async () => {
      test.stub.answer = () => ({ json: { outputs: [{ n: 1 }, { n: 2 }] } })
      const flow = await start({ workflowInputs: [parameter('texts', 'payload')] })
      flow.send({ payload: ['a', 'b'] })
      assert.deepEqual((await flow.out.next()).payload, [{ n: 1 }, { n: 2 }])
    })
  })

  it('leaves msg.image alone where the workflow takes none', async () => {
    const flow = await start({ workflowInputs: [parameter('text', 'payload')] })
    flow.send({ payload: 'a', image: 'mine' })
    const { payload, image } = await flow.out.next()
    assert.deepEqual([payload, image], [outputs, 'mine'])
  })

  it('hands on the bytes of the first image, however the camera was held', async () => {
    const photo = withSegments(jpeg, exifSegment(6))
    const before = Buffer.from(photo)
    const flow = await start({
      workflowInputs: [parameter('p', '1', 'num'), image('image', 'payload'), image('second', 'other')],
    })
    flow.send({ payload: photo, other: jpeg.toString('base64') })
    const { image: handedOn } = await flow.out.next()
    assert.ok(handedOn.equals(before) && photo.equals(before))
    const { image: first, second } = sent().json.inputs
    assert.deepEqual([imagesIn(first), imagesIn(second)], [before, jpeg])
  })

  it('gives pictures as Buffers, and what nobody knows yet untouched', async () => {
    const picture = { type: 'base64', value: jpeg.toString('base64'), video_metadata: { frame_number: 0 } }
    const odd = { type: 'point-cloud', value: 'eA==', deep: [{ er: [1, null, 'two'] }] }
    answerRuns(test.stub, { drawn: picture, crops: [picture, picture], odd, count: 3 })
    const flow = await start()
    flow.send({ payload: jpeg })
    const { payload } = await flow.out.next()
    assert.ok(Buffer.isBuffer(payload.drawn))
    assert.deepEqual(payload, { drawn: jpeg, crops: [jpeg, jpeg], odd, count: 3 })
  })

  describe('has options', () => {
    it('that travel with the run', async () => {
      const flow = await start({ excludedFields: 'crops, viz', disableSinks: true, useCache: false })
      flow.send({ payload: jpeg })
      await flow.out.next()
      const { json } = sent()
      assert.deepEqual(
        [json.excluded_fields, json.disable_sinks, json.use_cache],
        [['crops', 'viz'], true, false],
      )
    })

    for (const [workflowRunRetriesEnabled, tries] of [
      [true, 2],
      [false, 1],
    ] as const) {
      it(`tries ${tries} times where retries are ${workflowRunRetriesEnabled ? 'on' : 'off'}`, async () => {
        const flow = await start({ workflowRunRetriesEnabled })
        const busy = { status: 503, headers: { 'retry-after': '0' }, json: { message: 'busy' } }
        test.stub.answer = () => (runsOf(test.stub).length === 1 ? busy : { json: { outputs: [outputs] } })
        flow.send({ payload: jpeg })
        await (tries === 2 ? flow.out : flow.caught).next()
        assert.equal(runsOf(test.stub).length, tries)
      })
    }

    it('of which one writes profiles to the directory of the dialog, which no message chooses', async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'profiles-'))
      const [profilingDirectory, other] = [path.join(folder, 'own'), path.join(folder, 'other')]
      try {
        const flow = await start({ enableProfiling: true, profilingDirectory })
        test.stub.answer = () => ({ json: { outputs: [outputs], profiler_trace: [{ name: 'step' }] } })
        flow.send({ payload: jpeg, profilingDirectory: other })
        await flow.out.next()
        flow.send({ payload: jpeg, configuration: { profiling_directory: other } })
        assert.equal((await flow.caught.next()).error.code, 'INVALID_PARAMETER')
        assert.equal(sent().json.enable_profiling, true)
        assert.deepEqual(fs.readdirSync(folder), ['own'])
        assert.equal(fs.readdirSync(profilingDirectory).length, 1)
      } finally {
        fs.rmSync(folder, { recursive: true })
      }
    })
  })

  it('keeps messages apart that are worked on at once, and their order', async () => {
    const flow = await start({ atOnce: 2, workflowInputs: [parameter('n', 'payload')] })
    let release = () => {}
    const later = new Promise<void>((resolve) => {
      release = resolve
    })
    test.stub.answer = async ({ json }) => {
      if (json.inputs.n === 1) await later
      return { json: { outputs: [{ n: json.inputs.n }] } }
    }
    flow.send({ payload: 1, topic: 'first' })
    flow.send({ payload: 2, topic: 'second' })
    await waitUntil(
      () => runsOf(test.stub)[1],
      () => `${runsOf(test.stub).length} runs`,
    )
    release()
    const messages = await flow.out.first(2)
    assert.deepEqual(
      messages.map(({ payload, topic }) => [payload.n, topic]),
      [
        [1, 'first'],
        [2, 'second'],
      ],
    )
  })

  it('says that models are being loaded while the first run waits for them', async () => {
    let release = () => {}
    test.stub.answer = async () => {
      await new Promise<void>((resolve) => {
        release = resolve
      })
      return { json: { outputs: [outputs] } }
    }
    const flow = await start()
    flow.send({ payload: jpeg })
    await waitUntil(
      () => flow.statuses.messages.find(({ status }) => /loading-model/.test(status.text)),
      () => JSON.stringify(flow.statuses.messages),
    )
    release()
    await flow.out.next()
  })
})
