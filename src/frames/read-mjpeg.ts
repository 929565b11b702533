import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { EncodingError, VideoNotReadableError } from '../errors'
import { decode } from '../images/decoder'
import { jpegSize } from '../images/jpeg-segments'
import { LoadedImage } from '../images/loaded-image'
import { sentence } from '../sentence'
import { withHuffmanTables } from './huffman-tables'
import { JpegSplitter } from './jpeg-splitter'
import type { ReadingOptions, VideoFrame } from './read-video'

const usualRate = 25

/** JPEGs one after the other: no ffmpeg is needed, unless somebody has arguments for it. */
export const isMjpeg = (path: string, { inputArguments, outputArguments }: ReadingOptions = {}): boolean =>
  /\.mjpe?g$/i.test(path) && !inputArguments?.length && !outputArguments?.length

/**
 * The frames of a file of JPEGs one after the other, each as it is, read no faster than somebody takes them. The file
 * has no times: `fps` (25) says how many frames are a second. What lies between the images, and an image that is cut
 * off or damaged, is left out. Throws `VideoNotReadableError` or the signal's reason.
 */
export async function* readMjpeg(
  path: string,
  options: ReadingOptions,
  signal: AbortSignal,
): AsyncGenerator<VideoFrame, void, undefined> {
  const { fps = usualRate, start = 0, end = Infinity, loop = false, realTime = false } = options
  const name = JSON.stringify(path)
  const clock = realTime ? new Clock(1_000 / fps) : undefined
  // it counts on when the video begins again
  let number: number | undefined
  let goesOn: boolean
  do {
    let index = 0
    goesOn = false
    for await (const jpeg of jpegsIn(path, signal)) {
      const at = index++
      if (at / fps < start) continue
      if (at / fps >= end) break
      goesOn = loop
      number ??= at
      const mediaTime = number++ / fps
      await clock?.next(signal)
      const bytes = await narrowed(withHuffmanTables(jpeg), options.maxWidth, signal)
      if (bytes) yield { bytes, mediaTime, sourceWidth: jpegSize(jpeg)?.width, isStored: true }
    }
    if (index === 0)
      throw new VideoNotReadableError(sentence`${name} holds no video.`, sentence`Is it a video, and whole?`)
    if (number === undefined) {
      const until = end === Infinity ? sentence`its end` : sentence`${end} s`
      throw new VideoNotReadableError(sentence`${name} has no frame between ${start} s and ${until}.`)
    }
  } while (goesOn)
}

async function* jpegsIn(path: string, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const name = JSON.stringify(path)
  try {
    // opening a pipe would wait for somebody who writes into it
    if (!(await stat(path)).isFile()) throw Object.assign(new Error('This is no file.'), { code: 'ENOTREG' })
    const splitter = new JpegSplitter()
    for await (const piece of createReadStream(path, { signal, highWaterMark: 2 ** 18 }))
      yield* splitter.push(piece)
  } catch (error) {
    signal.throwIfAborted()
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof VideoNotReadableError) throw error
    const unreadable = sentence`${name} cannot be read`
    throw new VideoNotReadableError(
      code === 'ENOENT' ? sentence`There is no file ${name}.` : sentence`${unreadable} (${code}).`,
    )
  }
}

/** Undefined for one that would have to be decoded, and cannot be. */
const narrowed = async (
  jpeg: Buffer,
  maxWidth: number | undefined,
  signal: AbortSignal,
): Promise<Buffer | undefined> => {
  if (!maxWidth || (jpegSize(jpeg)?.width ?? 0) <= maxWidth) return jpeg
  try {
    return await decode(
      LoadedImage.from(jpeg),
      ({ open }) =>
        open()
          .resize({ width: Math.round(maxWidth) })
          .jpeg({ quality: 90 })
          .toBuffer(),
      signal,
    )
  } catch (error) {
    if (error instanceof EncodingError) return undefined
    throw error
  }
}

/** Tells when the next frame is due. Whoever was held up for a second or more does not hurry to catch up. */
class Clock {
  #due = 0

  constructor(readonly interval: number) {}

  async next(signal: AbortSignal): Promise<void> {
    const now = performance.now()
    if (now - this.#due > 1_000) this.#due = now
    if (this.#due > now)
      await sleep(this.#due - now, undefined, { signal }).catch(() => signal.throwIfAborted())
    this.#due += this.interval
  }
}
