import assert from 'node:assert/strict'
import { HTTPCallErrorError, type InferenceHTTPClient, type ObjectDetectionAnswer } from '../../../src/index'
import { assertFound } from '../../support/compare'
import { paint, type Rectangle } from '../../support/images'
import { openRealClient } from '../real-client'
import { olderServer } from './server'

const size = { width: 320, height: 240 }
const painted: Rectangle[] = [
  { color: 'red', x: 80, y: 120, width: 60, height: 80 },
  { color: 'blue', x: 220, y: 100, width: 90, height: 60 },
]
const saved = { workspaceName: 'tiny', workflowId: 'tiny-count' }
const specification = (model_id = 'tiny-boxes/1') => ({
  version: '1.0',
  inputs: [
    { type: 'WorkflowImage', name: 'image' },
    { type: 'WorkflowParameter', name: 'confidence' },
  ],
  steps: [
    {
      type: 'roboflow_core/roboflow_object_detection_model@v2',
      name: 'find',
      images: '$inputs.image',
      model_id,
      confidence: '$inputs.confidence',
    },
    {
      type: 'roboflow_core/bounding_box_visualization@v1',
      name: 'draw',
      image: '$inputs.image',
      predictions: '$steps.find.predictions',
    },
  ],
  outputs: [
    { type: 'JsonField', name: 'found', selector: '$steps.find.predictions' },
    { type: 'JsonField', name: 'drawn', selector: '$steps.draw.image' },
  ],
})

describe('workflows on an old server', function () {
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
  let nothing: Buffer
  before(async () => {
    image = await paint(size.width, size.height, painted)
    nothing = await paint(100, 80)
  })

  const counts = (outputs: Record<string, unknown>[]) => outputs.map(({ count }) => count)

  for (const mode of ['v1', 'v0']) {
    const asked = () => (mode === 'v0' ? client.useApiV0() : client)

    it(`runs a saved one in ${mode}, for each image of a batch`, async () => {
      assert.deepEqual(counts(await asked().runWorkflow({ ...saved, images: { image: image } })), [2])
      const images = { image: [image, nothing, image] }
      assert.deepEqual(counts(await asked().runWorkflow({ ...saved, images })), [2, 0, 2])
      const [answer] = await asked().runWorkflow({ ...saved, images, excludedFields: ['count'] })
      assert.deepEqual(Object.keys(answer ?? {}), ['predictions'])
    })

    it(`runs a given one in ${mode}, with parameters and drawn images`, async () => {
      const asking = asked().useConfiguration({ outputVisualisationFormat: 'pillow' })
      const run = async (confidence: number) => {
        const images = { image: image }
        const [answer] = await asking.runWorkflow({
          specification: specification(),
          images,
          parameters: { confidence },
        })
        assert.ok(Buffer.isBuffer(answer?.drawn))
        assert.equal(answer.drawn.subarray(0, 3).toString('hex'), 'ffd8ff')
        return (answer.found as ObjectDetectionAnswer).predictions
      }
      assertFound(await run(0.4), painted, size)
      assertFound(await run(0.99), [], size)
    })

    it(`runs them by the former routes in ${mode}`, async () => {
      const { workspaceName, workflowId: workflowName } = saved
      const images = { image: image }
      assert.deepEqual(counts(await asked().inferFromWorkflow({ workspaceName, workflowName, images })), [2])
      const given = { specification: specification(), images, parameters: { confidence: 0.4 } }
      assert.equal((await asked().inferFromWorkflow(given)).length, 1)
    })

    it(`describes and validates them in ${mode}`, async () => {
      const one = await asked().describeWorkflowInterface(saved)
      assert.deepEqual(Object.keys(one.inputs), ['image'])
      assert.deepEqual(Object.keys(one.outputs), ['predictions', 'count'])
      const other = await asked().describeWorkflowInterface({ specification: specification() })
      assert.deepEqual(Object.keys(other.inputs), ['image', 'confidence'])
      assert.equal((await asked().validateWorkflow(specification())).status, 'ok')
      await assert.rejects(asked().validateWorkflow({ version: '1.0' }), HTTPCallErrorError)
    })
  }

  it('says what fails: 500 for a model that there is not, 404 for a workflow', async () => {
    const failing = (status: number, said: RegExp) => (error: unknown) => {
      assert.ok(error instanceof HTTPCallErrorError, String(error))
      assert.equal(error.statusCode, status)
      assert.match(error.message, said)
      return true
    }
    const images = { image: image }
    const unknown = { specification: specification('never/1'), images, parameters: { confidence: 0.4 } }
    await assert.rejects(client.runWorkflow(unknown), failing(500, /find|never/))
    await assert.rejects(
      client.runWorkflow({ ...saved, workflowId: 'never', images }),
      failing(404, /not found/i),
    )
  })
})
