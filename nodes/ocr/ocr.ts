import type { NodeAPI } from 'node-red'
import type { OcrAnswer, OcrModel, OcrOptions } from '../../src/index'
import type { Properties } from '../shared/evaluate'
import { imagesInput } from '../shared/image-input'
import { inferenceNode } from '../shared/inference-node'
import { textInput, textsInput } from '../shared/inputs'

export = (RED: NodeAPI) =>
  inferenceNode(RED, 'roboflow-ocr', {
    inputs: { image: imagesInput(), engineVersion: textInput(), languages: textsInput() },

    call: (
      client,
      { image, engineVersion, languages },
      options,
      properties,
    ): Promise<OcrAnswer | OcrAnswer[]> =>
      client.ocrImage(image, { version: engineVersion, ...optionsOf(properties, languages), ...options }),
  })

/** Each engine has options of its own: what the dialog keeps for another one takes no part. */
const optionsOf = ({ engine, boxes, quantize }: Properties, languages: string[] | undefined): OcrOptions => {
  const model = (engine as OcrModel | undefined) ?? 'doctr'
  const isEasy = model === 'easy_ocr'
  return {
    model,
    generateBoundingBoxes: (boxes === true && (isEasy || model === 'doctr')) || undefined,
    quantize: (quantize === true && isEasy) || undefined,
    languageCodes: isEasy && languages?.length ? languages : undefined,
  }
}
