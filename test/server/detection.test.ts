import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ObjectDetectionAnswer } from '../../src/index'
import { type InferenceAnswer, InferenceHTTPClient } from '../../src/index'
import { assertFound } from '../support/compare'
import { tinyTasks } from '../support/compare-tasks'
import { paint, paintPixels, randomFrom, randomRectangles } from '../support/images'
import { openRealClient, ownServer } from './real-client'
import { type RunningServer, startServer } from './server'

const seed = Number(process.env.SEED ?? Date.now() % 100_000)

describe(`object detection on the real server (SEED=${seed})`, function () {
  this.timeout(120_000)
  const random = randomFrom(seed)
  const modelId = 'tiny-boxes/1'
  let server: RunningServer
  let client: InferenceHTTPClient
  openRealClient(
    (opened) => {
      ;({ server, client } = opened)
    },
    // some models have to be loaded here first
    ownServer(startServer),
    {
      // what shrinking costs is looked at elsewhere
      configuration: { clientDownsizingDisabled: true },
    },
  )

  for (const [width, height] of [
    [640, 360],
    [320, 320],
    [333, 517],
    [1280, 720],
  ] as const) {
    it(`finds what was painted on ${width} × ${height} pixels`, async () => {
      const painted = randomRectangles(random, width, height)
      const answer = await client.infer<ObjectDetectionAnswer>(await paint(width, height, painted), {
        modelId,
      })
      assert.deepEqual(answer.image, { width, height })
      assertFound(answer.predictions, painted, answer.image)
    })
  }

  it('answers the same for every form of an image', async () => {
    const size = { width: 320, height: 240 }
    const painted = randomRectangles(random, size.width, size.height)
    const image = await paint(size.width, size.height, painted)
    const folder = mkdtempSync(path.join(tmpdir(), 'images-'))
    const file = path.join(folder, 'an image.jpg')
    writeFileSync(file, image)
    const pixels = { data: paintPixels(size.width, size.height, painted), ...size, channels: 3 }
    const forms = {
      file,
      base64: image.toString('base64'),
      dataUri: `data:image/jpeg;base64,${image.toString('base64')}`,
      json: image.toJSON(),
      pixels,
      jimp: { bitmap: { ...size, data: withAlpha(pixels.data) } },
    }
    try {
      for (const form of Object.values(forms)) {
        const { predictions } = await client.infer<ObjectDetectionAnswer>(form, { modelId })
        // pixels are encoded as the Python SDK does it: 4:2:0
        assertFound(predictions, painted, size, form === forms.pixels || form === forms.jimp ? 2 : 1)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('reads an image by URL itself, which the server would refuse', async () => {
    const { predictions } = await client.infer<ObjectDetectionAnswer>(
      `${server.platformUrl}/images/red.bmp`,
      { modelId },
    )
    assert.deepEqual(
      predictions.map((prediction) => prediction.class),
      ['red'],
    )
  })

  it('keeps the order of a batch', async () => {
    const size = { width: 320, height: 240 }
    const batch = Array.from({ length: 5 }, () => randomRectangles(random, size.width, size.height))
    const images = await Promise.all(batch.map((painted) => paint(size.width, size.height, painted)))
    const answers = await client.infer<ObjectDetectionAnswer>(images, { modelId })
    for (const [index, { predictions }] of answers.entries())
      assertFound(predictions, batch[index] ?? [], size)
  })

  it('honours confidence, overlap, max detections and class filter', async () => {
    const size = { width: 640, height: 320 }
    const painted = (['red', 'green', 'blue'] as const).map((color, index) => ({
      color,
      x: 110 + 210 * index,
      y: 160,
      width: 100,
      height: 120,
    }))
    const image = await paint(size.width, size.height, painted)
    const classes = async (configuration: object) => {
      const { predictions } = await client
        .useConfiguration(configuration)
        .infer<ObjectDetectionAnswer>(image, { modelId })
      return predictions.map((prediction) => prediction.class).sort()
    }
    assert.deepEqual(await classes({}), ['blue', 'green', 'red'])
    assert.deepEqual(await classes({ confidenceThreshold: 0.99 }), [])
    assert.deepEqual(await classes({ max_detections: 1 }), ['red'])
    assert.deepEqual(await classes({ classFilter: ['green'] }), ['green'])
    // the weaker twin of every box survives
    assert.equal((await classes({ iouThreshold: 0.9 })).length, 6)
  })

  it('returns the image that the server draws', async () => {
    const image = await paint(320, 240, randomRectangles(random, 320, 240))
    const { visualization } = await client
      .useConfiguration({ visualizePredictions: true })
      .infer(image, { modelId })
    assert.equal(Buffer.from(String(visualization), 'base64').subarray(0, 3).toString('hex'), 'ffd8ff')
  })

  // a model is asked for with the key when it is loaded for the first time
  for (const [apiKeyTransport, fresh] of [
    ['legacy', 'tiny-masks/1'],
    ['both', 'tiny-points/1'],
    ['header', 'tiny-labels/1'],
  ] as const) {
    it(`loads a model with the key as ${apiKeyTransport}`, async () => {
      const other = new InferenceHTTPClient({
        apiUrl: server.url,
        apiKey: server.key,
        configuration: { apiKeyTransport },
      })
      try {
        const { models } = await other.listLoadedModels()
        assert.ok(!models.some((model) => model.model_id === fresh))
        const painted = randomRectangles(random, 320, 240)
        const answer = await other.infer<InferenceAnswer>(await paint(320, 240, painted), { modelId: fresh })
        const task = tinyTasks.find((tiny) => tiny.modelId === fresh)
        task?.assertFits(answer, painted, { width: 320, height: 240 })
      } finally {
        await other.close()
      }
    })
  }

  it('tells about the server and its models', async () => {
    const { name, version } = await client.getServerInfo()
    assert.match(name, /Roboflow/)
    assert.match(version, /^\d+\.\d+\.\d+/)
    const { models } = await client.listLoadedModels()
    assert.ok(models.some((model) => model.model_id === modelId))
    const description = await client.getModelDescription(modelId)
    assert.equal(description.task_type, 'object-detection')
    assert.deepEqual([description.input_width, description.input_height], [320, 320])
  })
})

const withAlpha = (rgb: Buffer): Buffer => {
  const rgba = Buffer.alloc((rgb.length / 3) * 4, 255)
  for (let pixel = 0; pixel < rgb.length / 3; pixel++) rgb.copy(rgba, pixel * 4, pixel * 3, pixel * 3 + 3)
  return rgba
}
