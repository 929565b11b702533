import { InvalidModelIdentifier, ModelNotSelectedError } from '../../errors'
import { sentence } from '../../sentence'
import type { ClientContext } from './context'

// First pieces of the server's own routes: as a model id they would reach something else.
const routes = new Set(
  (
    'model infer clip workflows inference_pipelines doctr ocr easy_ocr gaze llm sam sam2 sam3 sam3_3d owlv2 ' +
    'yolo_world grounding_dino perception_encoder notebook start build device info healthz readiness metrics ' +
    'docs redoc openapi.json logs clear_cache static initialise_webrtc_worker webrtc'
  ).split(' '),
)

/** Longer ones would not fit into the path of a request. */
const longest = 1024

const expected = sentence`It looks like cars/3: the project, a slash, the version.`

/** Whether this first piece of a path is one of the server's own. */
export const isServerRoute = (piece: string): boolean => routes.has(piece.toLowerCase())

/** Returns a model id as a body may hold it; throws `InvalidModelIdentifier`. */
export const checkedModelId = (modelId: string): string => {
  if (modelId.length > longest)
    throw new InvalidModelIdentifier(sentence`A model id of ${modelId.length} letters is none.`, expected)
  const id = modelId.trim()
  const pieces = id.split('/')
  const odd = pieces.some(
    (piece) => piece === '' || piece === '.' || piece === '..' || /[\s?#\\%]|\p{Cc}/u.test(piece),
  )
  if (odd) {
    throw new InvalidModelIdentifier(
      sentence`${JSON.stringify(modelId.slice(0, 80))} is no model id.`,
      expected,
    )
  }
  return id
}

/** The model of a call, else the client's selected one; throws `ModelNotSelectedError`. */
export const chosenModel = ({ selectedModel }: ClientContext, modelId: string | undefined): string => {
  const chosen: unknown = modelId || selectedModel
  if (!chosen) throw new ModelNotSelectedError()
  if (typeof chosen !== 'string') throw new InvalidModelIdentifier(sentence`A model id is a text.`, expected)
  // blanks alone are an id, and a wrong one
  return chosen.trim() || chosen
}

/** The two pieces of an id, as the path of API v0 takes them: `model/clear` would reach something else than a model. */
export const projectAndVersion = (modelId: string): [project: string, version: string] => {
  const pieces = checkedModelId(modelId).split('/')
  const [project = '', version = ''] = pieces
  if (pieces.length !== 2 || isServerRoute(project)) {
    throw new InvalidModelIdentifier(sentence`${JSON.stringify(modelId)} is no model id of API v0.`, expected)
  }
  return [project, version]
}
