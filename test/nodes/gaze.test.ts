import assert from 'node:assert/strict'
import gaze from '../../nodes/gaze/gaze'
import { coreModelNode } from './core-model-node'

describe('gaze', () => {
  const { test, images, start, answers } = coreModelNode('gaze', gaze)

  it('gives faces, and where they look', async () => {
    const answer = { predictions: [{ face: {}, yaw: 0.1, pitch: 0 }], time: 1 }
    answers([answer])
    const flow = await start()
    flow.send({ payload: images.jpeg })
    assert.deepEqual((await flow.out.next()).payload, answer)
  })

  it('says what to use instead where the server is too new', async () => {
    test.stub.answer = ({ path }) => (path === '/info' ? undefined : { status: 404, json: {} })
    const flow = await start()
    flow.send({ payload: images.jpeg })
    const { error } = await flow.caught.next()
    assert.equal(error.code, 'FEATURE_DEPRECATED')
    assert.match(error.message, /1\.2\.8.*1\.8\.3/)
  })
})
