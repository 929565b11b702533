import path from 'node:path'
import sharp from 'sharp'
import {
  type DrawableAnswer,
  type DrawOptions,
  drawPredictions,
  InferenceHTTPClient,
  type ObjectDetectionAnswer,
} from '../../../src/index'
import { assertAlike, assertLooksLike } from '../../support/compare-pictures'
import { paint } from '../../support/images'
import * as answers from './answers'
import { maskAnswer } from './masks'

/** The reference pictures: each was looked at when it was made. */
const picture = (name: string) => path.join(__dirname, 'pictures', `${name}.png`)

const { width, height } = answers.size

describe('a drawing of', () => {
  let image: Buffer
  before(async () => {
    image = await paint(width, height, [
      { x: 80, y: 90, width: 100, height: 80, color: 'red' },
      { x: 230, y: 120, width: 80, height: 120, color: 'blue' },
    ])
  })

  const kinds: [name: string, answer: DrawableAnswer, options?: DrawOptions][] = [
    ['boxes', answers.boxes],
    [
      'boxes-in-own-colours',
      answers.boxes,
      { colours: { person: 'white', forklift: '#ff8800' }, lineWidth: 6, textSize: 20 },
    ],
    ['boxes-alone', answers.boxes, { labels: false, confidence: false }],
    ['confidence-alone', answers.boxes, { labels: false, boxes: false }],
    ['polygons', answers.polygons],
    ['masks', maskAnswer],
    ['outlines', answers.polygons, { maskOpacity: 0, boxes: false, labels: false, confidence: false }],
    ['pose', answers.pose],
    ['corners', answers.corners],
    ['one-label', answers.oneLabel],
    ['several-labels', answers.severalLabels],
    ['texts', answers.texts],
    ['words', answers.words],
    ['gazes', answers.gazes],
  ]

  for (const [name, answer, options] of kinds) {
    it(name, async () => {
      await assertLooksLike(
        await drawPredictions(image, answer, { ...options, format: 'png' }),
        picture(name),
      )
    })

    it(`${name} is the same as an overlay over the image`, async () => {
      const overlay = await drawPredictions(image, answer, { ...options, format: 'svg' })
      const composed = await sharp(image)
        .composite([{ input: Buffer.from(overlay) }])
        .png()
        .toBuffer()
      await assertAlike(
        composed,
        await drawPredictions(image, answer, { ...options, format: 'png' }),
        name,
        0.012,
      )
    })
  }

  it('the demo, as the README shows it', async () => {
    const picture = path.join(__dirname, '../../../demo/pictures/parts.jpg')
    const client = new InferenceHTTPClient({ apiUrl: 'built-in:' })
    const answer = await client.infer<ObjectDetectionAnswer>(picture, { modelId: 'conveyor-parts/1' })
    await client.close()
    const drawing = await drawPredictions(picture, answer)
    await assertLooksLike(drawing, path.join(__dirname, '../../../docs/pictures/drawn.png'))
  })
})
