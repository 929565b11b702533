import { setTimeout as sleep } from 'node:timers/promises'
import { formatOf } from '../images/formats'
import { startFFmpeg } from './ffmpeg'
import { withHuffmanTables } from './huffman-tables'
import { jpegColors, jpegsOf, numberedAnew } from './jpeg-frames'
import { MpjpegParser } from './mpjpeg'
import { factsIn, type VideoFacts } from './probe'
import { silenceLimit } from './silence-limit'
import { notReadable } from './video'
import type { VideoSource } from './video-source'

/** How a video is read; what is not given is left as it is. */
export interface ReadingOptions {
  /** Where ffmpeg lies; else FFMPEG_PATH says it, else PATH. */
  ffmpegPath?: string | undefined
  /** Frames a second at most. */
  fps?: number | undefined
  /** Pixels: wider frames are shrunk. */
  maxWidth?: number | undefined
  /** Only frames that need no other: a camera has one every second or two, and they cost little. */
  keyFramesOnly?: boolean | undefined
  /** As fast as it was recorded, instead of as fast as it can be read. */
  realTime?: boolean | undefined
  /** From the start again, for ever. */
  loop?: boolean | undefined
  /** Seconds from the start of the video. */
  start?: number | undefined
  end?: number | undefined
  /** A live source has no times that mean anything, and waits for nothing. */
  live?: boolean | undefined
  /** Its frames are JPEGs, to be handed on as they are. */
  copy?: boolean | undefined
  /** Further arguments of ffmpeg, before the input and after it. */
  inputArguments?: readonly string[] | undefined
  outputArguments?: readonly string[] | undefined
}

export interface VideoFrame {
  /** A JPEG. */
  bytes: Buffer
  /** Seconds from the start of the video; null where the video does not tell. */
  mediaTime: number | null
  /** Pixels of the source, upright; undefined where ffmpeg does not tell. */
  sourceWidth: number | undefined
  /** The source's own frames are JPEGs. */
  isStored: boolean
}

/**
 * The frames of a video, read no faster than somebody takes them. Throws `FFmpegNotFoundError`,
 * `VideoNotReadableError` or the signal's reason.
 */
export async function* readVideo(
  source: VideoSource,
  options: ReadingOptions,
  signal: AbortSignal,
): AsyncGenerator<VideoFrame, void, undefined> {
  signal.throwIfAborted()
  const limit = options.live ? await silenceLimit(source, options.ffmpegPath) : []
  signal.throwIfAborted()
  const times = new MediaTimes()
  const ffmpeg = startFFmpeg([...limit, ...argumentsFor(source, options)], options.ffmpegPath, (text) =>
    times.heard(text),
  )
  const end = () => ffmpeg.end()
  signal.addEventListener('abort', end, { once: true })
  const parser = new MpjpegParser()
  let facts: VideoFacts | undefined
  let count = 0
  try {
    for await (const piece of ffmpeg.output) {
      for (const bytes of parser.push(piece)) {
        const at = count++
        facts ??= factsIn(times.head)
        const time = options.live ? undefined : await times.of(at)
        // what ffmpeg says of its input may come after the first frame of it
        const isStored = options.copy ? formatOf(bytes) === 'jpeg' : (facts?.isJpeg ?? false)
        yield {
          bytes: options.copy && isStored ? withHuffmanTables(bytes) : bytes,
          mediaTime: time === undefined ? null : time + (options.start ?? 0),
          sourceWidth: facts?.width,
          isStored,
        }
      }
    }
    signal.throwIfAborted()
    const ending = await ffmpeg.ended
    if (ending.failure) throw ending.failure
    if (ending.code !== 0 || count === 0) throw notReadable(source, ending)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', end)
    ffmpeg.end()
  }
}

const argumentsFor = (source: VideoSource, options: ReadingOptions): string[] => {
  const {
    copy,
    live,
    keyFramesOnly,
    realTime,
    loop,
    start,
    end,
    inputArguments = [],
    outputArguments = [],
  } = options
  const length = end === undefined ? undefined : end - (start ?? 0)
  return [
    ...['-loglevel', 'info', '-nostats'],
    ...(realTime ? ['-re'] : []),
    ...(loop ? ['-stream_loop', '-1'] : []),
    ...(start ? ['-ss', String(start)] : []),
    ...(length === undefined ? [] : ['-t', String(length)]),
    ...(keyFramesOnly ? ['-skip_frame', 'nokey'] : []),
    // threads that decode a frame each would keep the newest ones back
    ...(live ? ['-thread_type', 'slice'] : []),
    ...source.options,
    ...inputArguments,
    ...source.input,
    ...['-map', '0:V:0'],
    ...(copy ? ['-c:v', 'copy'] : ['-vf', filtersFor(options), ...jpegsOf(3)]),
    ...outputArguments,
    ...['-f', 'mpjpeg', 'pipe:1'],
  ]
}

const filtersFor = ({ fps, maxWidth, live }: ReadingOptions): string => {
  const width = maxWidth ? `:w='min(${Math.round(maxWidth)},iw)':h=-2:flags=area` : ''
  return [
    // the first frame of each interval: none is ever shown twice, as the filter fps would have it
    ...(fps
      ? [`select='isnan(prev_selected_t)+gt(floor(t*${fps}+0.001),floor(prev_selected_t*${fps}+0.001))'`]
      : []),
    // tells the time of each frame; a frame without metadata would not be told of
    ...(live ? [] : ['metadata=mode=add:key=frame:value=1', 'metadata=mode=print']),
    `scale=${jpegColors.join(':')}${width}`,
    'format=yuvj420p',
    ...numberedAnew,
  ].join()
}

const longestHead = 2 ** 16
const longestWait = 200

/** What ffmpeg says of its input, and of the time of each frame, which it tells before the frame leaves it. */
class MediaTimes {
  head = ''
  readonly #times = new Map<number, number>()
  #rest = ''
  #listen: () => void = () => {}

  heard(text: string): void {
    if (this.head.length < longestHead) this.head += text
    this.#rest += text
    const lines = this.#rest.split('\n')
    this.#rest = (lines.pop() ?? '').slice(-1_000)
    for (const line of lines) {
      const [, number, time] = /frame:(\d+)\s+pts:\S+\s+pts_time:(-?[\d.]+)/.exec(line) ?? []
      if (number !== undefined) this.#times.set(Number(number), Number(time))
    }
    this.#listen()
  }

  /** Once asked for, it is forgotten. What ffmpeg says comes by another pipe than its frames, and may be late. */
  async of(frame: number): Promise<number | undefined> {
    if (!this.#times.has(frame)) {
      const heard = new Promise<void>((resolve) => {
        this.#listen = () => this.#times.has(frame) && resolve()
      })
      await Promise.race([heard, sleep(longestWait)])
      this.#listen = () => {}
    }
    const time = this.#times.get(frame)
    this.#times.delete(frame)
    return time
  }
}
