import type { NodeAPI } from 'node-red'
import { countClasses, type InferenceAnswer } from '../../src/index'
import { asBuffers, imageInput } from '../shared/image-input'
import { inferenceNode } from '../shared/inference-node'
import { textInput } from '../shared/typed-input'
import { annotationsOf } from './annotations'

export = (RED: NodeAPI) =>
  inferenceNode(RED, 'roboflow-infer', {
    inputs: { image: imageInput(), model: textInput() },

    configuration: {
      confidence: 'confidenceThreshold',
      overlap: 'iouThreshold',
      maxDetections: 'maxDetections',
      classFilter: 'classFilter',
      imagesPerRequest: 'maxBatchSize',
    },

    call: (client, { image, model }, options) =>
      client.infer<InferenceAnswer>(image, { modelId: model, ...options }),

    output: (answer, { image }, { configuration, properties }) => ({
      payload: answer,
      image: asBuffers(image, answer, configuration.disablePreprocAutoOrientation !== true),
      counts: countClasses(answer, configuration.classFilter ?? []),
      ...(properties.annotations
        ? { annotations: Array.isArray(answer) ? answer.map(annotationsOf) : annotationsOf(answer) }
        : {}),
    }),
  })
