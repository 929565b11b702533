import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  HTTPCallErrorError,
  type InferenceConfiguration,
  InferenceHTTPClient,
  loadImage,
  type ObjectDetectionAnswer,
  type RawPixels,
  type WorkflowOutputs,
} from '../../src/index'
import { assertFound } from '../support/compare'
import { paint, type Rectangle, randomFrom, randomRectangles } from '../support/images'
import { startStubServer } from '../support/stub-server'
import { openRealClient } from './real-client'
import type { RunningServer } from './server'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)
const size = { width: 320, height: 240 }
const saved = { workspaceName: 'tiny', workflowId: 'tiny-count' }

const detection = {
  type: 'roboflow_core/roboflow_object_detection_model@v2',
  name: 'det',
  images: '$inputs.image',
  model_id: 'tiny-boxes/1',
  confidence: '$inputs.conf',
}
/** Finds boxes, counts them, draws them, and cuts them out. */
const specification = {
  version: '1.0',
  inputs: [
    { type: 'WorkflowImage', name: 'image' },
    { type: 'WorkflowParameter', name: 'conf', default_value: 0.4 },
  ],
  steps: [
    detection,
    {
      type: 'roboflow_core/property_definition@v1',
      name: 'count',
      data: '$steps.det.predictions',
      operations: [{ type: 'SequenceLength' }],
    },
    {
      type: 'roboflow_core/bounding_box_visualization@v1',
      name: 'viz',
      image: '$inputs.image',
      predictions: '$steps.det.predictions',
    },
    {
      type: 'roboflow_core/dynamic_crop@v1',
      name: 'crop',
      images: '$inputs.image',
      predictions: '$steps.det.predictions',
    },
  ],
  outputs: [
    { type: 'JsonField', name: 'predictions', selector: '$steps.det.predictions' },
    { type: 'JsonField', name: 'count', selector: '$steps.count.output' },
    { type: 'JsonField', name: 'viz', selector: '$steps.viz.image' },
    { type: 'JsonField', name: 'crops', selector: '$steps.crop.crops' },
  ],
}
const unsound = {
  ...specification,
  outputs: [{ type: 'JsonField', name: 'a', selector: '$steps.nope.x' }],
}

describe(`workflows on the real server (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = randomFrom(seed)
  let server: RunningServer
  let client: InferenceHTTPClient
  openRealClient((opened) => {
    ;({ server, client } = opened)
  })

  const paintOne = async () => {
    const painted = randomRectangles(random, size.width, size.height)
    return { painted, image: await paint(size.width, size.height, painted) }
  }
  const assertFinds = (outputs: WorkflowOutputs | undefined, painted: Rectangle[]) => {
    const { predictions, image } = (outputs as { predictions: ObjectDetectionAnswer }).predictions
    assert.deepEqual(image, size)
    assertFound(predictions, painted, size)
    assert.equal(outputs?.count, painted.length)
  }
  const only = (outputs: WorkflowOutputs[]): WorkflowOutputs => {
    assert.equal(outputs.length, 1)
    return outputs[0] ?? assert.fail()
  }
  const assertFails = (work: Promise<unknown>, status: number, words?: RegExp) =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof HTTPCallErrorError, String(error))
      assert.equal(error.statusCode, status, error.message)
      // what is wrong with a request, the server says itself
      assert.ok(error.hint || status === 400, error.message)
      if (words) assert.match(error.message, words)
      return true
    })

  for (const mode of ['v1', 'v0'] as const) {
    describe(`in mode ${mode}`, () => {
      const asking = (configuration: InferenceConfiguration = {}) =>
        (mode === 'v0' ? client.useApiV0() : client).useConfiguration(configuration)

      it('run by their specification, and find what was painted', async () => {
        const { painted, image } = await paintOne()
        const outputs = only(await asking().runWorkflow({ specification, images: { image } }))
        assertFinds(outputs, painted)
        assert.deepEqual(Object.keys(outputs).sort(), ['count', 'crops', 'predictions', 'viz'])
      })

      it('run by workspace and id, also with a version, and without what the server has cached', async () => {
        const { painted, image } = await paintOne()
        const images = { image }
        assertFinds(only(await asking().runWorkflow({ ...saved, images })), painted)
        assertFinds(only(await asking().runWorkflow({ ...saved, images, workflowVersionId: '1' })), painted)
        assertFinds(only(await asking().runWorkflow({ ...saved, images, useCache: false })), painted)
      })

      it('run by the older routes', async () => {
        const { painted, image } = await paintOne()
        const images = { image }
        assertFinds(only(await asking().inferFromWorkflow({ specification, images })), painted)
        const named = { workspaceName: 'tiny', workflowName: 'tiny-count' }
        assertFinds(only(await asking().inferFromWorkflow({ ...named, images })), painted)
      })

      it('are described', async () => {
        const inline = await asking().describeWorkflowInterface({ specification })
        assert.deepEqual(inline.inputs, { image: ['image'], conf: ['float_zero_to_one'] })
        assert.deepEqual(inline.outputs.viz, ['image'])
        const { inputs, outputs } = await asking().describeWorkflowInterface(saved)
        assert.deepEqual(inputs, { image: ['image'] })
        assert.deepEqual(Object.keys(outputs), ['predictions', 'count'])
        await asking().describeWorkflowInterface({ ...saved, workflowVersionId: '1', useCache: false })
      })

      it('are validated', async () => {
        assert.deepEqual(await asking().validateWorkflow(specification), { status: 'ok' })
        await assertFails(asking().validateWorkflow(unsound), 400, /'\$steps\.nope'.*non-existent block/)
      })
    })
  }

  it('takes parameters', async () => {
    const painted: Rectangle[] = [
      { x: 80, y: 120, width: 80, height: 80, color: 'red' },
      { x: 240, y: 120, width: 80, height: 80, color: 'blue' },
    ]
    const images = { image: await paint(size.width, size.height, painted) }
    const run = (conf: number) => client.runWorkflow({ specification, images, parameters: { conf } })
    assert.equal(only(await run(0.4)).count, 2)
    assert.equal(only(await run(0.978)).count, 1)
    assert.equal(only(await run(0.999)).count, 0)
    await assertFails(client.runWorkflow({ specification, images, parameters: { conf: 'high' } }), 400)
  })

  it('gives outputs for each image of a batch, in order', async () => {
    const batch = await Promise.all(Array.from({ length: 4 }, paintOne))
    const images = { image: batch.map(({ image }) => image) }
    const outputs = await client.runWorkflow({ specification, images })
    assert.equal(outputs.length, 4)
    for (const [index, { painted }] of batch.entries()) assertFinds(outputs[index], painted)
    assertFinds(
      only(await client.runWorkflow({ ...saved, images: { image: [batch[0]?.image ?? ''] } })),
      batch[0]?.painted ?? [],
    )
  })

  it('takes batches of batches, and gives them back as they are nested', async () => {
    const nested = {
      ...specification,
      inputs: [
        { type: 'WorkflowBatchInput', name: 'image', kind: ['image'], dimensionality: 2 },
        { type: 'WorkflowParameter', name: 'conf', default_value: 0.4 },
      ],
      outputs: specification.outputs.filter(({ name }) => name !== 'crops'),
    }
    const [a, b, c] = [await paintOne(), await paintOne(), await paintOne()]
    const images = { image: [[a.image, b.image], [c.image]] }
    const asked = client.useConfiguration({ outputVisualisationFormat: 'pillow' })
    const outputs = await asked.runWorkflow({ specification: nested, images })
    assert.deepEqual(
      outputs.map(({ count }) => count),
      [[a.painted.length, b.painted.length], [c.painted.length]],
    )
    const drawn = outputs.map(({ viz }) => (viz as Buffer[]).map(Buffer.isBuffer))
    assert.deepEqual(drawn, [[true, true], [true]])
  })

  it('gives images as configured, at every depth', async () => {
    const { painted, image } = await paintOne()
    const run = async (outputVisualisationFormat: 'base64' | 'numpy' | 'pillow' | undefined) => {
      const asked = client.useConfiguration({ outputVisualisationFormat })
      const { viz, crops } = only(await asked.runWorkflow({ specification, images: { image } }))
      assert.ok(Array.isArray(crops))
      assert.equal(crops.length, painted.length)
      return { viz, crops }
    }
    const sizeOf = async (image: unknown) => {
      const { width, height } = await loadImage(image as Buffer)
      return { width, height }
    }
    for (const format of [undefined, 'base64'] as const) {
      const { viz, crops } = await run(format)
      assert.ok([viz, ...crops].every((image) => typeof image === 'string'))
      assert.deepEqual(await sizeOf(viz), size)
    }
    const { viz, crops } = await run('pillow')
    assert.ok([viz, ...crops].every(Buffer.isBuffer))
    assert.deepEqual(await sizeOf(viz), size)
    const raw = await run('numpy')
    const { width, height, data } = raw.viz as RawPixels
    assert.deepEqual({ width, height }, size)
    assert.equal(data.length, width * height * 3)
    for (const [index, cut] of (raw.crops as RawPixels[]).entries()) {
      assert.deepEqual(await sizeOf(crops[index]), { width: cut.width, height: cut.height })
    }
  })

  it('leaves out what is excluded', async () => {
    const { painted, image } = await paintOne()
    const excludedFields = ['viz', 'crops']
    const run = client.runWorkflow({ specification, images: { image }, excludedFields })
    const outputs = only(await run)
    assert.deepEqual(Object.keys(outputs).sort(), ['count', 'predictions'])
    assertFinds(outputs, painted)
  })

  it('writes the profile of a run', async () => {
    const profilingDirectory = mkdtempSync(path.join(tmpdir(), 'profiles-'))
    try {
      const { image } = await paintOne()
      const asked = client.useConfiguration({ profilingDirectory })
      await asked.runWorkflow({ specification, images: { image }, enableProfiling: true })
      const [file = assert.fail('no file')] = readdirSync(profilingDirectory)
      const trace = JSON.parse(readFileSync(path.join(profilingDirectory, file), 'utf8'))
      assert.ok(Array.isArray(trace) && trace.length > 0)
      assert.ok(JSON.stringify(trace).includes('workflow'))
    } finally {
      rmSync(profilingDirectory, { recursive: true })
    }
  })

  it('does nothing outside where sinks are disabled', async () => {
    const webhook = await startStubServer()
    webhook.answer = () => ({ json: {} })
    const telling = {
      ...specification,
      steps: [
        ...specification.steps.slice(0, 2),
        {
          type: 'roboflow_core/webhook_sink@v1',
          name: 'tell',
          url: `${webhook.url}/told`,
          method: 'POST',
          json_payload: { found: '$steps.count.output' },
          fire_and_forget: false,
          cooldown_seconds: 0,
        },
      ],
      outputs: [{ type: 'JsonField', name: 'failed', selector: '$steps.tell.error_status' }],
    }
    try {
      const { painted, image } = await paintOne()
      const run = { specification: telling, images: { image } }
      assert.deepEqual(await client.runWorkflow({ ...run, disableSinks: true }), [{ failed: false }])
      assert.equal(webhook.requests.length, 0)
      assert.deepEqual(await client.runWorkflow(run), [{ failed: false }])
      assert.deepEqual(
        webhook.requests.map(({ json }) => json),
        [{ found: painted.length }],
      )
    } finally {
      await webhook.stop()
    }
  })

  describe('tell what is wrong', () => {
    it('with a workflow or workspace that does not exist', async () => {
      for (const unknown of [
        { workspaceName: 'tiny', workflowId: 'never' },
        { workspaceName: 'nobody', workflowId: 'tiny-count' },
      ]) {
        await assertFails(client.runWorkflow(unknown), 404)
        await assertFails(client.describeWorkflowInterface(unknown), 404)
        const { workspaceName, workflowId: workflowName } = unknown
        await assertFails(client.inferFromWorkflow({ workspaceName, workflowName }), 404)
      }
    })

    it('with a definition, an input or a model', async () => {
      const { image } = await paintOne()
      const images = { image }
      await assertFails(client.runWorkflow({ specification: unsound, images }), 400, /non-existent block/)
      await assertFails(client.describeWorkflowInterface({ specification: unsound }), 400, /`nope`/)
      await assertFails(client.runWorkflow({ specification }), 400, /`image`.*not provided/)
      await assertFails(client.runWorkflow({ specification: {} }), 400)
      const steps = [{ ...detection, model_id: 'never/1' }]
      const unknown = { ...specification, steps, outputs: specification.outputs.slice(0, 1) }
      await assertFails(client.runWorkflow({ specification: unknown, images }), 404)
    })

    const refusals: [key: string | undefined, status: number][] = [
      ['a-wrong-key', 401],
      [undefined, 401],
      ['broke', 402],
      ['no-scope', 403],
      ['paused', 423],
      ['down', 502],
    ]
    for (const [apiKey, status] of refusals) {
      it(`${status} for the key ${apiKey}, however it travels`, async () => {
        for (const apiKeyTransport of ['legacy', 'both', 'header'] as const) {
          const configuration = { apiKeyTransport }
          const other = new InferenceHTTPClient({ apiUrl: server.url, apiKey, attempts: 1, configuration })
          // what this key asked for is in no cache
          const fresh = { workspaceName: 'tiny', workflowId: `fresh-${status}` }
          await assertFails(other.runWorkflow(fresh), status)
          await assertFails(other.useApiV0().runWorkflow(fresh), status)
          await assertFails(other.describeWorkflowInterface(fresh), apiKey === undefined ? 400 : status)
          await other.close()
        }
      })
    }
  })

  it('takes the right key however it travels', async () => {
    const { painted, image } = await paintOne()
    for (const apiKeyTransport of ['legacy', 'both', 'header'] as const) {
      const asked = client.useConfiguration({ apiKeyTransport })
      const run = asked.runWorkflow({ ...saved, images: { image }, useCache: false })
      assertFinds(only(await run), painted)
      assert.deepEqual(await asked.validateWorkflow(specification), { status: 'ok' })
    }
  })
})
