import { EncodedImage, type RequestBody } from '../http/body'
import type { DetectOptions } from './model'
import { Problem } from './problems'

type Fields = Readonly<Record<string, unknown>>

/** What a request asks for: the images, how they are decoded, and what is wanted of them. */
export interface DetectRequest {
  images: Buffer[]
  /** Whether `images` was a list: then so is the answer. */
  isList: boolean
  upright: boolean
  options: DetectOptions
}

/** The JSON of a request; empty where there is none. */
export const fieldsOf = (body: RequestBody | undefined): Fields => {
  const json = body && 'json' in body ? body.json : undefined
  return typeof json === 'object' && json !== null ? (json as Fields) : {}
}

export const modelIdIn = (fields: Fields): string => {
  const { model_id: id } = fields
  if (typeof id === 'string' && id !== '') return id
  throw new Problem('badOption', 'model_id', shown(id))
}

/** `POST /infer/object_detection`. */
export const requestOfV1 = (fields: Fields): DetectRequest => {
  if (fields.visualize_predictions === true) throw new Problem('noDrawing')
  const isList = Array.isArray(fields.image)
  const images: unknown[] = isList ? (fields.image as unknown[]) : [fields.image]
  return {
    images: images.map((image) => bytesOf((image as Fields | undefined)?.value)),
    isList,
    upright: fields.disable_preproc_auto_orient !== true,
    options: optionsIn(fields, (name) => numberIn(fields, name)),
  }
}

/** `POST /{project}/{version}`: options in the query, numbers above 1 as percent. */
export const requestOfV0 = (query: URLSearchParams, body: RequestBody | undefined): DetectRequest => {
  const flags = [...query].map(([name, value]) => [name, value.toLowerCase() === 'true' ? true : value])
  const fields: Fields = {
    ...Object.fromEntries(flags),
    iou_threshold: query.get('overlap') ?? undefined,
    class_filter: query
      .get('class_filter')
      ?.split(',')
      .map((name) => name.trim()),
  }
  if (/image/.test(query.get('format') ?? '')) throw new Problem('noDrawing')
  const fraction = (name: string) => {
    const number = numberIn(fields, name)
    return number !== undefined && number >= 1 && name !== 'max_detections' ? number / 100 : number
  }
  return {
    images: [bytesOf(body && 'base64' in body ? body.base64 : undefined)],
    isList: false,
    upright: fields.disable_preproc_auto_orient !== true,
    options: optionsIn(fields, fraction),
  }
}

const optionsIn = (fields: Fields, number: (name: string) => number | undefined): DetectOptions => ({
  confidence: number('confidence') ?? 0.4,
  iouThreshold: number('iou_threshold') ?? 0.3,
  maxDetections: number('max_detections') ?? 300,
  classAgnostic: fields.class_agnostic_nms === true,
  classFilter: Array.isArray(fields.class_filter) ? fields.class_filter.map(String) : [],
  leftOut: {
    staticCrop: fields.disable_preproc_static_crop === true,
    grayscale: fields.disable_preproc_grayscale === true,
    contrast: fields.disable_preproc_contrast === true,
  },
})

/** `best` and `default` are the default: no model of a folder brings thresholds of its own. */
const numberIn = (fields: Fields, name: string): number | undefined => {
  const value = fields[name]
  if (value === undefined || value === null || value === 'best' || value === 'default') return undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new Problem('badOption', name, shown(value))
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 80)

const bytesOf = (value: unknown): Buffer => {
  if (value instanceof EncodedImage) {
    const { buffer, byteOffset, byteLength } = value.bytes
    return Buffer.from(buffer, byteOffset, byteLength)
  }
  if (typeof value === 'string') return Buffer.from(value, 'base64')
  throw new Problem('badOption', 'image', shown(value))
}
