import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {
  frameSource,
  InferenceHTTPClient,
  type ObjectDetectionAnswer,
  type SourceFrame,
} from '../../src/index'
import { type RunningServer, startServer } from './server'

const demo = path.join(__dirname, '../../demo')

interface Label {
  class: string
  x: number
  y: number
  width: number
  height: number
}

/** Shared area / area of both. */
const iou = (a: Label, b: Label): number => {
  const shared = (one: 'x' | 'y', side: 'width' | 'height') => {
    const low = Math.max(a[one] - a[side] / 2, b[one] - b[side] / 2)
    return Math.max(0, Math.min(a[one] + a[side] / 2, b[one] + b[side] / 2) - low)
  }
  const both = shared('x', 'width') * shared('y', 'height')
  return both / (a.width * a.height + b.width * b.height - both)
}

describe('the demo’s model on the real server', function () {
  this.timeout(120_000)
  let server: RunningServer
  let client: InferenceHTTPClient
  let models: string
  before(async () => {
    // the server may write into it
    models = fs.mkdtempSync(path.join(os.tmpdir(), 'demo-models-'))
    fs.cpSync(path.join(demo, 'models'), models, { recursive: true })
    server = await startServer({ offline: true, env: { MODEL_CACHE_DIR: models } })
    client = new InferenceHTTPClient({ apiUrl: server.url, apiKey: server.key })
  })
  after(async () => {
    await client?.close()
    await server?.stop()
    fs.rmSync(models, { recursive: true, force: true })
  })

  const detect = (image: string | Buffer) =>
    client.infer<ObjectDetectionAnswer>(image, { modelId: 'conveyor-parts/1' })

  const labels = JSON.parse(fs.readFileSync(path.join(demo, 'pictures/labels.json'), 'utf8')) as Record<
    string,
    Label[]
  >
  for (const [name, parts] of Object.entries(labels)) {
    it(`finds every part in ${name}, and nothing else`, async () => {
      const { predictions } = await detect(path.join(demo, 'pictures', name))
      const found = parts.map((part) => predictions.find((one) => iou(one, part) > 0.7)?.class)
      assert.deepEqual(
        found,
        parts.map((part) => part.class),
      )
      assert.equal(predictions.length, parts.length)
    })
  }

  it('follows the parts of the video', async () => {
    const source = frameSource({
      kind: 'file',
      path: path.join(demo, 'conveyor.mjpeg'),
      ffmpegPath: '/nowhere',
    })
    const counts: number[] = []
    const classes = new Set<string>()
    for await (const frame of source.frames(new AbortController().signal)) {
      const { bytes, mediaTime } = frame as SourceFrame
      if (Math.round((mediaTime ?? 0) * 25) % 10 > 0) continue
      const { predictions } = await detect(bytes)
      counts.push(predictions.length)
      for (const { class: name } of predictions) classes.add(name)
    }
    assert.equal(counts.length, 15)
    // 15 parts lie on 1050 pixels of belt, of which 576 are in sight
    assert.ok(Math.min(...counts) >= 6 && Math.max(...counts) <= 11, String(counts))
    assert.deepEqual([...classes].sort(), ['bearing', 'bolt', 'damaged', 'gear', 'nut', 'washer'])
  })
})
