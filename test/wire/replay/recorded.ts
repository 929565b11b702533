import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { type Image, readImage } from './images'

/** An image in a request, as it was recorded. */
export interface ImageFacts {
  width: number | null
  height: number | null
  format: string | null
  sha256?: string
  /** The file whose bytes were sent untouched; else the image was encoded, and no other encoder gives its bytes. */
  sameBytesAs?: string
  /** EXIF orientation, 1 to 8; undefined: whatever it is. */
  orientation?: number
  /** Mean colours of 4 × 4 areas. */
  meanRgbGrid?: number[][][] | undefined
  /** The colours are those before encoding, which changes them a little. */
  isComputed?: boolean
}

export type Body =
  | { kind: 'empty' }
  | { kind: 'json'; json: unknown }
  | { kind: 'base64'; image: ImageFacts }
  | { kind: 'text'; text: string }
  /** Nothing is known but the images it carries. */
  | { kind: 'images'; images: ImageFacts[] }

/** What is undefined is not compared. */
export interface WireRequest {
  /** The client downloads an image. */
  kind?: 'imageFetch'
  method: string
  path?: string | undefined
  query?: [name: string, value: string][] | undefined
  headers?: Record<string, string> | undefined
  body: Body
}

export type WireResponse =
  /** The connection is closed without an answer. */
  | { action: 'drop' }
  | {
      action?: undefined
      status: number
      headers: Record<string, string>
      json?: unknown
      text?: string
      bodyBase64?: string
    }

export interface WireError {
  class: string
  statusCode?: number
  apiMessage?: unknown
}

export interface Call {
  method: string
  args: Record<string, unknown>
}

export type Configuration = Record<string, unknown>

/** One call of the Python SDK: what went over the wire, and what came of it. */
export interface RecordedCase {
  id: string
  mode: 'v0' | 'v1'
  unordered?: boolean
  maxInFlight?: number
  client: {
    apiUrl: string
    mode: 'v0' | 'v1'
    apiKey: string | null
    selectedModel: string | null
    config: Configuration
  }
  contextVars?: unknown
  env?: unknown
  setup?: Call[]
  call: Call
  files: string[]
  result?: unknown
  error?: WireError
  requests: WireRequest[]
  responses: WireResponse[]
  stateAfter: { clientMode?: string; selectedModel?: string | null }
}

export interface Case extends RecordedCase {
  /** Where images, directories and videos lie. */
  folder: string
  /** The version of the SDK. */
  sdk: string
  /** What is known of the files it names; those that exist. */
  images: ReadonlyMap<string, Image>
}

/** Reads a file of recorded cases and looks at the images beside it. */
export const readCases = async (file: string): Promise<Case[]> => {
  const { sdk = '', cases = [] } = JSON.parse(readFileSync(file, 'utf8')) as {
    sdk?: string
    cases?: RecordedCase[]
  }
  const folder = path.dirname(path.resolve(file))
  const names = new Set(cases.flatMap(({ files = [] }) => files).flatMap((name) => filesAt(folder, name)))
  const images = new Map<string, Image>()
  for (const name of names) {
    const where = path.join(folder, name)
    if (/^(images|dirs)\//.test(name) && existsSync(where)) images.set(name, await readImage(where))
  }
  const [version = ''] = /\d+\.\d+\.\d+/.exec(sdk) ?? []
  return cases.map((recorded) => ({ ...recorded, folder, sdk: version, images }))
}

/** A file, or those of a directory. */
const filesAt = (folder: string, name: string): string[] => {
  const where = path.join(folder, name)
  if (!statSync(where, { throwIfNoEntry: false })?.isDirectory()) return [name]
  const entries = readdirSync(where, { withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => `${name}/${entry.name}`)
}

/** The configuration that holds during the call, the SDK's default for downsizing filled in. */
export const configurationOf = (recorded: Case): Configuration => {
  const changes = (recorded.setup ?? []).filter(({ method }) =>
    /^(use_configuration|configure)$/.test(method),
  )
  const last = changes.at(-1)?.args.inference_configuration
  return withItsDefault(recorded, (last as Configuration) ?? recorded.client.config)
}

/** Versions before 0.16 (August 2024) shrink images unless told otherwise; later ones only when asked to. */
export const isBefore016 = ({ sdk }: Case): boolean => /^0\.([0-9]|1[0-5])\./.test(sdk)

export const withItsDefault = (recorded: Case, configuration: Configuration): Configuration => ({
  client_downsizing_disabled: !isBefore016(recorded),
  ...configuration,
})

/** The mode during the call. */
export const modeOf = ({ setup = [], client, call }: Case): 'v0' | 'v1' => {
  if (/_api_v[01]$/.test(call.method)) return call.method.endsWith('v0') ? 'v0' : 'v1'
  const changed = setup.filter(({ method }) => /^(use|select)_api_v[01]$/.test(method)).at(-1)
  return changed ? (changed.method.endsWith('v0') ? 'v0' : 'v1') : client.mode
}
