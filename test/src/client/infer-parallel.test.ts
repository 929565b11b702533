import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { HTTPClientError, type InferenceConfiguration } from '../../../src/index'
import { paint } from '../../support/images'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { bareServers, clients } from '../opened'

const model = { modelId: 'cars/3' }

describe('requests for a list at the same time', () => {
  const startServer = bareServers()
  const clientOf = clients()
  let images: Buffer[]
  /** Inferences that were begun and not answered yet; how many there were at most. */
  let running: number
  let most: number
  let begun: number
  /** Requests that the client gave up. */
  let aborted: number
  before(async () => {
    images = await Promise.all([8, 10, 12, 14, 16, 18].map((width) => paint(width, 6)))
  })
  beforeEach(() => {
    running = most = begun = aborted = 0
  })

  const serve = (infer: (number: number, response: ServerResponse, request: IncomingMessage) => void) =>
    startServer((request, response) => {
      request.resume()
      response.setHeader('content-type', 'application/json')
      if (request.method === 'GET') {
        const models = [{ model_id: 'cars/3', task_type: 'object-detection' }]
        response.end(JSON.stringify({ models }))
        return
      }
      most = Math.max(most, ++running)
      response.on('close', () => {
        running--
        if (!response.writableEnded) aborted++
      })
      infer(++begun, response, request)
    })

  /** Whatever was sent before has arrived with this. */
  const askLast = async (url: string) => (await fetch(url)).arrayBuffer()

  const answer = (response: ServerResponse, time: number) =>
    response.end(JSON.stringify({ time, predictions: [] }))

  const infer = (url: string, configuration: InferenceConfiguration, signal?: AbortSignal) =>
    clientOf(url, { apiKey: 'k', attempts: 1, configuration }).infer(images, { ...model, signal })

  for (const maxConcurrentRequests of [undefined, 0, 1, 2, 4, 9]) {
    const may = Math.min(maxConcurrentRequests || 1, 6)
    it(`are ${may} of six when ${maxConcurrentRequests} may be`, async () => {
      const url = await serve(async (number, response) => {
        // long enough for one too many to arrive
        await waitUntil(
          () => running === may || begun > 6 - may || undefined,
          () => `${running} at once`,
        )
        await pause(15)
        answer(response, number)
      })
      await infer(url, { maxConcurrentRequests })
      assert.equal(most, may)
      assert.equal(begun, 6)
    })
  }

  it('give answers in the order of the images, whichever comes first', async () => {
    const waiting: (() => void)[] = []
    const url = await startServer(async (request, response) => {
      const text = Buffer.concat(await request.toArray()).toString()
      response.setHeader('content-type', 'application/json')
      if (request.method === 'GET') {
        response.end(JSON.stringify({ models: [{ model_id: 'cars/3', task_type: 'object-detection' }] }))
        return
      }
      const index = images.findIndex((bytes) => text.includes(bytes.toString('base64')))
      waiting.push(() => answer(response, index))
      // the last first
      if (waiting.length === 3) for (const reply of waiting.splice(0).reverse()) reply()
    })
    const answers = await infer(url, { maxConcurrentRequests: 3 })
    assert.deepEqual(
      answers.map((each) => (each as { time?: number }).time),
      [0, 1, 2, 3, 4, 5],
    )
  })

  it('are given up when one of them fails, and its error is the one that is thrown', async () => {
    const url = await serve(async (number, response) => {
      if (number !== 3) return
      await waitUntil(
        () => running === 3 || undefined,
        () => `${running} at once`,
      )
      response.statusCode = 400
      response.end(JSON.stringify({ message: 'Bad.' }))
    })
    const error = await failureOf(infer(url, { maxConcurrentRequests: 3 }))
    assert.match(
      error.message,
      /^Image \d of 6: The server answered Bad Request \(400\)\. The server says: Bad\. \(POST /,
    )
    assert.equal(error.statusCode, 400)
    await waitUntil(
      () => aborted === 2 || undefined,
      () => `${aborted} were given up`,
    )
    assert.equal(running, 0)
    await askLast(url)
    assert.equal(begun, 3, 'nothing is sent after a failure')
  })

  for (const reason of [new Error('enough'), new HTTPClientError('CLOSED', 'The node was closed.')]) {
    it(`are given up when the caller aborts, who gets the own reason as it is: ${reason.name}`, async () => {
      const { message } = reason
      const url = await serve(() => {})
      const controller = new AbortController()
      const { signal } = controller
      const failure = failureOf(infer(url, { maxConcurrentRequests: 2 }, signal))
      await waitUntil(
        () => running === 2 || undefined,
        () => `${running} at once`,
      )
      controller.abort(reason)
      assert.equal(await failure, reason)
      assert.equal(reason.message, message)
      assert.equal(getEventListeners(signal, 'abort').length, 0)
      await waitUntil(
        () => aborted === 2 || undefined,
        () => `${aborted} were given up`,
      )
      await askLast(url)
      assert.equal(begun, 2)
    })
  }

  it('leave no listener on the caller’s signal, whether they succeed or fail', async () => {
    const { signal } = new AbortController()
    const listeners = () => getEventListeners(signal, 'abort').length
    const url = await serve((number, response) => {
      if (number > 6) response.statusCode = 400
      answer(response, number)
    })
    await infer(url, { maxConcurrentRequests: 3 }, signal)
    assert.equal(listeners(), 0)
    await failureOf(infer(url, { maxConcurrentRequests: 3 }, signal))
    await waitUntil(
      () => running === 0 || undefined,
      () => `${running} are running`,
    )
    assert.equal(listeners(), 0)
  })
})
