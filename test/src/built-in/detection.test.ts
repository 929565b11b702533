import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import { InferenceHTTPClient, LoadedImage, type ObjectDetectionAnswer } from '../../../src/index'
import { assertFound } from '../../support/compare'
import { paint, paintPixels, type Rectangle } from '../../support/images'
import { meanColors, meanColorsDetr, modelsFolder, threeObjects } from '../../support/models-folder'

const tinyModels = path.join(__dirname, 'models')

const size = { width: 640, height: 360 }
const painted: Rectangle[] = [
  { x: 100, y: 100, width: 80, height: 60, color: 'red' },
  { x: 400, y: 200, width: 100, height: 90, color: 'blue' },
]

/** One colour everywhere. */
const plain = (background: string, width = 40, height = 20) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()

describe('the built-in server', function () {
  this.timeout(60_000)
  const opened = new Map<string, InferenceHTTPClient>()
  after(() => Promise.all([...opened.values()].map((one) => one.close())))
  /** One for each folder, as what it has loaded once stays. */
  const client = (modelsFolder: string): InferenceHTTPClient => {
    const known = opened.get(modelsFolder)
    if (known) return known
    const made = new InferenceHTTPClient({ apiUrl: 'built-in:', apiKey: 'any', modelsFolder })
    opened.set(modelsFolder, made)
    return made
  }
  const folder = modelsFolder({
    'means/1': {},
    'means/2': { classes: ['ripe', 'unripe', 'none'] },
    'detr/1': { type: 'rfdetr-nano', weights: meanColorsDetr() },
    'detr/2': {
      type: 'rfdetr-nano',
      weights: meanColorsDetr(),
      classes: ['background_class83422', 'green', 'blue'],
    },
    'ended/1': { type: 'yolo26n', weights: threeObjects() },
    'gray/1': { steps: { grayscale: { enabled: true } } },
    'cut/1': { steps: { 'static-crop': { enabled: true, x_min: 50, x_max: 100, y_min: 0, y_max: 100 } } },
    'dots/1': { steps: { grayscale: { enabled: false }, contrast: { enabled: false, type: 'Odd' } } },
  })
  let scene: Buffer
  before(async () => {
    scene = await paint(size.width, size.height, painted)
  })

  it('finds what is in an image', async () => {
    const answer = await client(tinyModels).infer<ObjectDetectionAnswer>(scene, { modelId: 'tiny-boxes/1' })
    assert.deepEqual(answer.image, size)
    assertFound(answer.predictions, painted, size)
    const [{ detection_id: id, ...best } = assert.fail()] = answer.predictions
    assert.match(id, /^[0-9a-f-]{36}$/)
    assert.deepEqual(
      { ...best, confidence: best.confidence.toFixed(3) },
      { x: 100, y: 100, width: 80, height: 60, confidence: '0.980', class: 'red', class_id: 0 },
    )
    assert.ok((answer.time ?? 0) > 0)
  })

  it('answers by API v0 as well', async () => {
    const v0 = client(tinyModels).useApiV0()
    const found = async (configuration: object) => {
      const asked = v0.useConfiguration(configuration)
      const { predictions } = await asked.infer<ObjectDetectionAnswer>(scene, { modelId: 'tiny-boxes/1' })
      return predictions.map((prediction) => prediction.class)
    }
    assert.deepEqual(await found({}), ['red', 'blue'])
    assert.deepEqual(await found({ confidenceThreshold: 0.978 }), ['red'])
    assert.deepEqual(await found({ iouThreshold: 0.9 }), ['red', 'blue', 'red', 'blue'])
    assert.deepEqual(await found({ classFilter: ['blue'] }), ['blue'])
  })

  it('answers a list by a list', async () => {
    const images = [scene, await paint(320, 320), scene]
    const answers = await client(tinyModels).infer<ObjectDetectionAnswer>(images, { modelId: 'tiny-boxes/1' })
    assert.deepEqual(
      answers.map(({ predictions }) => predictions.length),
      [2, 0, 2],
    )
  })

  it('heeds confidence, overlap, number and classes', async () => {
    const found = async (configuration: object) => {
      const asked = client(tinyModels).useConfiguration(configuration)
      const { predictions } = await asked.infer<ObjectDetectionAnswer>(scene, { modelId: 'tiny-boxes/1' })
      return predictions.map((prediction) => prediction.class)
    }
    assert.deepEqual(await found({ confidenceThreshold: 0.978 }), ['red'])
    assert.deepEqual(await found({ iouThreshold: 0.9 }), ['red', 'blue', 'red', 'blue'])
    assert.deepEqual(await found({ maxDetections: 1 }), ['red'])
    assert.deepEqual(await found({ classFilter: ['blue', 'green'] }), ['blue'])
  })

  it('reads the outputs of every kind of model', async () => {
    const found = async (modelId: string, image: Buffer, configuration = {}) => {
      const asked = client(folder).useConfiguration(configuration)
      const { predictions } = await asked.infer<ObjectDetectionAnswer>(image, { modelId })
      return predictions.map(({ class: name, class_id, x, y, width, height, confidence }) =>
        [name, class_id, x, y, width, height, confidence.toFixed(2)].join(' '),
      )
    }
    const red = await plain('#ff3300')
    assert.deepEqual(await found('means/1', red), ['red 0 20 10 20 10 1.00'])
    assert.deepEqual(await found('means/2', red), ['ripe 0 20 10 20 10 1.00'])
    assert.deepEqual(await found('ended/1', red), [
      'red 0 10 5 20 10 0.90',
      'red 0 15 5 20 10 0.80',
      'blue 2 30 15 20 10 0.50',
    ])
    assert.deepEqual(await found('ended/1', red, { maxDetections: 1 }), ['red 0 10 5 20 10 0.90'])
    // 1 before it is normalized: (1 - 0.485) / 0.229, and that through a sigmoid
    assert.deepEqual(await found('detr/1', red, { confidenceThreshold: 0.8 }), ['red 0 20 10 20 10 0.90'])
    const cyan = await plain('#00ffff')
    // the class of nothing is none, and those behind it move up
    assert.deepEqual(await found('detr/2', cyan, { confidenceThreshold: 0.8 }), ['blue 1 20 10 20 10 0.93'])
    assert.deepEqual(await found('detr/2', red, { confidenceThreshold: 0.8 }), [])
  })

  it('prepares images as the model says', async () => {
    const found = async (modelId: string, image: Buffer, configuration = {}) => {
      const asked = client(folder).useConfiguration({ confidenceThreshold: 0.2, ...configuration })
      const { predictions } = await asked.infer<ObjectDetectionAnswer>(image, { modelId })
      return predictions.map((one) => `${one.class} ${one.x} ${one.width} ${one.confidence.toFixed(2)}`)
    }
    const red = await plain('#ff0000')
    assert.deepEqual(await found('means/1', red), ['red 20 20 1.00'])
    assert.deepEqual(await found('gray/1', red), ['red 20 20 0.30'])
    assert.deepEqual(await found('gray/1', red, { disablePreprocGrayscale: true }), ['red 20 20 1.00'])
    assert.deepEqual(await found('dots/1', red), ['red 20 20 1.00'])
    const rightHalf = { x: 30, y: 10, width: 20, height: 20, color: 'blue' } as const
    const half = await sharp(paintPixels(40, 20, [rightHalf]), {
      raw: { width: 40, height: 20, channels: 3 },
    })
      .png()
      .toBuffer()
    assert.deepEqual(await found('cut/1', half), ['blue 30 10 0.90'])
    assert.deepEqual(await found('cut/1', half, { disablePreprocStaticCrop: true }), ['blue 20 20 0.63'])
  })

  it('turns images upright, unless told not to', async () => {
    const stored = paintPixels(size.width, size.height, painted)
    const raw = { ...size, channels: 3 } as const
    for (let orientation = 1; orientation <= 8; orientation++) {
      // pixels that this orientation turns into the scene
      const back = [0, 1, 2, 3, 4, 5, 8, 7, 6][orientation] as number
      const turned = await sharp(
        await sharp(stored, { raw })
          .jpeg({ quality: 95 })
          .withExif({ IFD0: { Orientation: String(back) } })
          .toBuffer(),
      )
        .autoOrient()
        .raw()
        .toBuffer({ resolveWithObject: true })
      const { width, height } = turned.info
      const image = await sharp(turned.data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
        .withExif({ IFD0: { Orientation: String(orientation) } })
        .toBuffer()
      const asked = client(tinyModels)
      const answer = await asked.infer<ObjectDetectionAnswer>(image, { modelId: 'tiny-boxes/1' })
      assert.deepEqual(answer.image, size, `orientation ${orientation}`)
      assertFound(answer.predictions, painted, size, 2)
      const asStored = await asked
        .useConfiguration({ disablePreprocAutoOrientation: true })
        .infer<ObjectDetectionAnswer>(image, { modelId: 'tiny-boxes/1' })
      assert.deepEqual(asStored.image, { width, height })
    }
  })

  it('reads every format that can be decoded here: with alpha, grey, in 16 bits', async () => {
    const raw = { ...size, channels: 3 } as const
    const stored = sharp(paintPixels(size.width, size.height, painted), { raw })
    const asked = client(tinyModels)
    for (const image of [
      stored.clone().png(),
      stored.clone().ensureAlpha(0.3).png(),
      stored.clone().toColourspace('rgb16').png(),
      stored.clone().webp({ lossless: true }),
      stored.clone().tiff(),
      stored.clone().gif(),
    ]) {
      const { predictions } = await asked.infer<ObjectDetectionAnswer>(await image.toBuffer(), {
        modelId: 'tiny-boxes/1',
      })
      assertFound(predictions, painted, size)
    }
    const gray = await stored.clone().toColourspace('b-w').png().toBuffer()
    const { image, predictions } = await asked.infer<ObjectDetectionAnswer>(gray, { modelId: 'tiny-boxes/1' })
    assert.deepEqual([image, predictions], [size, []])
  })

  it('takes an image of a single pixel', async () => {
    const { image, predictions } = await client(folder).infer<ObjectDetectionAnswer>(
      await plain('red', 1, 1),
      {
        modelId: 'means/1',
      },
    )
    assert.deepEqual(image, { width: 1, height: 1 })
    assert.equal(predictions[0]?.class, 'red')
  })

  it('is given images as they came, however large', async () => {
    const large = await paint(2000, 1500)
    const { image } = await client(folder).infer<ObjectDetectionAnswer>(large, { modelId: 'means/1' })
    assert.deepEqual(image, { width: 2000, height: 1500 })
    // read once by whoever asks, such as a node that also sends it on
    const loaded = LoadedImage.from(large)
    await client(folder).infer(loaded, { modelId: 'means/1' })
  })

  it('lists, loads and unloads models, and deletes nothing', async () => {
    const asked = client(folder)
    await asked.unloadAllModels()
    const ids = (registered: { models: { model_id: string }[] }) =>
      registered.models.map(({ model_id: id }) => id)
    assert.deepEqual(ids(await asked.listLoadedModels()), [])
    assert.deepEqual(await asked.loadModel('means/1'), {
      models: [
        {
          model_id: 'means/1',
          task_type: 'object-detection',
          batch_size: null,
          input_height: 8,
          input_width: 8,
          vram_bytes: null,
          request_aliases: [],
          request_paths: ['/infer/object_detection', '/means/1'],
        },
      ],
    })
    await asked.infer(await plain('red'), { modelId: 'ended/1' })
    assert.deepEqual(ids(await asked.listLoadedModels()), ['means/1', 'ended/1'])
    assert.deepEqual(ids(await asked.unloadModel('means/1')), ['ended/1'])
    assert.deepEqual(ids(await asked.unloadModel('means/1')), ['ended/1'], 'once more')
    assert.deepEqual(ids(await asked.unloadAllModels()), [])
    assert.ok(fs.existsSync(path.join(folder, 'means/1/weights.onnx')))
    await asked.infer(await plain('red'), { modelId: 'means/1' })
  })

  it('takes a model anew from its folder after it was unloaded', async () => {
    const changing = fs.mkdtempSync(path.join(folder, 'changing-'))
    fs.cpSync(path.join(folder, 'means'), path.join(changing, 'means'), { recursive: true })
    const asked = client(changing)
    const className = async () => {
      const { predictions } = await asked.infer<ObjectDetectionAnswer>(await plain('red'), {
        modelId: 'means/1',
      })
      return predictions[0]?.class
    }
    assert.equal(await className(), 'red')
    fs.writeFileSync(path.join(changing, 'means/1/class_names.txt'), 'rouge\nvert\nbleu')
    fs.writeFileSync(path.join(changing, 'means/1/weights.onnx'), meanColors())
    assert.equal(await className(), 'red')
    await asked.unloadModel('means/1')
    assert.equal(await className(), 'rouge')
  })

  it('says what it is', async () => {
    const { name, version } = await client(folder).getServerInfo()
    assert.equal(name, 'Built-in server')
    assert.match(version, /^\d+\.\d+\.\d+/)
  })

  it('works on many images at once, with several models', async () => {
    const asked = client(folder)
    const [red, blue] = [await plain('red'), await plain('blue')]
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        asked.infer<ObjectDetectionAnswer>(index % 3 ? red : blue, {
          modelId: index % 2 ? 'means/1' : 'means/2',
        }),
      ),
    )
    assert.deepEqual(
      answers.map(({ predictions }) => predictions[0]?.class),
      answers.map((_, index) => {
        const names = index % 2 ? ['red', 'blue'] : ['ripe', 'none']
        return names[index % 3 ? 0 : 1]
      }),
    )
  })

  it('goes on after it was closed, as a client of a server does', async () => {
    const asked = client(folder)
    const red = await plain('red')
    await asked.infer(red, { modelId: 'means/1' })
    await asked.close()
    assert.deepEqual(await asked.listLoadedModels(), { models: [] })
    await asked.infer(red, { modelId: 'means/1' })
  })
})
