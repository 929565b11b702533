import { VideoNotReadableError } from '../errors'
import type { Size } from '../images/size'
import { sentence } from '../sentence'
import { type Ending, startFFmpeg } from './ffmpeg'
import { withHuffmanTables } from './huffman-tables'
import { jpegColors, jpegsOf, numberedAnew } from './jpeg-frames'
import { MpjpegParser } from './mpjpeg'
import { probe } from './probe'
import type { VideoSource } from './video-source'
import { type WatchOptions, watch } from './watchdog'

export interface VideoOptions extends WatchOptions {
  /** Where ffmpeg lies; else FFMPEG_PATH says it, else PATH. */
  ffmpegPath?: string | undefined
}

/** A video that can be read; `width` and `height` in pixels, upright. */
export interface Video extends Size {
  /** Every frame as JPEG, in order, of this size or as large as it is; read no faster than somebody takes them. */
  frames(size?: Size, signal?: AbortSignal): AsyncGenerator<Buffer, void, undefined>
}

/** Throws `FFmpegNotFoundError`, `VideoNotReadableError`, `VideoStalledError`, or the signal's reason. */
export const openVideo = async (source: VideoSource, options: VideoOptions = {}): Promise<Video> => {
  const { facts, ending } = await probe(source, options)
  if (!facts) throw ending.failure ?? notReadable(source, ending)
  const { width, height, isJpeg } = facts
  return {
    width,
    height,
    frames(size, signal) {
      const reading = { ...options, signal }
      if (size || !isJpeg) return readFrames(source, encoding(size), reading)
      return asStored(readFrames(source, copying, reading))
    },
  }
}

async function* readFrames(
  source: VideoSource,
  output: string[],
  { ffmpegPath, ...watching }: VideoOptions,
): AsyncGenerator<Buffer, void, undefined> {
  watching.signal?.throwIfAborted()
  const args = [...source.options, ...source.input, '-map', '0:V:0', ...output, '-f', 'mpjpeg', 'pipe:1']
  const ffmpeg = startFFmpeg(['-loglevel', 'error', ...args], ffmpegPath)
  const watchdog = watch(ffmpeg, source.name, watching)
  const parser = new MpjpegParser()
  let isEmpty = true
  try {
    watchdog.start()
    for await (const piece of ffmpeg.output) {
      for (const frame of parser.push(piece)) {
        isEmpty = false
        watchdog.stop()
        yield frame
        watchdog.start()
      }
    }
    // a video that is cut off ends like a whole one: with 0
    const ending = await ffmpeg.ended
    if (ending.failure) throw ending.failure
    if (ending.code !== 0 || isEmpty) throw notReadable(source, ending)
  } catch (error) {
    // whatever it is that broke off: here is why
    watchdog.check()
    throw error
  } finally {
    watchdog.clear()
    ffmpeg.end()
  }
}

async function* asStored(jpegs: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  for await (const jpeg of jpegs) yield withHuffmanTables(jpeg)
}

const copying = ['-c:v', 'copy']

/** Shrunk frames keep their colours at full resolution: a model looks at each pixel that is left. */
const encoding = (size: Size | undefined): string[] => {
  const scale = [...jpegColors, ...(size ? [`w=${size.width}`, `h=${size.height}`, 'flags=area'] : [])]
  const filters = [`scale=${scale.join(':')}`, `format=${size ? 'yuvj444p' : 'yuvj420p'}`, ...numberedAnew]
  return ['-vf', filters.join(), ...jpegsOf(2)]
}

export const notReadable = (
  { name, hint, hide }: VideoSource,
  { code, signal, said }: Ending,
): VideoNotReadableError => {
  const last = lastLineOf(said)
  // what it says when it could open its input, and was only to look at it
  if (last.startsWith('At least one output'))
    return new VideoNotReadableError(sentence`${name} holds no video.`, hint)
  if (/\b401 Unauthorized|authorization failed/i.test(last))
    return new VideoNotReadableError(sentence`${name} refuses this user and password.`, hint)
  const ended = signal ? sentence`ffmpeg was ended by ${signal}` : sentence`ffmpeg ended with ${code}`
  return new VideoNotReadableError(
    sentence`${name} cannot be read as a video (${hide(last) || ended}).`,
    hint,
  )
}

/** Without the part of ffmpeg that says it, as in `[mov,mp4 @ 0x55d0c0] moov atom not found`. */
const lastLineOf = (said: string): string => {
  const [last = ''] = said
    .trimEnd()
    .split(/[\r\n]+/)
    .slice(-1)
  return last.replace(/^(\[[^\]]* @ 0x[0-9a-f]+\] ?)+/, '').slice(0, 300)
}
