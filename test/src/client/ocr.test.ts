import assert from 'node:assert/strict'
import type { OcrModel, OcrOptions } from '../../../src/index'
import type { StubServer } from '../../support/stub-server'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'
import { read, tinyImage } from './every-method'

const image = { type: 'base64', value: tinyImage.toString('base64') }

describe('reading text', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  beforeEach(async () => {
    stub = await startStub()
    stub.answer = () => ({ json: read })
  })

  const routes: Record<OcrModel, string> = {
    doctr: '/doctr/ocr',
    trocr: '/ocr/trocr',
    easy_ocr: '/easy_ocr/ocr',
    pp_ocr: '/ocr/pp-ocr',
  }
  for (const [model, path] of Object.entries(routes) as [OcrModel, string][]) {
    it(`asks ${path} of ${model}, with its options where they are given`, async () => {
      const client = clientOf(stub.url)
      assert.deepEqual(await client.ocrImage(tinyImage, { model }), read)
      await client.ocrImage(tinyImage, { model: model.toUpperCase() as OcrModel, version: 'best' })
      const options = { quantize: false, generateBoundingBoxes: true, languageCodes: ['en', 'fr'] }
      await client.ocrImage(tinyImage, { model, version: '', ...options })
      assert.deepEqual(
        stub.requests.map(({ method, path }) => `${method} ${path}`),
        Array(3).fill(`POST ${path}`),
      )
      assert.deepEqual(
        stub.requests.map(({ json }) => json),
        [
          { api_key: null, image },
          { api_key: null, [`${model}_version_id`]: 'best', image },
          {
            api_key: null,
            quantize: false,
            generate_bounding_boxes: true,
            language_codes: ['en', 'fr'],
            image,
          },
        ],
      )
    })
  }

  it('asks DocTR where no model is named, also in mode v0', async () => {
    const client = clientOf(stub.url, { apiKey: 'k' })
    const options: OcrOptions = { model: undefined }
    await client.ocrImage(tinyImage, options)
    await client.useApiV0().ocrImage(tinyImage)
    const [current, old] = stub.requests
    assert.deepEqual([current?.path, old?.path], ['/doctr/ocr', '/doctr/ocr'])
    assert.deepEqual([current?.json.api_key, old?.json.api_key], ['k', undefined])
    assert.deepEqual([current?.query.get('api_key'), old?.query.get('api_key')], [null, 'k'])
  })

  it('sends one image in a request whatever the size of batches, and gives a list for a list', async () => {
    stub.answer = (_request, number) => ({ json: { ...read, result: `text ${number}` } })
    const client = clientOf(stub.url, { configuration: { maxBatchSize: 8 } })
    const answers = await client.ocrImage([tinyImage, [tinyImage, tinyImage]] as never)
    assert.deepEqual(
      (answers as unknown as { result: string }[]).map(({ result }) => result),
      ['text 1', 'text 2', 'text 3'],
    )
    for (const { json } of stub.requests) assert.deepEqual(json.image, image)
    assert.deepEqual(await client.ocrImage([tinyImage]), [{ ...read, result: 'text 4' }])
    assert.deepEqual(await client.ocrImage([]), [])
  })

  it('names the models that there are where it is asked for another', async () => {
    const error = await failureOf(clientOf(stub.url).ocrImage(tinyImage, { model: 'easyocr' as OcrModel }))
    assert.equal(error.code, 'INVALID_PARAMETER')
    assert.match(error.message, /"easyocr", only doctr, trocr, easy_ocr, pp_ocr/)
  })
})
