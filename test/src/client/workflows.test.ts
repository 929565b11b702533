import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { WorkflowRunOptions } from '../../../src/index'
import type { StubServer } from '../../support/stub-server'
import { failureOf } from '../failure'
import { clients, deadUrl, stubServers } from '../opened'
import { answerAll, described, ran, saved, specification, tinyImage } from './every-method'

const image = { type: 'base64', value: tinyImage.toString('base64') }
const plain = { api_key: 'k3y', use_cache: true, enable_profiling: false, inputs: {} }

describe('workflows', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  beforeEach(async () => {
    stub = await startStub()
    answerAll(stub)
  })

  const clientOfStub = () => clientOf(stub.url, { apiKey: 'k3y' })
  const bodies = () => stub.requests.map(({ json }) => json)
  const asked = () => stub.requests.map(({ method, path }) => `${method} ${path}`)
  const answerAnywhere = (json: unknown = ran) => {
    stub.answer = () => ({ json })
  }

  describe('are run', () => {
    it('by workspace and id, in the same way in both modes', async () => {
      const client = clientOfStub()
      assert.deepEqual(await client.runWorkflow(saved), ran.outputs)
      await client.useApiV0().runWorkflow(saved)
      assert.deepEqual(asked(), Array(2).fill('POST /tiny/workflows/tiny-count'))
      assert.deepEqual(bodies(), [plain, plain])
      for (const { query, headers } of stub.requests) {
        assert.equal(query.size, 0)
        assert.equal(headers['content-type'], 'application/json')
      }
    })

    it('by their specification', async () => {
      answerAnywhere()
      assert.deepEqual(await clientOfStub().runWorkflow({ specification }), ran.outputs)
      assert.deepEqual(asked(), ['POST /workflows/run'])
      assert.deepEqual(bodies(), [{ ...plain, specification }])
    })

    it('with the time that loading takes for each definition’s first run', async () => {
      const slow = async () => {
        await pause(150)
        return { json: ran }
      }
      stub.answer = slow
      const timeouts = { first: 5_000, request: 50 }
      const client = clientOf(stub.url, { timeouts, attempts: 1 })
      const other = { ...specification, version: '1.1' }
      for (const options of [
        { specification },
        { specification: other },
        saved,
        { ...saved, workflowVersionId: '7' },
      ]) {
        assert.deepEqual(await client.runWorkflow(options), ran.outputs)
        assert.equal((await failureOf(client.runWorkflow(structuredClone(options)))).code, 'TIMEOUT')
      }
    })

    it('with everything that can be said', async () => {
      const options: WorkflowRunOptions = {
        ...saved,
        workflowVersionId: '7',
        images: { image: tinyImage },
        parameters: { conf: 0.5, words: ['a', 'ä'], deep: { of: [null, true, { n: -0.1 }] } },
        excludedFields: ['viz'],
        useCache: false,
        disableSinks: true,
      }
      await clientOfStub().runWorkflow(options)
      assert.deepEqual(bodies(), [
        {
          api_key: 'k3y',
          use_cache: false,
          enable_profiling: false,
          excluded_fields: ['viz'],
          workflow_version_id: '7',
          disable_sinks: true,
          inputs: { image: image, ...options.parameters },
        },
      ])
    })

    it('with what is left out or null as if it was not there', async () => {
      const names = [
        'workflowVersionId',
        'images',
        'parameters',
        'excludedFields',
        'useCache',
        'enableProfiling',
      ]
      const nothing = Object.fromEntries(
        [...names, 'disableSinks', 'specification'].map((name) => [name, null]),
      )
      await clientOfStub().runWorkflow({ ...saved, ...nothing })
      await clientOfStub().runWorkflow({ ...saved, disableSinks: false, excludedFields: undefined })
      assert.deepEqual(bodies(), [plain, plain])
    })

    it('of a specification without a version’s id, which it has none of', async () => {
      answerAnywhere()
      await clientOfStub().runWorkflow({ specification, workflowVersionId: '7' })
      assert.deepEqual(bodies(), [{ ...plain, specification }])
    })

    it('with batches as they are nested, a list of one as a list', async () => {
      const one = tinyImage
      const images = { single: one, list: [one], batch: [one, one], nested: [[one, one], [one], []] }
      await clientOfStub().runWorkflow({ ...saved, images })
      assert.deepEqual(bodies()[0].inputs, {
        single: image,
        list: [image],
        batch: [image, image],
        nested: [[image, image], [image], []],
      })
    })

    it('with a parameter where an input of that name has an image as well', async () => {
      await clientOfStub().runWorkflow({
        ...saved,
        images: { image: tinyImage },
        parameters: { image: 'x' },
      })
      assert.deepEqual(bodies()[0].inputs, { image: 'x' })
    })

    it('with names that have to be encoded, and blanks around them that do not count', async () => {
      answerAnywhere()
      await clientOfStub().runWorkflow({ workspaceName: ' tiny ', workflowId: 'zähler 1+1&2' })
      await clientOfStub()
        .describeWorkflowInterface({ workspaceName: 'a b', workflowId: 'c;d' })
        .catch(() => {})
      assert.deepEqual(asked(), [
        `POST /tiny/workflows/${encodeURIComponent('zähler 1+1&2')}`,
        'POST /a%20b/workflows/c%3Bd/describe_interface',
      ])
    })

    it('by the older routes as well', async () => {
      answerAnywhere()
      const client = clientOfStub()
      const images = { image: [tinyImage] }
      assert.deepEqual(
        await client.inferFromWorkflow({ workspaceName: 'tiny', workflowName: 'tiny-count', images }),
        ran.outputs,
      )
      const version = { workflowVersionId: '7' }
      await client.inferFromWorkflow({ workspaceName: 'tiny', workflowName: 'tiny-count', ...version })
      await client.useApiV0().inferFromWorkflow({ specification, excludedFields: ['viz'], useCache: false })
      const route = 'POST /infer/workflows/tiny/tiny-count'
      assert.deepEqual(asked(), [route, route, 'POST /infer/workflows'])
      assert.deepEqual(bodies(), [
        { ...plain, inputs: { image: [image] } },
        { ...plain, workflow_version_id: '7' },
        { ...plain, use_cache: false, specification, excluded_fields: ['viz'] },
      ])
    })
  })

  describe('are described', () => {
    it('by workspace and id, and by their specification', async () => {
      answerAnywhere(described)
      const client = clientOfStub()
      assert.deepEqual(await client.describeWorkflowInterface(saved), described)
      await client.describeWorkflowInterface({ ...saved, useCache: false, workflowVersionId: '7' })
      await client.describeWorkflowInterface({ specification, useCache: false })
      assert.deepEqual(asked(), [
        'POST /tiny/workflows/tiny-count/describe_interface',
        'POST /tiny/workflows/tiny-count/describe_interface',
        'POST /workflows/describe_interface',
      ])
      assert.deepEqual(bodies(), [
        { api_key: 'k3y', use_cache: true },
        { api_key: 'k3y', use_cache: false, workflow_version_id: '7' },
        { api_key: 'k3y', specification },
      ])
    })
  })

  describe('are validated', () => {
    it('as they are, the key in the query', async () => {
      assert.deepEqual(await clientOfStub().validateWorkflow(specification), { status: 'ok' })
      const [request] = stub.requests
      assert.deepEqual(request?.json, specification)
      assert.equal(String(request?.query), 'api_key=k3y')
    })

    it('with the server’s words where one is not sound', async () => {
      const message = "Workflow references '$steps.nope' which points to a non-existent block."
      stub.answer = () => ({ status: 400, json: { message } })
      const error = await failureOf(clientOfStub().validateWorkflow(specification))
      assert.equal(error.apiMessage, message)
      assert.ok(error.message.includes(message))
    })
  })

  describe('are refused before anything is asked', () => {
    const clientRefuses = async (work: Promise<unknown>, words: RegExp) => {
      const error = await failureOf(work)
      assert.equal(error.code, 'INVALID_PARAMETER', error.stack)
      assert.match(error.message, words)
      assert.equal(stub.requests.length, 0)
    }

    it('where none is named, half of one, or two', async () => {
      const client = clientOfStub()
      for (const half of [
        {},
        { workspaceName: 'tiny' },
        { workflowId: 'a' },
        { ...saved, workspaceName: '' },
      ]) {
        await clientRefuses(client.runWorkflow(half), /No workflow is given/)
        await clientRefuses(client.describeWorkflowInterface(half), /No workflow is given/)
      }
      await clientRefuses(client.inferFromWorkflow({ workspaceName: 'tiny' }), /No workflow is given/)
      await clientRefuses(client.runWorkflow({ ...saved, specification }), /Both a saved workflow/)
      await clientRefuses(
        client.describeWorkflowInterface({ ...saved, specification }),
        /Both a saved workflow/,
      )
    })

    const oddNames = [
      ' ',
      '.',
      '..',
      'a/b',
      '/',
      'x?y',
      'x#y',
      'x%2Fy',
      'a\\b',
      'a\nb',
      7,
      1n,
      {},
      ['tiny'],
      true,
    ]
    const routes = ['infer', 'model', 'clip', 'workflows', 'inference_pipelines', 'Infer', ' doctr ']
    for (const name of oddNames as string[]) {
      it(`where its workspace or its id is ${typeof name === 'string' ? JSON.stringify(name) : typeof name}`, async () => {
        const client = clientOfStub()
        for (const [workspaceName, workflowId, what] of [
          [name, 'tiny-count', /no name of a workspace/],
          ['tiny', name, /no name of a workflow/],
        ] as const) {
          await clientRefuses(client.runWorkflow({ workspaceName, workflowId }), what)
          await clientRefuses(client.describeWorkflowInterface({ workspaceName, workflowId }), what)
          await clientRefuses(client.inferFromWorkflow({ workspaceName, workflowName: workflowId }), what)
        }
      })
    }

    for (const name of routes) {
      it(`where its workspace is ${name}: something else would answer. An id may be that`, async () => {
        const client = clientOfStub()
        const workspaceName = name
        await clientRefuses(client.runWorkflow({ workspaceName, workflowId: 'x' }), /no name of a workspace/)
        answerAnywhere()
        assert.deepEqual(await client.runWorkflow({ workspaceName: 'tiny', workflowId: name }), ran.outputs)
        assert.equal(stub.requests.at(-1)?.path, `/tiny/workflows/${name.trim()}`)
      })
    }

    it('where the specification is no object', async () => {
      const client = clientOfStub()
      for (const odd of ['{}', 7, true, [], 1n] as unknown as object[]) {
        for (const call of [
          client.runWorkflow({ specification: odd }),
          client.inferFromWorkflow({ specification: odd }),
          client.describeWorkflowInterface({ specification: odd }),
          client.validateWorkflow(odd),
        ]) {
          await clientRefuses(call, /specification is an object/)
        }
      }
    })

    const circular: Record<string, unknown> = { list: [] }
    circular.list = [circular]
    let deep: object = {}
    for (let level = 0; level < 10_000; level++) deep = { deep }
    const cannotBeSent: [unknown, RegExp][] = [
      [circular, /\.a\.list\[0\] .* part of/],
      [1n, /\.a .* a bigint/],
      [[[1, 2n]], /\.a\[0\]\[1\] .* a bigint/],
      [Number.NaN, /\.a .* NaN/],
      [{ b: [Number.POSITIVE_INFINITY] }, /\.a\.b\[0\] .* Infinity/],
      [-Infinity, /\.a .* -Infinity/],
      [() => 1, /\.a .* a function/],
      [Symbol('s'), /\.a .* a symbol/],
      [[undefined], /\.a\[0\] .* undefined/],
      [new Array(2), /\.a\[0\] .* undefined/],
      [new Date('never'), /\.a .* no valid date/],
      [new Map([[1, 2]]), /\.a .* a Map/],
      [new Set([1]), /\.a .* a Set/],
      [Buffer.from('x'), /\.a .* bytes.*among the images/],
      [{ b: new Float32Array(2) }, /\.a\.b .* bytes/],
      [deep, /nested too deeply/],
    ]
    for (const [odd, words] of cannotBeSent) {
      it(`where JSON cannot carry a parameter or the specification: ${words}`, async () => {
        const client = clientOfStub()
        const written = { a: odd }
        for (const call of [
          client.runWorkflow({ ...saved, parameters: written }),
          client.inferFromWorkflow({ specification, parameters: written }),
          client.runWorkflow({ specification: written }),
          client.describeWorkflowInterface({ specification: written }),
          client.validateWorkflow(written),
        ]) {
          await clientRefuses(call, words)
        }
      })
    }

    it('but not where JSON can carry it', async () => {
      const shared = { n: 1 }
      const parameters = {
        twice: [shared, shared],
        left: undefined,
        when: new Date(0),
        inherits: Object.create(null),
      }
      await clientOfStub().runWorkflow({ ...saved, parameters })
      const inputs = { twice: [shared, shared], when: '1970-01-01T00:00:00.000Z', inherits: {} }
      assert.deepEqual(bodies()[0].inputs, inputs)
    })

    const oddOptions: Record<string, unknown[]> = {
      images: ['car.jpg', 7, 1n, true, [tinyImage], tinyImage],
      parameters: ['text', 7, 1n, true, [1], tinyImage],
      excludedFields: ['viz', {}, [7], 1n],
      useCache: ['true', 1, {}, 1n],
      enableProfiling: ['true', 1, {}, 1n],
      disableSinks: ['true', 1, {}, 1n],
      workflowVersionId: [7, {}, 1n],
    }
    for (const [option, values] of Object.entries(oddOptions)) {
      it(`where ${option} has the wrong type`, async () => {
        for (const value of values) {
          await clientRefuses(
            clientOfStub().runWorkflow({ ...saved, [option]: value }),
            RegExp(`^${option} takes`),
          )
        }
      })
    }

    it('where an input has no image, which is named', async () => {
      const run = (images: Record<string, unknown>) =>
        failureOf(clientOfStub().runWorkflow({ ...saved, images: { good: tinyImage, ...images } as never }))
      assert.match((await run({ left: 'no.jpg' })).message, /^Input "left": There is no file "no\.jpg"/)
      assert.match((await run({ right: [[tinyImage], [7]] })).message, /^Input "right": There is no image/)
      assert.equal(stub.requests.length, 0)
    })
  })

  describe('that may have effects', () => {
    it('are not sent again when the connection is lost or the answer is 502 or 504', async () => {
      for (const answer of ['drop', { status: 502, json: {} }, { status: 504, json: {} }] as const) {
        const stopped = stub.requests.length
        stub.answer = () => answer
        await failureOf(clientOfStub().runWorkflow(saved))
        assert.equal(stub.requests.length, stopped + 1)
      }
    })

    it('are sent again when the server was too busy to begin', async () => {
      for (const status of [429, 503]) {
        let refused = 0
        stub.answer = () =>
          refused++ < 2 ? { status, headers: { 'retry-after': '0' }, json: {} } : { json: ran }
        assert.deepEqual(await clientOfStub().runWorkflow(saved), ran.outputs)
        assert.equal(refused, 3)
      }
    })

    it('are not sent again at all where that is configured, also where the attempts are undefined', async () => {
      stub.answer = () => ({ status: 503, headers: { 'retry-after': '0' }, json: {} })
      const client = clientOfStub().useConfiguration({ workflowRunRetriesEnabled: false })
      await failureOf(client.runWorkflow(saved))
      await failureOf(client.runWorkflow({ ...saved, attempts: undefined }))
      assert.equal(stub.requests.length, 2)
      await failureOf(client.runWorkflow({ ...saved, attempts: 2 }))
      assert.equal(stub.requests.length, 4)
    })

    it('are tried again where nothing listened', async () => {
      const seen: boolean[] = []
      const client = clientOf(await deadUrl(), {
        attempts: 2,
        onConnection: (reachable) => seen.push(reachable),
      })
      assert.equal((await failureOf(client.runWorkflow(saved))).reason, 'ECONNREFUSED')
      assert.equal(seen.length, 2)
    })

    it('are sent again when they are only described or validated', async () => {
      for (const call of [
        () => clientOfStub().describeWorkflowInterface(saved),
        () => clientOfStub().validateWorkflow(specification),
      ]) {
        const before = stub.requests.length
        stub.answer = () => ({ status: 502, headers: { 'retry-after': '0' }, json: {} })
        await failureOf(call())
        assert.equal(stub.requests.length, before + 3)
      }
    })
  })
})
