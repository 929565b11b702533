import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { ModelDescriptions } from '../../../src/client/shared/model-descriptions'
import type { InferOptions, ObjectDetectionAnswer } from '../../../src/index'
import { paint } from '../../support/images'
import type { Answer, StubServer } from '../../support/stub-server'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { bareServers, clients, stubServers } from '../opened'

const asked = ({ requests }: StubServer, path: string) =>
  requests.filter((request) => request.path === path).length

/** Answers one route; the others as usual. */
const answerAt = (stub: StubServer, path: string, answer: Answer | undefined) => {
  stub.answer = (request) => (request.path === path ? answer : undefined)
}

describe('what is known of a model', () => {
  const startStub = stubServers()
  const startServer = bareServers()
  const clientOf = clients()
  let image: Buffer
  before(async () => {
    image = await paint(8, 6)
  })

  const setUp = async () => {
    const stub = await startStub()
    const client = clientOf(stub.url, { attempts: 1 })
    const infer = (options: Partial<InferOptions> = {}) =>
      client.infer<ObjectDetectionAnswer>(image, { modelId: 'cars/3', ...options })
    /** Holds the registry's answer back until it is called. */
    const holdRegistry = () => {
      let release = (_answer?: Answer) => {}
      const held = new Promise<Answer | undefined>((resolve) => {
        release = resolve
      })
      stub.answer = ({ path }) => (path === '/model/registry' ? held : undefined)
      return release
    }
    const arrived = (count: number) =>
      waitUntil(
        () => asked(stub, '/model/registry') === count || undefined,
        () => 'the request did not arrive',
      )
    return { stub, client, infer, holdRegistry, arrived }
  }

  it('is asked once, also for many first calls at the same time', async () => {
    const { stub, client, infer } = await setUp()
    await Promise.all([infer(), infer(), client.useConfiguration({}).infer(image, { modelId: 'cars/3' })])
    await infer()
    assert.deepEqual(await client.getModelDescription('cars/3'), {
      model_id: 'cars/3',
      task_type: 'object-detection',
      input_height: 640,
      input_width: 640,
    })
    assert.equal(asked(stub, '/model/registry'), 1)
    assert.equal(stub.inferences.length, 4)
  })

  it('reaches the others when one caller aborts, the first one too', async () => {
    const { stub, infer, holdRegistry, arrived } = await setUp()
    const release = holdRegistry()
    const controller = new AbortController()
    const reason = new Error('enough')
    const first = failureOf(infer({ signal: controller.signal }))
    const second = infer()
    await arrived(1)
    controller.abort(reason)
    assert.equal(await first, reason)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
    release()
    assert.equal((await second).predictions.length, 3)
    assert.equal(asked(stub, '/model/registry'), 1)
  })

  it('is no longer asked when the last caller has aborted', async () => {
    let closed = false
    let open = false
    const url = await startServer((_request, response) => {
      open = true
      response.on('close', () => {
        closed = true
      })
    })
    const client = clientOf(url)
    const controllers = [new AbortController(), new AbortController()]
    const failures = controllers.map(({ signal }) =>
      failureOf(client.getModelDescription('cars/3', { signal })),
    )
    await waitUntil(
      () => open || undefined,
      () => 'the request did not arrive',
    )
    controllers[0]?.abort()
    await failures[0]
    assert.equal(closed, false)
    controllers[1]?.abort()
    await failures[1]
    await waitUntil(
      () => closed || undefined,
      () => 'the request goes on',
    )
  })

  it('is asked anew by a call right after the last caller has aborted', async () => {
    const { infer, holdRegistry, arrived, stub } = await setUp()
    const release = holdRegistry()
    const controller = new AbortController()
    const aborted = failureOf(infer({ signal: controller.signal }))
    await arrived(1)
    controller.abort()
    await aborted
    stub.answer = () => undefined
    assert.equal((await infer()).predictions.length, 3)
    release()
  })

  it('is not kept when it failed', async () => {
    const { stub, infer } = await setUp()
    for (const answer of [{ status: 500, json: {} }, 'drop', { json: { models: [] } }] as Answer[]) {
      stub.answer = ({ path }) => {
        if (path === '/model/registry') return answer
        return path === '/model/add' ? { status: 500, json: {} } : undefined
      }
      await failureOf(infer())
    }
    stub.answer = () => undefined
    await infer()
    assert.equal(asked(stub, '/model/registry'), 4)
  })

  it('fails for all who wait for it', async () => {
    const { stub, infer, holdRegistry, arrived } = await setUp()
    const release = holdRegistry()
    const failures = [failureOf(infer()), failureOf(infer())]
    await arrived(1)
    release({ status: 500, json: { message: 'No.' } })
    for (const error of await Promise.all(failures)) assert.equal(error.apiMessage, 'No.')
    assert.equal(asked(stub, '/model/registry'), 1)
  })

  it('is forgotten after 404', async () => {
    const { stub, infer } = await setUp()
    await infer()
    answerAt(stub, '/infer/object_detection', { status: 404, json: {} })
    await failureOf(infer())
    stub.answer = () => undefined
    await infer()
    assert.equal(asked(stub, '/model/registry'), 2)
  })

  it('is forgotten after the connection was lost', async () => {
    const { stub, infer } = await setUp()
    await infer()
    answerAt(stub, '/infer/object_detection', 'drop')
    await failureOf(infer())
    stub.answer = () => undefined
    await infer()
    assert.equal(asked(stub, '/model/registry'), 2)
  })

  it('is kept after a time-out while the server says that it is there, and forgotten when it is not', async () => {
    const stub = await startStub()
    const told: boolean[] = []
    const client = clientOf(stub.url, { attempts: 1, onConnection: (reachable) => told.push(reachable) })
    const infer = (options: Partial<InferOptions> = {}) =>
      client.infer(image, { modelId: 'cars/3', ...options })
    for (const info of [undefined, 'drop'] as const) {
      await infer()
      assert.equal(asked(stub, '/model/registry'), 1)
      stub.answer = ({ path }) =>
        path === '/info' ? info : path === '/infer/object_detection' ? 'hang' : undefined
      const before = told.length
      assert.equal((await failureOf(infer({ timeout: 100 }))).code, 'TIMEOUT')
      await waitUntil(
        () => told.length > before || undefined,
        () => 'the server was not asked',
      )
      assert.equal(told.at(-1), info === undefined)
      stub.answer = () => undefined
    }
    await infer()
    assert.equal(asked(stub, '/model/registry'), 2)
  })

  it('is kept after other errors', async () => {
    const { stub, infer } = await setUp()
    await infer()
    answerAt(stub, '/infer/object_detection', { status: 400, json: {} })
    await failureOf(infer())
    stub.answer = () => undefined
    await infer()
    assert.equal(asked(stub, '/model/registry'), 1)
  })

  it('is kept for ten minutes', async () => {
    const { now } = Date
    const descriptions = new ModelDescriptions()
    let fetched = 0
    const get = () =>
      descriptions.get(
        'cars/3',
        'loading',
        async () => {
          fetched++
          return { model_id: 'cars/3', task_type: 'object-detection' }
        },
        {},
      )
    const start = now()
    try {
      for (const [minutes, expected] of [
        [0, 1],
        [9.9, 1],
        [10.1, 2],
        [20, 2],
      ] as const) {
        Date.now = () => start + minutes * 60_000
        await get()
        assert.equal(fetched, expected, `after ${minutes} minutes`)
      }
    } finally {
      Date.now = now
    }
  })
})
