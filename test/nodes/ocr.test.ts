import assert from 'node:assert/strict'
import ocr from '../../nodes/ocr/ocr'
import { coreModelNode, encoded } from './core-model-node'

describe('ocr', () => {
  const { images, start, answers, asked } = coreModelNode('ocr', ocr)

  it('reads text with DocTR', async () => {
    answers({ result: 'A', time: 1 })
    const flow = await start()
    flow.send({ payload: images.jpeg })
    assert.deepEqual((await flow.out.next()).payload, { result: 'A', time: 1 })
    assert.deepEqual(asked(), [['/doctr/ocr', { image: encoded(images.jpeg) }]])
  })

  it('asks each engine for what it has, whatever the dialog keeps for another one', async () => {
    answers({ result: 'A' })
    const all = { boxes: true, quantize: true, languages: 'en, fr', engineVersion: 'v' }
    for (const engine of ['doctr', 'trocr', 'easy_ocr', 'pp_ocr']) {
      const flow = await start({ ...all, engine })
      flow.send({ payload: images.jpeg })
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
    flow.send({ payload: [images.jpeg, images.png] })
    assert.deepEqual((await flow.out.next()).payload, [{ result: 'A' }, { result: 'A' }])
  })
})
