import assert from 'node:assert/strict'
import { InvalidInputFormatError, InvalidResponseError } from '../../../src/index'
import type { StubServer } from '../../support/stub-server'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'
import { answerAll, similarity, tinyImage, vector } from './every-method'

const base64 = tinyImage.toString('base64')
const field = { type: 'base64', value: base64 }
const others = { api_key: null }

describe('CLIP', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  beforeEach(async () => {
    stub = await startStub()
    answerAll(stub)
  })
  const sent = () => stub.requests.map(({ json }) => json)

  describe('embeddings of images', () => {
    /** A vector for each image, told apart by a number that grows. */
    const answerWithVectors = () => {
      let count = 0
      stub.answer = ({ json }) => ({
        json: { ...vector, embeddings: [json.image].flat().map(() => [count++]) },
      })
    }

    it('ask for one image with the image alone', async () => {
      const answer = await clientOf(stub.url).getClipImageEmbeddings(tinyImage)
      assert.deepEqual(answer, vector)
      assert.deepEqual(sent(), [{ ...others, image: field }])
    })

    it('ask for a version where one is named', async () => {
      await clientOf(stub.url).getClipImageEmbeddings(tinyImage, { clipVersion: 'RN50' })
      assert.deepEqual(sent(), [{ ...others, clip_version_id: 'RN50', image: field }])
    })

    it('give a list for a list, of one and of none as well', async () => {
      answerWithVectors()
      const client = clientOf(stub.url)
      const answers = await client.getClipImageEmbeddings([tinyImage, tinyImage, tinyImage])
      assert.deepEqual(
        answers.map(({ embeddings }) => embeddings),
        [[[0]], [[1]], [[2]]],
      )
      assert.equal(stub.requests.length, 3)
      assert.deepEqual(await client.getClipImageEmbeddings([tinyImage]), [{ ...vector, embeddings: [[3]] }])
      assert.deepEqual(await client.getClipImageEmbeddings([]), [])
      assert.equal(stub.requests.length, 4)
    })

    it('travel in batches, and are taken apart again in order', async () => {
      answerWithVectors()
      const client = clientOf(stub.url, { configuration: { maxBatchSize: 2 } })
      const answers = await client.getClipImageEmbeddings(Array(5).fill(tinyImage))
      assert.deepEqual(
        sent().map(({ image }) => image),
        [[field, field], [field, field], field],
      )
      assert.deepEqual(
        answers,
        [0, 1, 2, 3, 4].map((number) => ({ ...vector, embeddings: [[number]] })),
      )
    })

    it('are asked for at the same time where that is configured', async () => {
      stub.answer = async () => {
        await waitUntil(
          () => stub.requests.length === 3 || undefined,
          () => 'the three requests did not meet',
          2_000,
        )
        return { json: vector }
      }
      const client = clientOf(stub.url, { configuration: { maxConcurrentRequests: 3 } })
      assert.equal((await client.getClipImageEmbeddings(Array(3).fill(tinyImage))).length, 3)
    })

    it('are refused where there are more or fewer vectors than images', async () => {
      const client = clientOf(stub.url, { configuration: { maxBatchSize: 2 } })
      for (const embeddings of [[], [[1]], [[1], [2], [3]]]) {
        stub.answer = () => ({ json: { ...vector, embeddings } })
        const error = await failureOf(client.getClipImageEmbeddings([tinyImage, tinyImage]))
        assert.ok(error instanceof InvalidResponseError, error.stack)
        assert.match(error.message, new RegExp(`${embeddings.length} answers to 2 images`))
      }
      stub.answer = () => ({ json: { ...vector, embeddings: 'many' } })
      assert.match((await failureOf(client.getClipImageEmbeddings(tinyImage))).message, /no list/)
    })
  })

  describe('embeddings of texts', () => {
    it('ask for one text as a text and for several as a list, in one request', async () => {
      const client = clientOf(stub.url)
      assert.deepEqual(await client.getClipTextEmbeddings('ein Auto, 車'), vector)
      await client.getClipTextEmbeddings(['a car'], { clipVersion: 'RN50' })
      await client.getClipTextEmbeddings(['a car', '', 'a bus'])
      assert.deepEqual(sent(), [
        { ...others, text: 'ein Auto, 車' },
        { ...others, text: ['a car'], clip_version_id: 'RN50' },
        { ...others, text: ['a car', '', 'a bus'] },
      ])
    })

    it('refuse what is no text before anything is asked', async () => {
      for (const text of [null, 7, 1n, {}, { a: 'b' }, [], [7], ['a', null], [['a']], tinyImage]) {
        const error = await failureOf(clientOf(stub.url).getClipTextEmbeddings(text as string))
        assert.ok(error instanceof InvalidInputFormatError, error.stack)
        assert.match(error.message, /no text/)
      }
      assert.equal(stub.requests.length, 0)
    })
  })

  describe('comparison', () => {
    const comparisons = {
      'an image with a text': {
        options: {},
        subject: tinyImage,
        prompt: 'a car',
        sent: { subject_type: 'image', prompt_type: 'text', subject: field, prompt: 'a car' },
      },
      'an image with several texts': {
        options: { subjectType: 'image', promptType: 'text' },
        subject: base64,
        prompt: ['a car', 'a bus'],
        sent: { subject_type: 'image', prompt_type: 'text', subject: field, prompt: ['a car', 'a bus'] },
      },
      'an image with texts by name': {
        options: {},
        subject: tinyImage,
        prompt: { warm: 'red', cold: 'blue' },
        sent: {
          subject_type: 'image',
          prompt_type: 'text',
          subject: field,
          prompt: { warm: 'red', cold: 'blue' },
        },
      },
      'an image with an image': {
        options: { promptType: 'image' },
        subject: tinyImage,
        prompt: tinyImage,
        sent: { subject_type: 'image', prompt_type: 'image', subject: field, prompt: field },
      },
      'an image with several images': {
        options: { promptType: 'image', clipVersion: 'RN50' },
        subject: tinyImage,
        prompt: [tinyImage, base64],
        sent: {
          subject_type: 'image',
          prompt_type: 'image',
          clip_version_id: 'RN50',
          subject: field,
          prompt: [field, field],
        },
      },
      'a text with an image': {
        options: { subjectType: 'text', promptType: 'image' },
        subject: 'a car',
        prompt: tinyImage,
        sent: { subject_type: 'text', prompt_type: 'image', subject: 'a car', prompt: field },
      },
      // it would be a path elsewhere
      'a text with a text': {
        options: { subjectType: 'text' },
        subject: './car.jpg',
        prompt: 'a bus',
        sent: { subject_type: 'text', prompt_type: 'text', subject: './car.jpg', prompt: 'a bus' },
      },
    } as const
    for (const [what, { subject, prompt, options, sent: expected }] of Object.entries(comparisons)) {
      it(`of ${what}`, async () => {
        assert.deepEqual(await clientOf(stub.url).clipCompare(subject, prompt, options), similarity)
        assert.deepEqual(sent(), [{ ...others, ...expected }])
      })
    }

    it('gives similarities by name as they come', async () => {
      const named = { ...similarity, similarity: { warm: 0.9, cold: -0.1 } }
      stub.answer = () => ({ json: named })
      const answer = await clientOf(stub.url).clipCompare(tinyImage, { warm: 'red', cold: 'blue' })
      assert.deepEqual(answer, named)
    })

    it('refuses what is no text where a text is compared', async () => {
      const client = clientOf(stub.url)
      for (const subject of [7, null, {}, tinyImage, ['a', 'b'], { a: 'b' }]) {
        const error = await failureOf(client.clipCompare(subject as string, 'a', { subjectType: 'text' }))
        assert.ok(error instanceof InvalidInputFormatError, error.stack)
      }
      for (const prompt of [7, null, {}, [], [7], { a: 7 }, tinyImage, [tinyImage]]) {
        const error = await failureOf(client.clipCompare(tinyImage, prompt as string))
        assert.ok(error instanceof InvalidInputFormatError, error.stack)
      }
      assert.equal(stub.requests.length, 0)
    })

    it('says which of several images is none, and refuses an empty list', async () => {
      const compare = (prompt: (string | Buffer)[]) =>
        failureOf(clientOf(stub.url).clipCompare(tinyImage, prompt, { promptType: 'image' }))
      assert.match((await compare([tinyImage, 'no.jpg'])).message, /^Image 2 of 2: There is no file/)
      assert.match((await compare([])).message, /no image to compare with/)
      assert.equal(stub.requests.length, 0)
    })
  })

  it('gives each version the time that loading it takes', async () => {
    const timeouts = { first: 10_000, request: 60 }
    const client = clientOf(stub.url, { timeouts, attempts: 1 })
    const answers: StubServer['answer'] = stub.answer
    await client.getClipTextEmbeddings('a car')
    stub.answer = async (request, number) => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      return answers(request, number)
    }
    const call = { clipVersion: 'RN50' }
    await client.getClipTextEmbeddings('a car', call)
    assert.equal((await failureOf(client.getClipTextEmbeddings('a car', call))).code, 'TIMEOUT')
  })
})
