import type { NodeAPI } from 'node-red'
import { type DrawableAnswer, type DrawOptions, drawPredictions, forEachImage } from '../../src/index'
import { answerInput } from '../shared/answer-input'
import type { Properties } from '../shared/evaluate'
import { imagesInput } from '../shared/image-input'
import { numberInput, objectInput, textsInput } from '../shared/inputs'
import { messageNode } from '../shared/message-node'
import { pairsOf } from '../shared/pairs'

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

    preview: ({ payload }) => ({ image: payload }),

    async work({ picture, predictions, ...typedIn }, { properties, signal, status }) {
      const options: DrawOptions = {
        ...chosenIn(properties),
        ...(typedIn as DrawOptions),
        onMissingFont: (name) => status.missingFont(name),
        signal,
      }
      const drawings = await forEachImage(
        pairsOf(picture, predictions),
        ({ image, answer }) => drawPredictions(image, answer as unknown as DrawableAnswer, options),
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
