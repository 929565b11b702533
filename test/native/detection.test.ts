import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { InferenceHTTPClient, type ObjectDetectionAnswer } from '../../src/index'
import { paint } from '../support/images'
import { greedy, hanging, meanColors, modelsFolder } from '../support/models-folder'
import { installOnnxRuntimeNode } from '../support/onnxruntime-node'

const run = promisify(execFile)
const pictures = path.join(__dirname, '../../demo/pictures')
const modelId = 'conveyor-parts/1'

describe('the built-in server beside onnxruntime-node', function () {
  this.timeout(120_000)
  const library = installOnnxRuntimeNode()
  const beside = require(library) as typeof import('../../src/index')
  const opened: InferenceHTTPClient[] = []
  afterEach(() => Promise.all(opened.splice(0).map((client) => client.close())))

  const open = (options: { modelsFolder?: string; device?: string } = {}) => {
    const notices: string[] = []
    const onNotice = (words: unknown) => notices.push(String(words))
    const client = new beside.InferenceHTTPClient({ apiUrl: 'built-in:', onNotice, ...options })
    opened.push(client)
    return { client, notices }
  }
  const detect = (client: InferenceHTTPClient, image: string | Buffer, id = modelId) =>
    client.infer<ObjectDetectionAnswer>(image, { modelId: id })
  const backendOf = (answer: ObjectDetectionAnswer) =>
    (answer as { resolved_model?: { backend: string } }).resolved_model?.backend

  it('finds what it finds with WebAssembly', async () => {
    const wasm = new InferenceHTTPClient({ apiUrl: 'built-in:' })
    opened.push(wasm)
    const { client, notices } = open()
    let compared = 0
    for (const name of fs.readdirSync(pictures).filter((file) => file.endsWith('.jpg'))) {
      const picture = path.join(pictures, name)
      const [native, expected] = [await detect(client, picture), await detect(wasm, picture)]
      assert.equal(backendOf(native), 'onnx (onnxruntime-node)')
      assert.equal(backendOf(expected), 'onnx (WebAssembly)')
      const told = JSON.stringify([native.predictions, expected.predictions])
      assert.equal(native.predictions.length, expected.predictions.length, told)
      for (const [index, found] of native.predictions.entries()) {
        const other = expected.predictions[index] ?? assert.fail()
        assert.equal(found.class, other.class, told)
        assert.ok(Math.abs(found.confidence - other.confidence) <= 0.01, told)
        for (const side of ['x', 'y', 'width', 'height'] as const)
          assert.ok(Math.abs(found[side] - other[side]) <= 1, told)
        compared++
      }
    }
    assert.ok(compared > 15, `${compared} predictions`)
    assert.deepEqual(notices, [])
  })

  it('offers the devices of this platform', () => {
    const { availableDevices } = require(path.join(library, 'src/built-in/devices'))
    const others: Partial<Record<string, string>> = { linux: 'cuda', win32: 'dml', darwin: 'coreml' }
    assert.deepEqual(availableDevices(), ['cpu', others[process.platform]])
  })

  it('takes the CPU for a device that is not there, and says so once', async () => {
    // nothing of it is on any machine: what GPUs need is not installed here
    const { client, notices } = open({ device: 'cuda' })
    for (const name of ['parts.jpg', 'bolts.jpg']) {
      const answer = await detect(client, path.join(pictures, name))
      assert.equal(backendOf(answer), 'onnx (onnxruntime-node)')
      assert.ok(answer.predictions.length > 3, JSON.stringify(answer))
    }
    assert.equal(notices.length, 1, notices.join())
    assert.match(notices[0] ?? '', /^cuda cannot be used \(.+\)\. Models run on the CPU instead\.$/s)
  })

  describe('where a model fails', () => {
    const folder = modelsFolder({
      'colors/1': {},
      'cut-off/1': { weights: meanColors().subarray(0, 200) },
      // more than any machine can address
      'greedy/1': { weights: greedy(2 ** 47) },
      'slow/1': { weights: hanging(1e6) },
    })

    it('says so of weights that are not whole, and goes on', async () => {
      const { client } = open({ modelsFolder: folder })
      const image = await paint(64, 64)
      await assert.rejects(detect(client, image, 'cut-off/1'), /weights\.onnx cannot be loaded/)
      assert.equal(backendOf(await detect(client, image, 'colors/1')), 'onnx (onnxruntime-node)')
    })

    it('says so of one that wants more memory than there is, and goes on', async () => {
      const { client } = open({ modelsFolder: folder })
      const image = await paint(64, 64)
      await assert.rejects(detect(client, image, 'greedy/1'), { statusCode: 507 })
      assert.equal(backendOf(await detect(client, image, 'colors/1')), 'onnx (onnxruntime-node)')
    })

    it('starts anew for the next image after one that took too long', async () => {
      const { client } = open({ modelsFolder: folder })
      const image = await paint(64, 64)
      await client.loadModel('slow/1')
      await assert.rejects(client.infer(image, { modelId: 'slow/1', timeout: 50 }), { code: 'TIMEOUT' })
      assert.equal(backendOf(await detect(client, image, 'colors/1')), 'onnx (onnxruntime-node)')
    })
  })

  describe('when the process ends', () => {
    const folder = modelsFolder({ 'slow/1': { weights: hanging(5e5) } })
    // one image after the other: it ends in the midst of native code
    const script = `
      const { InferenceHTTPClient } = require(${JSON.stringify(library)})
      const client = new InferenceHTTPClient({ apiUrl: 'built-in:', modelsFolder: ${JSON.stringify(folder)} })
      const image = { data: new Uint8Array(192).fill(90), width: 8, height: 8, channels: 3 }
      const go = async () => {
        for (;;) {
          await client.infer(image, { modelId: 'slow/1' })
        }
      }`

    const ending = async (how: string) => {
      const started = performance.now()
      const { code, signal, stderr } = await run(process.execPath, ['-e', script + how], {
        timeout: 60_000,
      }).catch((error) => error)
      const told = `${code} ${signal} ${stderr} after ${Math.round(performance.now() - started)} ms`
      return { code, told }
    }

    for (const wait of [100, 150, 250])
      it(`does not abort it by process.exit(), ${wait} ms after the first image`, async () => {
        const { code, told } = await ending(`
          client.infer(image, { modelId: 'slow/1' })
            .then(() => setTimeout(() => process.exit(3), ${wait}))
            .then(go)`)
        assert.equal(code, 3, told)
      })

    it('does not abort it by an error that nobody caught', async () => {
      const { code, told } = await ending(`
        go()
        setTimeout(() => { throw new Error('nobody caught this') }, 700)`)
      assert.equal(code, 1, told)
      assert.match(told, /nobody caught this/)
    })
  })
})
