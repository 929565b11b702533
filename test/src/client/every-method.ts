import type { ImageReference, InferenceHTTPClient, RequestOptions } from '../../../src/index'
import type { StubServer } from '../../support/stub-server'

export interface Method {
  /** As it is called on the client. */
  name: string
  /** What it asks. */
  path: string
  /** What a server answers there. */
  answer: unknown
  /** Where API v0 has the same. */
  isInV0: boolean
  call(client: InferenceHTTPClient, options?: RequestOptions, image?: ImageReference): Promise<unknown>
}

export const vector = { frame_id: null, time: 0.01, embeddings: [[0.6, 0.8]] }
export const similarity = { frame_id: null, time: 0.01, similarity: [0.25] }
export const read = { result: 'A', time: 0.01 }
export const gazes = [{ predictions: [], time: 0.01, time_face_det: 0.004, time_gaze_det: 0.006 }]
export const said = { response: 'A car.', time: 0.01 }
export const ran = { outputs: [{ count: 2 }], profiler_trace: [] }
export const described = { inputs: {}, outputs: {}, typing_hints: {}, kinds_schemas: {} }
export const left = { models: [{ model_id: 'cars/3', task_type: 'object-detection' }] }

export const saved = { workspaceName: 'tiny', workflowId: 'tiny-count' }
export const specification = { version: '1.0', inputs: [], steps: [], outputs: [] }

// bytes of a GIF: small, and nothing has to be painted first
export const tinyImage = Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64')

/** Those that send images. */
export const aboutImages: Method[] = [
  {
    name: 'getClipImageEmbeddings',
    path: '/clip/embed_image',
    answer: vector,
    isInV0: true,
    call: (client, options, image = tinyImage) => client.getClipImageEmbeddings(image, options),
  },
  {
    name: 'clipCompare',
    path: '/clip/compare',
    answer: similarity,
    isInV0: true,
    call: (client, options, image = tinyImage) => client.clipCompare(image, 'a car', options),
  },
  {
    name: 'ocrImage',
    path: '/doctr/ocr',
    answer: read,
    isInV0: true,
    call: (client, options, image = tinyImage) => client.ocrImage(image, options),
  },
  {
    name: 'detectGazes',
    path: '/gaze/gaze_detection',
    answer: gazes,
    isInV0: false,
    call: (client, options, image = tinyImage) => client.detectGazes(image, options),
  },
  {
    name: 'promptCogvlm',
    path: '/llm/cogvlm',
    answer: said,
    isInV0: false,
    call: (client, options, image = tinyImage) => client.promptCogvlm(image, 'What is it?', options),
  },
  {
    name: 'runWorkflow',
    path: '/tiny/workflows/tiny-count',
    answer: ran,
    isInV0: true,
    call: (client, options, image = tinyImage) =>
      client.runWorkflow({ ...saved, images: { image }, ...options }),
  },
  {
    name: 'inferFromWorkflow',
    path: '/infer/workflows',
    answer: ran,
    isInV0: true,
    call: (client, options, image = tinyImage) =>
      client.inferFromWorkflow({ specification, images: { image }, ...options }),
  },
]

/** Core models: their routes take the key in the query in API v0. */
export const coreModels = [
  ...aboutImages.filter(({ name }) => /clip|ocr|gaze|cogvlm/i.test(name)),
  {
    name: 'getClipTextEmbeddings',
    path: '/clip/embed_text',
    answer: vector,
    isInV0: true,
    call: (client, options) => client.getClipTextEmbeddings('a car', options),
  },
] satisfies Method[]

const others: Method[] = [
  ...coreModels.filter(({ name }) => name === 'getClipTextEmbeddings'),
  {
    name: 'describeWorkflowInterface',
    path: '/tiny/workflows/tiny-count/describe_interface',
    answer: described,
    isInV0: true,
    call: (client, options) => client.describeWorkflowInterface({ ...saved, ...options }),
  },
  {
    name: 'validateWorkflow',
    path: '/workflows/validate',
    answer: { status: 'ok' },
    isInV0: true,
    call: (client, options) => client.validateWorkflow(specification, options),
  },
  {
    name: 'unloadModel',
    path: '/model/remove',
    answer: left,
    isInV0: false,
    call: (client, options) => client.unloadModel('cars/3', options),
  },
  {
    name: 'unloadAllModels',
    path: '/model/clear',
    answer: { models: [] },
    isInV0: false,
    call: (client, options) => client.unloadAllModels(options),
  },
  {
    name: 'getServerInfo',
    path: '/info',
    answer: { name: 'Stub Server', version: '0.37.1', uuid: 'stub' },
    isInV0: true,
    call: (client, options) => client.getServerInfo(options),
  },
]

/** Every method that is about something else than inference with one's own models. */
export const everyMethod: Method[] = [...aboutImages, ...others]

/** A server that has all of it: of a version that still knows gaze detection and CogVLM. */
export const answerAll = (stub: StubServer): void => {
  stub.answer = ({ path }) => {
    const method = everyMethod.find((candidate) => candidate.path === path)
    return method && { json: structuredClone(method.answer) }
  }
}
