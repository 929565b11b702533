import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { cancellable } from '../concurrency/cancellable'
import { mapInOrder } from '../concurrency/map-in-order'
import { settingOf } from '../configuration/configuration'
import { HTTPClientError, InvalidInputFormatError, VideoNotReadableError } from '../errors'
import { filesIn } from '../frames/directory'
import { isMjpeg, readMjpeg } from '../frames/read-mjpeg'
import { openVideo } from '../frames/video'
import { fileSource, urlSource, type VideoSource } from '../frames/video-source'
import { isUrl } from '../http/urls'
import { downsizedSize, type PreparedImage } from '../images/downsizing'
import { type LoadOptions, loadReference } from '../images/load-image'
import { LoadedImage } from '../images/loaded-image'
import { sentence } from '../sentence'
import { ask, prepare, routeOf } from './infer'
import { type InferOptions, inferOptions } from './options'
import { checkedOptions, type Kinds } from './shared/check-options'
import type { ClientContext } from './shared/context'
import type { InferenceRoute } from './shared/inference-route'

export interface StreamOptions extends InferOptions {
  /** What an error of the API does: end the stream (`throw`), or take the place of the prediction (`yield`). */
  onError?: 'throw' | 'yield' | undefined
  /** Where ffmpeg lies; else FFMPEG_PATH says it, else PATH. */
  ffmpegPath?: string | undefined
  /** Milliseconds that may pass until the next frame comes (30,000). */
  stallTimeout?: number | undefined
}

export const streamOptions: Kinds<StreamOptions> = {
  onError: 'text',
  ffmpegPath: 'text',
  stallTimeout: 'anything',
  ...inferOptions,
}

/** One frame of a video, or one file of a directory. */
export type StreamResult<Answer> =
  | {
      /** The number of the frame, from 0; the path of the file. */
      reference: number | string
      /** The encoded image that the prediction fits. */
      frame: Buffer
      /** Width of the frame / width of the source: divide by it to get pixels of the source. */
      scale: number
      prediction: Answer
      error?: undefined
    }
  | {
      reference: number | string
      frame?: undefined
      scale?: undefined
      prediction?: undefined
      error: HTTPClientError
    }

export type InferenceStream<Answer> = AsyncGenerator<StreamResult<Answer>, void, undefined>

/** The files of a directory, or the frames of a video (a path or a URL), one by one, with their answers. */
export const inferOnStream = (
  context: ClientContext,
  input: string | URL,
  given?: StreamOptions,
): InferenceStream<unknown> => {
  const options = checkedOptions(given, streamOptions)
  return cancellable((signal) => resultsOf(context, input, { ...options, signal }), options.signal)
}

type Options = StreamOptions & { signal: AbortSignal }

async function* resultsOf(
  context: ClientContext,
  input: string | URL,
  options: Options,
): InferenceStream<unknown> {
  const path = pathOf(input)
  if (path === undefined) {
    yield* resultsOfVideo(context, await urlSource(String(input), options.signal), options)
  } else if (await isDirectory(path)) {
    yield* resultsOfDirectory(context, path, options)
  } else if (isMjpeg(path)) {
    yield* resultsOfImages(context, (signal) => framesOfMjpeg(path, signal), options)
  } else {
    yield* resultsOfVideo(context, fileSource(path), options)
  }
}

async function* resultsOfVideo(
  context: ClientContext,
  source: VideoSource,
  options: Options,
): InferenceStream<unknown> {
  const { onError, ffmpegPath, stallTimeout, ...inferring } = options
  const { signal } = options
  const video = await openVideo(source, { ffmpegPath, stallTimeout, signal })
  const route = await routeOf(context, inferring)
  const size = settingOf(route.configuration, 'clientDownsizingDisabled')
    ? undefined
    : downsizedSize(video, route.limit)
  const scale = size ? size.width / video.width : 1
  const work = (frame: Buffer, reference: number, within: AbortSignal) =>
    resultOf(route, { reference, frame, scale, prepared: { bytes: frame } }, onError, within)
  yield* mapInOrder((within) => video.frames(size, within), atOnceOf(route), work, signal)
}

async function* resultsOfDirectory(
  context: ClientContext,
  directory: string,
  options: Options,
): InferenceStream<unknown> {
  const files = await filesIn(directory, extensionsOf(context), options.signal)
  if (files.length > 0) yield* resultsOfImages(context, () => imagesAt(files), options)
}

/** An image that is looked at when it has its turn. */
interface ListedImage {
  reference: number | string
  load(options: LoadOptions): LoadedImage | Promise<LoadedImage>
}

async function* resultsOfImages(
  context: ClientContext,
  images: (signal: AbortSignal) => AsyncIterable<ListedImage>,
  { onError, ffmpegPath: _, stallTimeout: __, ...inferring }: Options,
): InferenceStream<unknown> {
  const route = await routeOf(context, inferring)
  const work = async (listed: ListedImage, _index: number, within: AbortSignal) => {
    const image = await imageIn(route, listed, within)
    return image.error ? image : resultOf(route, image, onError, within)
  }
  yield* mapInOrder(images, atOnceOf(route), work, inferring.signal)
}

async function* imagesAt(files: string[]): AsyncGenerator<ListedImage, void, undefined> {
  for (const path of files)
    yield { reference: path, load: (options) => loadReference({ kind: 'path', path }, options) }
}

/** The frames as they are stored, no ffmpeg is needed. */
async function* framesOfMjpeg(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<ListedImage, void, undefined> {
  let reference = 0
  for await (const { bytes } of readMjpeg(path, {}, signal))
    yield { reference: reference++, load: () => LoadedImage.from(bytes) }
}

interface Image {
  reference: number | string
  frame: Buffer
  scale: number
  prepared: PreparedImage
  error?: undefined
}

interface Failed {
  reference: number | string
  error: HTTPClientError
}

/** One bad image of many is told about, and does not end the stream. */
const imageIn = async (
  route: InferenceRoute,
  { reference, load }: ListedImage,
  signal: AbortSignal,
): Promise<Image | Failed> => {
  try {
    const image = await load({ ...route.loading, signal })
    const prepared = await prepare(route, image, signal)
    return { reference, frame: image.bytes, scale: 1, prepared }
  } catch (error) {
    return failed(reference, error, signal)
  }
}

const resultOf = async (
  route: InferenceRoute,
  { reference, frame, scale, prepared }: Image,
  onError: StreamOptions['onError'],
  signal: AbortSignal,
): Promise<StreamResult<unknown>> => {
  try {
    const [prediction] = await ask(route, [prepared], signal)
    return { reference, frame, scale, prediction }
  } catch (error) {
    if (onError !== 'yield') throw error
    return failed(reference, error, signal)
  }
}

const failed = (reference: number | string, error: unknown, signal: AbortSignal): Failed => {
  if (error instanceof HTTPClientError && !signal.aborted) return { reference, error }
  throw error
}

const atOnceOf = ({ configuration }: InferenceRoute): number =>
  settingOf(configuration, 'maxConcurrentRequests')

/** null is all files; nothing is the default list. */
const extensionsOf = ({ configuration }: ClientContext): readonly string[] | null =>
  configuration.imageExtensionsForDirectoryScan === null
    ? null
    : settingOf(configuration, 'imageExtensionsForDirectoryScan')

/** The path that an input is; undefined: it is a URL. */
const pathOf = (input: string | URL): string | undefined => {
  const text = String(input)
  if (text === '' || text.includes('\0'))
    throw new InvalidInputFormatError(
      sentence`This is no video and no directory.`,
      sentence`Name a path or a URL.`,
    )
  if (!/^file:/i.test(text)) return isUrl(text) ? undefined : text
  try {
    return fileURLToPath(text)
  } catch {
    throw new InvalidInputFormatError(sentence`This file:// URL leads to no file of this machine.`)
  }
}

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const name = JSON.stringify(path)
    const unreadable = sentence`${name} cannot be read`
    throw new VideoNotReadableError(
      code === 'ENOENT'
        ? sentence`There is no file or directory ${name}.`
        : sentence`${unreadable} (${code}).`,
    )
  }
}
