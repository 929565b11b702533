import assert from 'node:assert/strict'
import { familyOf } from '../../../src/built-in/heads/families'
import { modelInput, type Preprocessing, placedInImage } from '../../../src/built-in/preprocessing'
import { rgbImage } from '../../../src/built-in/rgb-image'
import { picture, recorded, stepsOf } from './reference/recorded'

const size = { width: 9, height: 7 }
const nothing = { staticCrop: false, grayscale: false, contrast: false }
const yolo = familyOf('yolo').input

describe('the pre-processing of the built-in server', () => {
  for (const { name, picture: made, input, boxes } of recorded.inputs) {
    const [, width, height] = made
    it(`is that of the default engine: ${name}, ${width} × ${height}`, () => {
      const isNormalized = name.startsWith('rf-detr')
      const kind = isNormalized ? familyOf('rf-detr').input : yolo
      const steps = stepsOf[name] ?? assert.fail(name)
      const { data, placement } = modelInput(picture(...made), steps, nothing, size, kind)
      // by its detour over other colours, the engine loses a level here and there
      const tolerance = isNormalized ? 1e-5 : name === 'adaptive equalization' ? 1 : 0
      const seen = isNormalized ? [...data] : Array.from(data, (value) => Math.round(value * 255))
      assert.equal(seen.length, input.length)
      const differing = seen.flatMap((value, index) => {
        const expected = input[index] as number
        return Math.abs(value - expected) > tolerance ? [`${index}: ${value} ${expected}`] : []
      })
      assert.deepEqual(differing, [])
      // the engine records boxes of RF-DETR in the same way, and its frame is the one before stretching
      const corners = [
        [-3, 0.4, 7.26, 9.9],
        [2, 3, 15.5, 40],
      ] as const
      assert.deepEqual(
        corners.map((box) => placedInImage(box, placement)),
        boxes,
      )
    })
  }

  it('leaves out the steps that a request does not want', () => {
    const image = picture(1, 40, 24)
    const all = stepsOf['all at once'] as Preprocessing
    const leftOut = { staticCrop: true, grayscale: true, contrast: true }
    assert.deepEqual(
      modelInput(image, all, leftOut, size, yolo),
      modelInput(image, stepsOf['letterbox black'] as Preprocessing, nothing, size, yolo),
    )
  })

  it('leaves a pixel of an image that is too small for the static crop', () => {
    const { placement } = modelInput(
      rgbImage(1, 1),
      stepsOf['static crop'] as Preprocessing,
      nothing,
      size,
      yolo,
    )
    assert.deepEqual(placedInImage([0, 0, 9, 7], placement), [0, 0, 1, 1])
  })

  it('leaves a row of an image that is much wider than the model', () => {
    const steps = stepsOf['letterbox white'] as Preprocessing
    const { data } = modelInput(rgbImage(1000, 2), steps, nothing, size, yolo)
    assert.equal(data.filter((value) => value === 0).length, 9 * 3, 'one row of black, the edges are white')
  })
})
