import type { NodeAPI } from 'node-red'
import { imageInput } from '../shared/image-input'
import { inferenceNode } from '../shared/inference-node'
import { listInput, required, textInput } from '../shared/inputs'

/** What was said before: pairs of question and answer. */
type ChatHistory = [prompt: string, response: string][]

export = (RED: NodeAPI) =>
  inferenceNode(RED, 'roboflow-cogvlm', {
    inputs: { image: imageInput(), question: required(textInput()), history: listInput() },

    call: (client, { image, question, history }, options) =>
      client.promptCogvlm(image, question, { chatHistory: history as ChatHistory | undefined, ...options }),

    // the next question may go on from here
    output: ({ response }, { question, history }) => ({
      history: [...(history ?? []), [question, response]],
    }),
  })
