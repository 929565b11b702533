import type { NodeAPI } from 'node-red'
import { imageOrTextInput, imagesOr } from '../shared/image-input'
import { inferenceNode } from '../shared/inference-node'
import { required, textInput } from '../shared/inputs'
import { bestOf, type Prompts, promptsInput, typedPrompts } from './prompts'

export = (RED: NodeAPI) =>
  inferenceNode(RED, 'roboflow-clip-compare', {
    inputs: {
      subject: imageOrTextInput(),
      prompts: imagesOr<Prompts>(required(promptsInput())),
      clipVersion: textInput(),
    },

    // a classifier by words
    outputs: (properties) => typedPrompts(properties)?.length ?? 1,

    call: (client, { subject, prompts, clipVersion }, options, { subjectKind, promptsKind }) =>
      client.clipCompare(subject, prompts, {
        subjectType: subjectKind === 'text' ? 'text' : 'image',
        promptType: promptsKind === 'image' ? 'image' : 'text',
        clipVersion,
        ...options,
      }),

    output({ similarity }, { prompts }, { properties }) {
      const best = bestOf(similarity, prompts)
      return typedPrompts(properties) && best ? [{ output: best.index, message: { best } }] : { best }
    },
  })
