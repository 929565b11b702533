import { type Ending, startFFmpeg } from './ffmpeg'
import type { VideoSource } from './video-source'
import { type WatchOptions, watch } from './watchdog'

/** What is known of a video before a frame of it is read. */
export interface VideoFacts {
  /** Pixels as seen: upright, whatever way the camera was held. */
  width: number
  height: number
  /** Its frames are JPEGs that can be taken as they are. */
  isJpeg: boolean
}

/**
 * Looks at a video by what ffmpeg tells of its input: ffprobe is not everywhere where ffmpeg is. There are no facts
 * where there is no video in it; what ffmpeg said tells why.
 */
export const probe = async (
  { options, input, name }: VideoSource,
  { ffmpegPath, ...watching }: WatchOptions & { ffmpegPath?: string | undefined },
): Promise<{ facts: VideoFacts | undefined; ending: Ending }> => {
  watching.signal?.throwIfAborted()
  const ffmpeg = startFFmpeg(['-loglevel', 'info', ...options, ...input], ffmpegPath)
  const watchdog = watch(ffmpeg, name, watching)
  watchdog.start()
  ffmpeg.output.resume()
  const ending = await ffmpeg.ended
  watchdog.clear()
  watchdog.check()
  return { facts: factsIn(ending.said), ending }
}

/**
 * Reads `Stream #0:0(und): Video: h264 (High), yuv420p(tv, bt709), 1280x720 [SAR 1:1 …` and the rotation below it,
 * which all versions since 4 write alike. Tags of a file are written in columns, and look different.
 */
export const factsIn = (said: string): VideoFacts | undefined => {
  const streams = said.split(/^(?= +Stream #)/m)
  const stream = streams.find(
    (text) => /^ +Stream #.*?: Video: /.test(text) && !/^.*\(attached pic\)/.test(text),
  )
  const [, line = ''] = /: Video: (.*)/.exec(stream ?? '') ?? []
  const [, width = 0, height = 0] = (/, (\d+)x(\d+)(?=[ ,]|$)/.exec(line) ?? []).map(Number)
  if (!stream || width === 0 || height === 0) return undefined
  const [, degrees = 0] = (/^ +displaymatrix: rotation of (-?[\d.]+) degrees/m.exec(stream) ?? []).map(Number)
  const liesOnSide = Math.round(degrees / 90) % 2 !== 0
  // fields of interlaced video are images of half the height; lossless JPEG is known to few
  const isJpeg = /^mjpeg \(Baseline\)/.test(line) && !/\b(top|bottom) /.test(line) && degrees === 0
  return liesOnSide ? { width: height, height: width, isJpeg } : { width, height, isJpeg }
}
