import type { NodeAPI } from 'node-red'
import { type CropOptions, cropPredictions, type InferenceAnswer } from '../../src/index'
import { answerInput } from '../shared/answer-input'
import { imagesInput } from '../shared/image-input'
import { choiceInput, numberInput, textsInput } from '../shared/inputs'
import { messageNode } from '../shared/message-node'
import { pairsOf } from '../shared/pairs'

export = (RED: NodeAPI) =>
  messageNode(RED, 'roboflow-crop', {
    inputs: {
      answer: answerInput(),
      cutFrom: imagesInput(),
      classes: textsInput(),
      padding: numberInput(),
      paddingUnit: choiceInput(['percent', 'pixels']),
      minSize: numberInput(),
      maxCount: numberInput(),
      maxSide: numberInput(),
      format: choiceInput(['jpeg', 'png']),
    },

    outputs: ({ emptyOutput }) => (emptyOutput ? 2 : 1),

    async work({ answer, cutFrom, padding = 0, paddingUnit, ...limits }, { msg, properties, signal }) {
      const isPercent = paddingUnit === 'percent'
      const options: CropOptions = {
        ...limits,
        padding: isPercent ? padding / 100 : padding,
        paddingUnit: isPercent ? 'fraction' : 'pixels',
        signal,
      }
      const messages: object[] = []
      for (const { image, answer: about } of pairsOf(cutFrom, answer)) {
        const cutOuts = await cropPredictions(image, about as unknown as InferenceAnswer, options)
        for (const { image: payload, prediction } of cutOuts)
          messages.push({ payload, prediction, image: image.bytes })
      }
      if (messages.length === 0) return properties.emptyOutput ? [{ output: 1, message: {} }] : []
      const { parts } = msg
      const sequence = {
        id: RED.util.generateId(),
        type: 'array',
        count: messages.length,
        // as core's split keeps those that it splits again
        ...(parts === undefined ? {} : { parts }),
      }
      return messages.map((message, index) => ({
        output: 0,
        message: { ...message, parts: { ...sequence, index } },
      }))
    },
  })
