import { kindOf } from '../configuration/value-types'
import { InvalidParameterError } from '../errors'
import type { RequestOptions } from '../http/requester'
import type { OcrAnswer } from '../predictions/answers'
import { sentence } from '../sentence'
import { requestOptions } from './options'
import type { Kinds } from './shared/check-options'
import type { ClientContext } from './shared/context'
import { answerWith, askAboutImages } from './shared/core-models'
import type { Images } from './shared/in-batches'

const routes = {
  doctr: '/doctr/ocr',
  trocr: '/ocr/trocr',
  easy_ocr: '/easy_ocr/ocr',
  pp_ocr: '/ocr/pp-ocr',
} as const

export type OcrModel = keyof typeof routes

export interface OcrOptions extends RequestOptions {
  /** doctr */
  model?: OcrModel | undefined
  /** Which version of that model; else the server's own choice. */
  version?: string | undefined
  /** easy_ocr: smaller numbers, faster on a CPU. */
  quantize?: boolean | undefined
  /** doctr, easy_ocr: the boxes of words as well. */
  generateBoundingBoxes?: boolean | undefined
  /** easy_ocr: such as `['en', 'fr']`. */
  languageCodes?: readonly string[] | undefined
}

export const ocrOptions: Kinds<OcrOptions> = {
  model: 'anything',
  version: 'text',
  quantize: 'flag',
  generateBoundingBoxes: 'flag',
  languageCodes: 'texts',
  ...requestOptions,
}

/** `POST /doctr/ocr`, `/ocr/trocr`, `/easy_ocr/ocr` or `/ocr/pp-ocr`: reads text, one image per request. */
export const ocrImage = async (
  context: ClientContext,
  images: Images,
  {
    model: written = 'doctr',
    version,
    quantize,
    generateBoundingBoxes,
    languageCodes,
    ...options
  }: OcrOptions,
): Promise<OcrAnswer | OcrAnswer[]> => {
  const model = checkedModel(written)
  const fields = {
    [`${model}_version_id`]: version || undefined,
    quantize,
    generate_bounding_boxes: generateBoundingBoxes,
    language_codes: languageCodes,
  }
  return askAboutImages(context, images, { path: routes[model], fields, options }, (answer) => [
    answerWith<OcrAnswer>(answer, 'result'),
  ])
}

const checkedModel = (written: unknown): OcrModel => {
  const model = typeof written === 'string' ? written.toLowerCase() : ''
  if (Object.hasOwn(routes, model)) return model as OcrModel
  throw new InvalidParameterError(
    sentence`There is no OCR model ${kindOf(written)}, only ${Object.keys(routes).join(', ')}.`,
  )
}
