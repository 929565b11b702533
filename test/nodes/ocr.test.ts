import assert from 'node:assert/strict'
import ocr from '../../nodes/ocr/ocr'
import { paint } from '../support/images'
import { type Message, startFlow, stopFlow, stubForEachTest, type TestedNode } from './flow'

describe('ocr', () => {
  const test = stubForEachTest()
  let jpeg: Buffer
  let png: Buffer
  before(async () => {
    jpeg = await paint(16, 12)
    png = await paint(8, 6)
  })

  const start = async (properties: Message = {}) => {
    await stopFlow()
    const tested = { id: 'ocr', register: ocr } as TestedNode
    return startFlow({ url: test.stub.url, tested, properties })
  }
  const answers = (json: unknown) => {
    test.stub.answer = () => ({ json })
  }
  const asked = () =>
    test.stub.requests.map(({ path, json: { api_key, ...json } }) => [path, json] as [string, Message])
  const encoded = (image: Buffer) => ({ type: 'base64', value: image.toString('base64') })

  it('reads text with DocTR', async () => {
    answers({ result: 'A', time: 1 })
    const flow = await start()
    flow.send({ payload: jpeg })
    assert.deepEqual((await flow.out.next()).payload, { result: 'A', time: 1 })
    assert.deepEqual(asked(), [['/doctr/ocr', { image: encoded(jpeg) }]])
  })

  it('asks each engine for what it has, whatever the dialog keeps for another one', async () => {
    answers({ result: 'A' })
    const all = { boxes: true, quantize: true, languages: 'en, fr', engineVersion: 'v' }
    for (const engine of ['doctr', 'trocr', 'easy_ocr', 'pp_ocr']) {
      const flow = await start({ ...all, engine })
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
    const flow = await start()
    flow.send({ payload: [jpeg, png] })
    assert.deepEqual((await flow.out.next()).payload, [{ result: 'A' }, { result: 'A' }])
  })
})
