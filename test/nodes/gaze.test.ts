import assert from 'node:assert/strict'
import gaze from '../../nodes/gaze/gaze'
import { paint } from '../support/images'
import { type Message, startFlow, stopFlow, stubForEachTest, type TestedNode } from './flow'

describe('gaze', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  before(async () => {
    jpeg = await paint(16, 12)
  })

  const start = async (properties: Message = {}) => {
    await stopFlow()
    const tested = { id: 'gaze', register: gaze } as TestedNode
    return startFlow({ url: test.stub.url, tested, properties })
  }
  const answers = (json: unknown) => {
    test.stub.answer = () => ({ json })
  }

  it('gives faces, and where they look', async () => {
    const answer = { predictions: [{ face: {}, yaw: 0.1, pitch: 0 }], time: 1 }
    answers([answer])
    const flow = await start()
    flow.send({ payload: jpeg })
    assert.deepEqual((await flow.out.next()).payload, answer)
  })

  it('says what to use instead where the server is too new', async () => {
    test.stub.answer = ({ path }) => (path === '/info' ? undefined : { status: 404, json: {} })
    const flow = await start()
    flow.send({ payload: jpeg })
    const { error } = await flow.caught.next()
    assert.equal(error.code, 'FEATURE_DEPRECATED')
    assert.match(error.message, /1\.2\.8.*1\.8\.3/)
  })
})
