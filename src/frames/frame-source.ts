import { HTTPClientError } from '../errors'
import { isUrl } from '../http/urls'
import { jpegSize } from '../images/jpeg-segments'
import { loadReference } from '../images/load-image'
import type { LoadedImage } from '../images/loaded-image'
import { isMjpeg, readMjpeg } from './read-mjpeg'
import { type ReadingOptions, readVideo, type VideoFrame } from './read-video'
import { type SnapshotOptions, snapshots } from './snapshots'
import { deviceSource, fileSource, urlSource, type VideoSource } from './video-source'
import { type DirectoryOptions, filesOf } from './watched-directory'

/** Where frames come from. */
export type FrameSourceOptions =
  /** A video file, or the URL of one. */
  | ({ kind: 'file'; path: string } & ReadingOptions)
  /** The images of a directory. */
  | ({ kind: 'directory'; path: string } & DirectoryOptions)
  /** A stream that never waits: rtsp, rtmp, http. */
  | ({ kind: 'stream'; url: string } & ReadingOptions)
  /** A camera of this machine: `/dev/video0`, or what DirectShow or AVFoundation call it. */
  | ({ kind: 'device'; name: string } & ReadingOptions)
  /** A URL that gives one image each time. */
  | ({ kind: 'snapshot'; url: string } & SnapshotOptions)

/** One frame, encoded; sizes in pixels. */
export interface SourceFrame {
  bytes: Buffer
  width: number | undefined
  height: number | undefined
  /** Width of the frame / width of the source. */
  scale: number
  /** Seconds from the start of the video; null where there is no such time. */
  mediaTime: number | null
  /** Of a directory: the path of the file. */
  path?: string
  error?: undefined
}

/** A file of a directory that is no image. */
export interface UnreadableFrame {
  path: string
  error: HTTPClientError
}

/** It never waits: frames that nobody takes are lost. */
export interface LiveSource {
  live: true
  /** It takes a picture when it is asked for one. */
  onRequest?: boolean
  frames(signal: AbortSignal): AsyncIterable<SourceFrame>
}

export interface RecordedSource {
  live: false
  frames(signal: AbortSignal): AsyncIterable<SourceFrame | UnreadableFrame>
}

export type FrameSource = LiveSource | RecordedSource

/** What gives the frames; nothing is opened before they are asked for. */
export const frameSource = (options: FrameSourceOptions): FrameSource => {
  switch (options.kind) {
    case 'file':
      return {
        live: false,
        frames: (signal) => fileFrames(options.path, options, signal),
      }
    case 'stream':
      return {
        live: true,
        frames: liveFrames((signal) => urlSource(options.url, signal), options),
      }
    case 'device':
      return {
        live: true,
        frames: liveFrames(() => deviceSource(options.name), options),
      }
    case 'directory':
      return { live: false, frames: (signal) => imagesOf(options.path, options, signal) }
    case 'snapshot':
      return {
        live: true,
        onRequest: true,
        frames: (signal) => imagesAt(new URL(options.url), options, signal),
      }
  }
}

async function* fileFrames(
  path: string,
  options: ReadingOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceFrame, void, undefined> {
  for await (const frame of await openFile(path, options, signal)) yield videoFrame(frame)
}

const openFile = async (
  path: string,
  options: ReadingOptions,
  signal: AbortSignal,
): Promise<AsyncIterable<VideoFrame>> => {
  if (isUrl(path)) return readVideo(await urlSource(path, signal), options, signal)
  return isMjpeg(path, options)
    ? readMjpeg(path, options, signal)
    : readVideo(fileSource(path), options, signal)
}

/**
 * The frames of a camera. One that sends JPEGs is known by its first connection, and opened again to hand them on as
 * they are, which costs next to nothing; later connections begin so.
 */
const liveFrames = (
  sourceOf: (signal: AbortSignal) => VideoSource | Promise<VideoSource>,
  options: ReadingOptions,
) => {
  const mayCopy = !(options.fps || options.maxWidth || options.outputArguments?.length)
  let copy = false
  return async function* (signal: AbortSignal): AsyncGenerator<SourceFrame, void, undefined> {
    const source = await sourceOf(signal)
    for (let isRight = false; !isRight; ) {
      isRight = true
      for await (const frame of readVideo(source, { ...options, copy, live: true }, signal)) {
        if (mayCopy && frame.isStored !== copy) {
          copy = frame.isStored
          isRight = false
          break
        }
        yield videoFrame(frame)
      }
    }
  }
}

const videoFrame = ({ bytes, mediaTime, sourceWidth }: VideoFrame): SourceFrame => {
  const { width, height } = jpegSize(bytes) ?? {}
  return { bytes, width, height, scale: width && sourceWidth ? width / sourceWidth : 1, mediaTime }
}

async function* imagesOf(
  directory: string,
  options: DirectoryOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceFrame | UnreadableFrame, void, undefined> {
  for await (const path of filesOf(directory, options, signal)) {
    try {
      yield { ...frameOf(await loadReference({ kind: 'path', path }, { signal })), path }
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof HTTPClientError)) throw error
      yield { path, error }
    }
  }
}

async function* imagesAt(
  url: URL,
  options: SnapshotOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceFrame, void, undefined> {
  for await (const image of snapshots(url, options, signal)) yield frameOf(image)
}

const frameOf = ({ bytes, width, height }: LoadedImage): SourceFrame => ({
  bytes,
  width,
  height,
  scale: 1,
  mediaTime: null,
})
