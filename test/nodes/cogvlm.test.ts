import assert from 'node:assert/strict'
import cogvlm from '../../nodes/cogvlm/cogvlm'
import { coreModelNode } from './core-model-node'

describe('cogvlm', () => {
  const { test, images, start, answers } = coreModelNode('cogvlm', cogvlm)

  it('answers a question, and leaves the talk so far for the next one', async () => {
    answers({ response: 'a car' })
    const flow = await start({ question: 'What is it?' })
    flow.send({ payload: images.jpeg })
    const { payload, history } = await flow.out.next()
    assert.deepEqual(payload, { response: 'a car' })
    assert.deepEqual(history, [['What is it?', 'a car']])
    flow.send({ payload: images.jpeg, history })
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
      const flow = await start({ question: 'question', questionType: 'msg' })
      flow.send({ payload: images.jpeg, ...message })
      assert.equal((await flow.caught.next()).error.code, code)
      assert.deepEqual(test.stub.requests, [])
    })
  }
})
