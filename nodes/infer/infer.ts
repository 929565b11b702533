import type { NodeAPI } from 'node-red'
import { countClasses, type InferenceAnswer } from '../../src/index'
import { annotationsOf } from '../shared/annotations'
import { imagesInput } from '../shared/image-input'
import { inferenceNode } from '../shared/inference-node'
import { textInput } from '../shared/inputs'

export = (RED: NodeAPI) =>
  inferenceNode(RED, 'roboflow-infer', {
    inputs: { image: imagesInput(), model: textInput() },

    configuration: {
      confidence: 'confidenceThreshold',
      overlap: 'iouThreshold',
      maxDetections: 'maxDetections',
      classFilter: 'classFilter',
      imagesPerRequest: 'maxBatchSize',
    },

    call: (client, { image, model }, options): Promise<InferenceAnswer | InferenceAnswer[]> =>
      client.infer<InferenceAnswer>(image, { modelId: model, ...options }),

    output: (answer, _inputs, { configuration, properties }) => ({
      counts: countClasses(answer, configuration.classFilter ?? []),
      ...(properties.annotations ? { annotations: annotationsOf(answer) } : {}),
    }),
  })
