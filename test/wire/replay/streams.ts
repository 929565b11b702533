import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { asksModel, attemptsOf, type Expected } from './expected'
import type { Image } from './images'
import { type Case, configurationOf } from './recorded'

/** One item of a stream's result: reference, shape of the frame (height, width, channels), prediction. */
export type Entry = [reference: number | string, shape: number[], prediction: unknown]

/** What our client gives for a file that is no image. */
export type Failure = [reference: string, error: { error: string }]

export const isStream = ({ call }: Case): boolean => call.method === 'infer_on_stream'

/** A file has to be looked at by ffmpeg. */
export const needsFFmpeg = (recorded: Case): boolean =>
  isStream(recorded) &&
  !filesOf(recorded) &&
  recorded.files.some((file) => existsSync(path.join(recorded.folder, file)))

interface StreamFile {
  /** Relative to the folder of the case. */
  file: string
  reference: string
  image: Image | undefined
}

/** The files that a stream over a directory takes, sorted by name; undefined where it is about a video. */
export const filesOf = (recorded: Case): StreamFile[] | undefined => {
  const { $dir: directory } = Object(recorded.call.args.input_uri) as { $dir?: string }
  if (!isStream(recorded) || directory === undefined) return undefined
  const where = path.join(recorded.folder, directory)
  if (!existsSync(where)) return undefined
  const { image_extensions_for_directory_scan: set = usual } = configurationOf(recorded)
  const endings = set as string[] | null
  return readdirSync(where, { withFileTypes: true })
    .filter((entry) => entry.isFile() && (endings === null || hasEnding(entry.name, endings)))
    .map(({ name }) => `${directory}/${name}`)
    .sort()
    .map((file) => ({ file, reference: `{{GOLDEN}}/${file}`, image: recorded.images.get(file) }))
}

const usual = ['jpg', 'jpeg', 'png']

const hasEnding = (name: string, endings: string[]): boolean =>
  endings.some((ending) => name.toLowerCase().endsWith(`.${ending.toLowerCase().replace(/^\.+/, '')}`))

export const imagesOf = (recorded: Case): StreamFile[] | undefined =>
  filesOf(recorded)?.filter(({ image }) => image?.format)

/**
 * A stream as a call for a list: of the images in the directory, or of as many frames as were asked about. What
 * holds for lists holds for streams.
 */
export const asList = (recorded: Case, { exchanges, result }: Expected): Case => {
  const { input_uri: _, ...args } = recorded.call.args
  const asked = attemptsOf(exchanges).filter(([exchange]) => asksModel(exchange)).length
  const count = Math.max(asked, Array.isArray(result) ? result.length : 0)
  const list =
    imagesOf(recorded)?.map(({ file }) => ({ $path: file })) ??
    Array.from({ length: count }, (_each, number) => ({ $ndarray: { file: `frame ${number}` } }))
  const { unordered: __, ...others } = recorded
  return { ...others, call: { method: 'infer', args: { ...args, inference_input: list } } }
}

/** Changes what is expected of a stream as if it were a list. */
export const changeAsList = (
  recorded: Case,
  expected: Expected,
  change: (list: Expected, listCase: Case) => Expected,
): Expected => {
  const entries = expected.result as (Entry | Failure)[] | undefined
  const result = entries?.filter(isEntry).map(([, , prediction]) => prediction)
  const changed = change({ ...expected, result }, asList(recorded, expected))
  if (changed.error || !Array.isArray(changed.result)) return changed
  const predictions = changed.result
  const filled = (entries ?? blankEntries(recorded, predictions.length)).map((entry) =>
    isEntry(entry) ? [entry[0], entry[1], predictions.shift()] : entry,
  )
  return { ...changed, result: filled }
}

const isEntry = (entry: Entry | Failure): entry is Entry => entry.length === 3

/** Items for predictions that the SDK does not come to give. */
const blankEntries = (recorded: Case, count: number): (Entry | Failure)[] =>
  filesOf(recorded)?.map(entryOf) ?? Array.from({ length: count }, (_, number) => [number, [], undefined])

const entryOf = ({ reference, image }: StreamFile): Entry | Failure => {
  if (!image?.format) return [reference, { error: 'EncodingError' }]
  const { width, height } = image.upright
  return [reference, [height, width, 3], undefined]
}
