import assert from 'node:assert/strict'
import { HTTPCallErrorError, type InferenceHTTPClient } from '../../../src/index'
import { paint } from '../../support/images'
import { openRealClient } from '../real-client'
import { olderServer } from './server'

describe('what an old server does not know yet', function () {
  this.timeout(120_000)
  let client: InferenceHTTPClient
  openRealClient(
    (opened) => {
      ;({ client } = opened)
    },
    olderServer,
    { attempts: 1 },
  )
  let image: Buffer
  before(async () => {
    image = await paint(64, 48)
  })

  const refused = (work: Promise<unknown>, status: number, said: RegExp) =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof HTTPCallErrorError, String(error))
      assert.equal(error.statusCode, status)
      assert.match(error.message, said)
      return true
    })

  it('EasyOCR: 405, and the hint that the server may be too old', () =>
    refused(client.ocrImage(image, { model: 'easy_ocr' }), 405, /recent enough/))

  for (const mode of ['v1', 'v0']) {
    it(`a confidence in words, in ${mode}: 422, which says where`, () => {
      const asked = (mode === 'v0' ? client.useApiV0() : client).useConfiguration({
        confidenceThreshold: 'best',
      })
      return refused(asked.infer(image, { modelId: 'tiny-boxes/1' }), 422, /confidence/)
    })
  }
})
