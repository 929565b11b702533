import type { NodeAPI } from 'node-red'
import type { ClipEmbeddings } from '../../src/index'
import { imagesOrTextsInput } from '../shared/image-input'
import { inferenceNode } from '../shared/inference-node'
import { textInput } from '../shared/inputs'

export = (RED: NodeAPI) =>
  inferenceNode(RED, 'roboflow-clip-embed', {
    inputs: { input: imagesOrTextsInput(), clipVersion: textInput() },

    configuration: { imagesPerRequest: 'maxBatchSize' },

    async call(client, { input, clipVersion }, options): Promise<ClipEmbeddings | ClipEmbeddings[]> {
      const call = { clipVersion, ...options }
      return isTexts(input)
        ? client.getClipTextEmbeddings(input, call)
        : client.getClipImageEmbeddings(input, call)
    },

    output(answer, { input }, { properties: { give } }) {
      if (give === 'answer') return {}
      const vectors = [answer].flat().flatMap(({ embeddings }) => embeddings)
      const given = give === 'float32' ? vectors.map((vector) => Float32Array.from(vector)) : vectors
      return { payload: Array.isArray(input) ? given : given[0] }
    },
  })

const isTexts = <Images>(input: Images | string | string[]): input is string | string[] =>
  typeof (Array.isArray(input) ? input[0] : input) === 'string'
