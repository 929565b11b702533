import type { NodeAPI } from 'node-red'
import type { GazeAnswer } from '../../src/index'
import { imagesInput } from '../shared/image-input'
import { inferenceNode } from '../shared/inference-node'

export = (RED: NodeAPI) =>
  inferenceNode(RED, 'roboflow-gaze', {
    inputs: { image: imagesInput() },

    call: (client, { image }, options): Promise<GazeAnswer | GazeAnswer[]> =>
      client.detectGazes(image, options),
  })
