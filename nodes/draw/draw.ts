import type { NodeAPI } from 'node-red'
import {
  type DrawableAnswer,
  type DrawOptions,
  drawPredictions,
  forEachImage,
  InvalidParameterError,
  type LoadedImage,
  sentence,
} from '../../src/index'
import { type Answer, answerInput } from '../shared/answer-input'
import type { Properties } from '../shared/evaluate'
import { type Images, imagesInput } from '../shared/image-input'
import { numberInput, objectInput, textsInput } from '../shared/inputs'
import { messageNode } from '../shared/message-node'

export = (RED: NodeAPI) =>
  messageNode(RED, 'roboflow-draw', {
    inputs: {
      picture: imagesInput(),
      predictions: answerInput(),
      hiddenClasses: textsInput(),
      colours: objectInput(),
      lineWidth: numberInput(),
      textSize: numberInput(),
    },

    async work({ picture, predictions, ...typedIn }, { properties, signal, status }) {
      const options: DrawOptions = {
        ...chosenIn(properties),
        ...(typedIn as DrawOptions),
        onMissingFont: (name) => status.missingFont(name),
        signal,
      }
      const drawings = await forEachImage(
        pairsOf(picture, predictions),
        ([image, answer]) => drawPredictions(image, answer as unknown as DrawableAnswer, options),
        signal,
      )
      return { payload: Array.isArray(picture) ? drawings : drawings[0], predictions }
    },
  })

/** What the dialog has no other source for than itself; a tick box that a flow has not saved is ticked. */
const chosenIn = ({ format, quality, hide, maskOpacity, ...ticks }: Properties): DrawOptions => ({
  format: format as DrawOptions['format'],
  quality: numberOf(quality),
  hide: (hide === 'none' ? undefined : hide) as DrawOptions['hide'],
  maskOpacity: numberOf(maskOpacity),
  boxes: ticks.boxes !== false,
  labels: ticks.labels !== false,
  confidence: ticks.confidence !== false,
  masks: ticks.masks !== false,
  keypoints: ticks.keypoints !== false,
})

const numberOf = (value: unknown): number | undefined =>
  String(value ?? '').trim() === '' ? undefined : Number(value)

/** Each image with its own answer, of a batch or of one. */
const pairsOf = (images: Images, answers: Answer | Answer[]): [LoadedImage, Answer][] => {
  const [imageList, answerList] = [[images].flat(), [answers].flat()]
  if (Array.isArray(images) === Array.isArray(answers) && imageList.length === answerList.length)
    return imageList.map((image, index) => [image, answerList[index] as Answer])
  throw new InvalidParameterError(
    sentence`Images and answers do not match: here are ${imageList.length} and ${answerList.length}.`,
    sentence`An image needs one answer, a list of images a list of as many.`,
  )
}
