import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type InferenceConfiguration, InvalidResponseError, type RawPixels } from '../../../src/index'
import { paint } from '../../support/images'
import type { StubServer } from '../../support/stub-server'
import { failureOf } from '../failure'
import { clients, stubServers } from '../opened'
import { ran, saved, specification } from './every-method'

describe('what a workflow gives', () => {
  const startStub = stubServers()
  const clientOf = clients()
  let stub: StubServer
  let drawn: Buffer
  before(async () => {
    drawn = await paint(8, 6, [{ x: 4, y: 3, width: 4, height: 4, color: 'red' }])
  })
  beforeEach(async () => {
    stub = await startStub()
    stub.answer = () => ({ json: ran })
  })

  const runWith = (configuration: InferenceConfiguration = {}, outputs?: unknown) => {
    if (outputs !== undefined) stub.answer = () => ({ json: { outputs, profiler_trace: [] } })
    return clientOf(stub.url, { configuration }).runWorkflow(saved)
  }

  it('may have outputs that are called as the parts of an image are', async () => {
    const outputs = [{ type: 'base64', value: 'eA==' }]
    assert.deepEqual(await runWith({ outputVisualisationFormat: 'pillow' }, outputs), outputs)
  })

  const withImage = () => ({
    type: 'base64',
    value: drawn.toString('base64'),
    video_metadata: { frame_number: 0, fps: 30 },
  })
  /** Outputs in which an image, or what became of it, stands at every depth. */
  const outputsWith = (image: () => unknown) => [
    {
      viz: image(),
      crops: [image(), [image(), { deep: { er: [[image()]] } }]],
      empty: [[], {}, null, '', 0, false],
      predictions: { image: { width: 8, height: 6 }, predictions: [{ class: 'a', parent_id: 'image' }] },
      odd: [{ type: 'base64' }, { type: 'base64', value: 7 }, { type: 'url', value: 'http://x' }],
    },
    { viz: null },
    null,
    'text',
  ]

  it('has its images as base64 where nothing is configured', async () => {
    const expected = outputsWith(() => drawn.toString('base64'))
    assert.deepEqual(await runWith({}, outputsWith(withImage)), expected)
    assert.deepEqual(await runWith({ outputVisualisationFormat: 'base64' }, outputsWith(withImage)), expected)
  })

  it('has its images as encoded images where those are configured', async () => {
    const outputs = await runWith({ outputVisualisationFormat: 'pillow' }, outputsWith(withImage))
    assert.deepEqual(
      outputs,
      outputsWith(() => drawn),
    )
  })

  it('has its images as raw pixels where those are configured', async () => {
    const outputs = await runWith({ outputVisualisationFormat: 'numpy' }, outputsWith(withImage))
    const pixels = outputs[0]?.viz as RawPixels
    assert.deepEqual([pixels.width, pixels.height, pixels.data.length], [8, 6, 8 * 6 * pixels.channels])
    assert.deepEqual(
      outputs,
      outputsWith(() => pixels),
    )
  })

  it('is passed on untouched where the older routes gave it, images decoded as well', async () => {
    stub.answer = () => ({ json: { outputs: outputsWith(withImage) } })
    const client = clientOf(stub.url, { configuration: { outputVisualisationFormat: 'pillow' } })
    assert.deepEqual(
      await client.inferFromWorkflow({ specification }),
      outputsWith(() => drawn),
    )
  })

  it('is an error where what should be an image is none, unless it is only passed on', async () => {
    // without padding: it is not written anew
    const outputs = [{ viz: { type: 'base64', value: 'bm90IGEgcGljdHVyZQ' } }]
    assert.deepEqual(await runWith({}, outputs), [{ viz: 'bm90IGEgcGljdHVyZQ' }])
    for (const outputVisualisationFormat of ['pillow', 'numpy'] as const) {
      const error = await failureOf(runWith({ outputVisualisationFormat }, outputs))
      assert.equal(error.code, 'ENCODING_ERROR')
    }
  })

  it('may be nothing at all', async () => {
    assert.deepEqual(await runWith({}, []), [])
  })

  it('is an error where the outputs are no list', async () => {
    for (const odd of [null, {}, 'many', 7]) {
      const error = await failureOf(runWith({}, odd))
      assert.ok(error instanceof InvalidResponseError, error.stack)
    }
  })

  describe('besides: the profile of a run', () => {
    let folder: string
    const trace = [{ name: 'step', dur: 7 }]
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'profiles-'))
      stub.answer = () => ({ json: { ...ran, profiler_trace: trace } })
    })
    afterEach(() => rmSync(folder, { recursive: true }))

    const profileTo = (profilingDirectory: string) =>
      clientOf(stub.url, { configuration: { profilingDirectory } }).runWorkflow({
        ...saved,
        enableProfiling: true,
      })

    it('is asked for, and written to the configured directory, which is made', async () => {
      const directory = path.join(folder, 'a', 'b')
      assert.deepEqual(await profileTo(directory), ran.outputs)
      assert.equal(stub.requests[0]?.json.enable_profiling, true)
      const [file = assert.fail('no file'), ...others] = readdirSync(directory)
      assert.match(file, /^workflow_execution_trace_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.json$/)
      assert.deepEqual(others, [])
      assert.deepEqual(JSON.parse(readFileSync(path.join(directory, file), 'utf8')), trace)
    })

    it('is an empty list where the server gave none', async () => {
      stub.answer = () => ({ json: { outputs: [] } })
      await profileTo(folder)
      assert.equal(readFileSync(path.join(folder, readdirSync(folder)[0] ?? ''), 'utf8'), '[]')
    })

    it('is not written where it was not asked for, or the run failed', async () => {
      await runWith({ profilingDirectory: folder })
      stub.answer = () => ({ status: 500, json: {} })
      await failureOf(profileTo(folder))
      assert.deepEqual(readdirSync(folder), [])
    })

    it('is refused before anything is sent where it cannot be written', async () => {
      const file = path.join(folder, 'file')
      writeFileSync(file, '')
      for (const directory of [file, path.join(file, 'inside'), path.join(folder, 'a\0b')]) {
        const error = await failureOf(profileTo(directory))
        assert.equal(error.code, 'INVALID_PARAMETER', directory)
        assert.match(error.message, /profile cannot be written/)
      }
      assert.equal(stub.requests.length, 0)
    })

    it('is an error that says so where it cannot be written afterwards', async () => {
      stub.answer = () => {
        rmSync(folder, { recursive: true })
        return { json: ran }
      }
      const error = await failureOf(profileTo(folder))
      assert.equal(error.code, 'INVALID_PARAMETER')
      assert.match(error.message, /profile cannot be written/)
      folder = mkdtempSync(path.join(tmpdir(), 'profiles-'))
    })
  })
})
