import { startFFmpeg } from './ffmpeg'
import type { VideoSource } from './video-source'

// longer than our own patience with a stream, and short enough that none is left long after us
const microseconds = 12_000_000

const rtspOptions = new Map<string, Promise<string>>()

/**
 * Arguments with which ffmpeg ends by itself when the network is silent for 12 s: else it waits for ever, also when the
 * process that would have ended it was killed.
 */
export const silenceLimit = async (
  { scheme }: VideoSource,
  ffmpegPath: string | undefined,
): Promise<string[]> => {
  if (scheme === undefined) return []
  if (!scheme.startsWith('rtsp')) return ['-rw_timeout', String(microseconds)]
  return [await rtspOptionOf(ffmpegPath), String(microseconds)]
}

/** Before version 5, `-timeout` made ffmpeg wait for a camera to call. */
const rtspOptionOf = (ffmpegPath = ''): Promise<string> => {
  const known = rtspOptions.get(ffmpegPath) ?? askRtspOption(ffmpegPath)
  rtspOptions.set(ffmpegPath, known)
  return known
}

const askRtspOption = async (ffmpegPath: string): Promise<string> => {
  const ffmpeg = startFFmpeg(['-h', 'demuxer=rtsp'], ffmpegPath)
  let help = ''
  for await (const piece of ffmpeg.output.setEncoding('utf8')) help += piece
  // whoever installs ffmpeg, or another one, need not restart us
  if ((await ffmpeg.ended).code !== 0) rtspOptions.delete(ffmpegPath)
  return help.includes('-stimeout') ? '-stimeout' : '-timeout'
}
