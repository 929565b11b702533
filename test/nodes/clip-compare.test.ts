import assert from 'node:assert/strict'
import clipCompare from '../../nodes/clip-compare/clip-compare'
import { coreModelNode, encoded } from './core-model-node'

describe('clip-compare', () => {
  const { test, images, start, answers, asked } = coreModelNode('clip-compare', clipCompare)

  it('compares an image with texts, and names the most similar', async () => {
    answers({ similarity: [0.2, 0.3, 0.1] })
    const flow = await start({ prompts: 'a car, a bus ,a tram' })
    flow.send({ payload: images.jpeg })
    const { payload, best, image } = await flow.out.next()
    assert.deepEqual(payload, { similarity: [0.2, 0.3, 0.1] })
    assert.deepEqual(best, { prompt: 'a bus', similarity: 0.3, index: 1 })
    assert.equal(image.equals(images.jpeg), true)
    const [[path, json] = []] = asked()
    assert.equal(path, '/clip/compare')
    assert.deepEqual(json, {
      subject: encoded(images.jpeg),
      subject_type: 'image',
      prompt: ['a car', 'a bus', 'a tram'],
      prompt_type: 'text',
    })
  })

  it('compares a text with texts by name, from the message', async () => {
    answers({ similarity: { car: 0.2, bus: 0.9 } })
    const flow = await start({
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
      const flow = await start({
        subjectKind,
        promptsKind: 'image',
        prompts: 'others',
        promptsType: 'msg',
      })
      flow.send({
        payload: subjectKind === 'text' ? 'a car' : images.jpeg,
        others: [images.png, images.jpeg],
      })
      const { best, image } = await flow.out.next()
      assert.deepEqual(best, { similarity: 0.8, index: 1 })
      assert.equal(Array.isArray(image), subjectKind === 'text')
      const { json } = test.stub.requests.at(-1) ?? {}
      assert.deepEqual([json.subject_type, json.prompt_type, json.prompt.length], [subjectKind, 'image', 2])
    }
  })

  it('sorts by words: the message leaves by the output of the most similar prompt', async () => {
    const sorted = { prompts: '["a car, red", "a bus"]', promptsType: 'json', outputPerPrompt: true }
    const flow = await start({ ...sorted, wires: [['out'], ['dropped'], ['third']] })
    answers({ similarity: [0.1, 0.2] })
    flow.send({ payload: images.jpeg })
    assert.equal((await flow.dropped.next()).best.prompt, 'a bus')
    answers({ similarity: [0.2, 0.2] })
    flow.send({ payload: images.jpeg })
    assert.equal((await flow.out.next()).best.prompt, 'a car, red', 'the first of equals')
  })

  it('has its output for dropped messages after those of the prompts', async () => {
    const properties = { prompts: 'a', outputPerPrompt: true, whenBusy: 'drop', droppedOutput: true }
    const flow = await start(properties)
    test.stub.answer = () => 'hang'
    flow.send({ payload: images.jpeg })
    flow.send({ payload: images.jpeg, topic: 'dropped' })
    assert.equal((await flow.dropped.next()).topic, 'dropped')
  })

  for (const [name, message] of Object.entries({
    'no prompts': {},
    'an empty list': { prompts: [] },
    'prompts that are no texts': { prompts: [{}] },
    'named prompts that are no texts': { prompts: { a: 1 } },
  })) {
    it(`fails with ${name}`, async () => {
      const flow = await start({ prompts: 'prompts', promptsType: 'msg' })
      flow.send({ payload: images.jpeg, ...message })
      assert.match((await flow.caught.next()).error.code, /^INVALID_(PARAMETER|INPUT_FORMAT)$/)
      assert.deepEqual(test.stub.requests, [])
    })
  }
})
