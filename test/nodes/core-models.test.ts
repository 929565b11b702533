import assert from 'node:assert/strict'
import clipCompare from '../../nodes/clip-compare/clip-compare'
import clipEmbed from '../../nodes/clip-embed/clip-embed'
import cogvlm from '../../nodes/cogvlm/cogvlm'
import gaze from '../../nodes/gaze/gaze'
import ocr from '../../nodes/ocr/ocr'
import { paint } from '../support/images'
import { type Flow, type Message, startFlow, stopFlow, stubForEachTest, type TestedNode } from './flow'

const nodes = { 'clip-embed': clipEmbed, 'clip-compare': clipCompare, ocr, gaze, cogvlm }

describe('nodes of core models', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  let png: Buffer
  before(async () => {
    jpeg = await paint(16, 12)
    png = await paint(8, 6)
  })

  const start = async (id: keyof typeof nodes, properties: Message = {}): Promise<Flow> => {
    await stopFlow()
    const tested = { id, register: nodes[id] } as TestedNode
    return startFlow({ url: test.stub.url, tested, properties })
  }
  const answers = (json: unknown) => {
    test.stub.answer = () => ({ json })
  }
  const asked = () =>
    test.stub.requests.map(({ path, json: { api_key, ...json } }) => [path, json] as [string, Message])
  const encoded = (image: Buffer) => ({ type: 'base64', value: image.toString('base64') })

  describe('clip-embed', () => {
    it('embeds an image', async () => {
      answers({ time: 0.1, embeddings: [[0.5, 1]] })
      const flow = await start('clip-embed', { clipVersion: 'RN50' })
      flow.send({ payload: jpeg, topic: 'kept' })
      const { payload, image, topic } = await flow.out.next()
      assert.deepEqual(payload, { time: 0.1, embeddings: [[0.5, 1]] })
      assert.equal(image.equals(jpeg), true)
      assert.equal(topic, 'kept')
      assert.deepEqual(asked(), [['/clip/embed_image', { clip_version_id: 'RN50', image: encoded(jpeg) }]])
    })

    it('gives one answer for each image of an array, in batches', async () => {
      answers({
        embeddings: [
          [1, 0],
          [0, 1],
        ],
      })
      const flow = await start('clip-embed', { imagesPerRequest: '2' })
      flow.send({ payload: [jpeg, png] })
      const { payload, image } = await flow.out.next()
      assert.deepEqual(payload, [{ embeddings: [[1, 0]] }, { embeddings: [[0, 1]] }])
      assert.deepEqual(
        image.map((bytes: Buffer) => bytes.length),
        [jpeg.length, png.length],
      )
      assert.equal(test.stub.requests.length, 1)
    })

    it('embeds a text with its commas, and a list of texts', async () => {
      answers({ embeddings: [[1], [2]] })
      const flow = await start('clip-embed', { inputKind: 'text' })
      flow.send({ payload: 'red, round' })
      assert.deepEqual((await flow.out.next()).payload, { embeddings: [[1], [2]] })
      flow.send({ payload: ['a', 'b, c'] })
      const { payload, ...others } = await flow.out.next()
      assert.equal('image' in others, false)
      assert.deepEqual(
        asked().map(([path, json]) => [path, json.text]),
        [
          ['/clip/embed_text', 'red, round'],
          ['/clip/embed_text', ['a', 'b, c']],
        ],
      )
    })

    it('gives the vectors alone where that is chosen: one for one, a list for a list', async () => {
      answers({ embeddings: [[0.25, 1]] })
      const arrays = await start('clip-embed', { give: 'arrays' })
      arrays.send({ payload: jpeg })
      assert.deepEqual((await arrays.out.next()).payload, [0.25, 1])
      arrays.send({ payload: [jpeg] })
      assert.deepEqual((await arrays.out.next()).payload, [[0.25, 1]])
    })

    it('gives them as Float32Array', async () => {
      answers({ embeddings: [[0.25, 1]] })
      const flow = await start('clip-embed', { give: 'float32', inputKind: 'text' })
      flow.send({ payload: 'a' })
      assert.deepEqual((await flow.out.next()).payload, Float32Array.from([0.25, 1]))
    })
  })

  describe('clip-compare', () => {
    it('compares an image with texts, and names the most similar', async () => {
      answers({ similarity: [0.2, 0.3, 0.1] })
      const flow = await start('clip-compare', { prompts: 'a car, a bus ,a tram' })
      flow.send({ payload: jpeg })
      const { payload, best, image } = await flow.out.next()
      assert.deepEqual(payload, { similarity: [0.2, 0.3, 0.1] })
      assert.deepEqual(best, { prompt: 'a bus', similarity: 0.3, index: 1 })
      assert.equal(image.equals(jpeg), true)
      const [[path, json] = []] = asked()
      assert.equal(path, '/clip/compare')
      assert.deepEqual(json, {
        subject: encoded(jpeg),
        subject_type: 'image',
        prompt: ['a car', 'a bus', 'a tram'],
        prompt_type: 'text',
      })
    })

    it('compares a text with texts by name, from the message', async () => {
      answers({ similarity: { car: 0.2, bus: 0.9 } })
      const flow = await start('clip-compare', {
        subjectKind: 'text',
        prompts: 'prompts',
        promptsType: 'msg',
      })
      flow.send({ payload: 'a red bus', prompts: { car: 'a car', bus: 'a bus' } })
      assert.deepEqual((await flow.out.next()).best, { prompt: 'bus', similarity: 0.9, index: 1 })
      assert.deepEqual(test.stub.requests[0]?.json.prompt, { car: 'a car', bus: 'a bus' })
    })

    it('compares an image, or a text, with images', async () => {
      answers({ similarity: [0.7, 0.8] })
      for (const subjectKind of ['image', 'text']) {
        const flow = await start('clip-compare', {
          subjectKind,
          promptsKind: 'image',
          prompts: 'others',
          promptsType: 'msg',
        })
        flow.send({ payload: subjectKind === 'text' ? 'a car' : jpeg, others: [png, jpeg] })
        const { best, image } = await flow.out.next()
        assert.deepEqual(best, { similarity: 0.8, index: 1 })
        assert.equal(Array.isArray(image), subjectKind === 'text')
        const { json } = test.stub.requests.at(-1) ?? {}
        assert.deepEqual([json.subject_type, json.prompt_type, json.prompt.length], [subjectKind, 'image', 2])
      }
    })

    it('sorts by words: the message leaves by the output of the most similar prompt', async () => {
      const sorted = { prompts: '["a car, red", "a bus"]', promptsType: 'json', outputPerPrompt: true }
      const flow = await start('clip-compare', { ...sorted, wires: [['out'], ['dropped'], ['third']] })
      answers({ similarity: [0.1, 0.2] })
      flow.send({ payload: jpeg })
      assert.equal((await flow.dropped.next()).best.prompt, 'a bus')
      answers({ similarity: [0.2, 0.2] })
      flow.send({ payload: jpeg })
      assert.equal((await flow.out.next()).best.prompt, 'a car, red', 'the first of equals')
    })

    it('has its output for dropped messages after those of the prompts', async () => {
      const properties = { prompts: 'a', outputPerPrompt: true, whenBusy: 'drop', droppedOutput: true }
      const flow = await start('clip-compare', properties)
      test.stub.answer = () => 'hang'
      flow.send({ payload: jpeg })
      flow.send({ payload: jpeg, topic: 'dropped' })
      assert.equal((await flow.dropped.next()).topic, 'dropped')
    })

    for (const [name, message] of Object.entries({
      'no prompts': {},
      'an empty list': { prompts: [] },
      'prompts that are no texts': { prompts: [{}] },
      'named prompts that are no texts': { prompts: { a: 1 } },
    })) {
      it(`fails with ${name}`, async () => {
        const flow = await start('clip-compare', { prompts: 'prompts', promptsType: 'msg' })
        flow.send({ payload: jpeg, ...message })
        assert.match((await flow.caught.next()).error.code, /^INVALID_(PARAMETER|INPUT_FORMAT)$/)
        assert.deepEqual(test.stub.requests, [])
      })
    }
  })

  describe('ocr', () => {
    it('reads text with DocTR', async () => {
      answers({ result: 'A', time: 1 })
      const flow = await start('ocr')
      flow.send({ payload: jpeg })
      assert.deepEqual((await flow.out.next()).payload, { result: 'A', time: 1 })
      assert.deepEqual(asked(), [['/doctr/ocr', { image: encoded(jpeg) }]])
    })

    it('asks each engine for what it has, whatever the dialog keeps for another one', async () => {
      answers({ result: 'A' })
      const all = { boxes: true, quantize: true, languages: 'en, fr', engineVersion: 'v' }
      for (const engine of ['doctr', 'trocr', 'easy_ocr', 'pp_ocr']) {
        const flow = await start('ocr', { ...all, engine })
        flow.send({ payload: jpeg })
        await flow.out.next()
      }
      assert.deepEqual(
        asked().map(([path, { image, ...options }]) => [path, options]),
        [
          ['/doctr/ocr', { doctr_version_id: 'v', generate_bounding_boxes: true }],
          ['/ocr/trocr', { trocr_version_id: 'v' }],
          [
            '/easy_ocr/ocr',
            {
              easy_ocr_version_id: 'v',
              generate_bounding_boxes: true,
              quantize: true,
              language_codes: ['en', 'fr'],
            },
          ],
          ['/ocr/pp-ocr', { pp_ocr_version_id: 'v' }],
        ],
      )
    })

    it('gives an array for an array', async () => {
      answers({ result: 'A' })
      const flow = await start('ocr')
      flow.send({ payload: [jpeg, png] })
      assert.deepEqual((await flow.out.next()).payload, [{ result: 'A' }, { result: 'A' }])
    })
  })

  describe('gaze', () => {
    it('gives faces, and where they look', async () => {
      const answer = { predictions: [{ face: {}, yaw: 0.1, pitch: 0 }], time: 1 }
      answers([answer])
      const flow = await start('gaze')
      flow.send({ payload: jpeg })
      assert.deepEqual((await flow.out.next()).payload, answer)
    })

    it('says what to use instead where the server is too new', async () => {
      test.stub.answer = ({ path }) => (path === '/info' ? undefined : { status: 404, json: {} })
      const flow = await start('gaze')
      flow.send({ payload: jpeg })
      const { error } = await flow.caught.next()
      assert.equal(error.code, 'FEATURE_DEPRECATED')
      assert.match(error.message, /1\.2\.8.*1\.8\.3/)
    })
  })

  describe('cogvlm', () => {
    it('answers a question, and leaves the talk so far for the next one', async () => {
      answers({ response: 'a car' })
      const flow = await start('cogvlm', { question: 'What is it?' })
      flow.send({ payload: jpeg })
      const { payload, history } = await flow.out.next()
      assert.deepEqual(payload, { response: 'a car' })
      assert.deepEqual(history, [['What is it?', 'a car']])
      flow.send({ payload: jpeg, history })
      const talk = (await flow.out.next()).history
      assert.deepEqual(talk, [
        ['What is it?', 'a car'],
        ['What is it?', 'a car'],
      ])
      assert.deepEqual(test.stub.requests[1]?.json.history, [['What is it?', 'a car']])
      assert.deepEqual(history, [['What is it?', 'a car']], 'what came in is left as it was')
    })

    for (const [name, message, code] of [
      ['no question', {}, 'INVALID_PARAMETER'],
      ['a history that is none', { question: 'a', history: [['only a question']] }, 'INVALID_PARAMETER'],
      ['a list of images', { question: 'a', payload: [] }, 'INVALID_INPUT_FORMAT'],
    ] as const) {
      it(`fails with ${name}`, async () => {
        const flow = await start('cogvlm', { question: 'question', questionType: 'msg' })
        flow.send({ payload: jpeg, ...message })
        assert.equal((await flow.caught.next()).error.code, code)
        assert.deepEqual(test.stub.requests, [])
      })
    }
  })
})
