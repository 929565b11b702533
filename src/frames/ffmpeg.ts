import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { FFmpegNotFoundError } from '../errors'
import { sentence } from '../sentence'
import { endWithUs } from './child-processes'

/** How ffmpeg ended, and what it said last. */
export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
  said: string
  /** It could not be started at all. */
  failure?: Error | undefined
}

export interface FFmpeg {
  readonly pid: number | undefined
  readonly output: Readable
  /** Never rejects. */
  readonly ended: Promise<Ending>
  /** Asks it to end, so that it can say goodbye to a camera; a second later it has to. */
  end(): void
  /** Ends it at once: for one that hangs. */
  kill(): void
}

const rememberedCharacters = 2 ** 16
const graceMilliseconds = 1_000

/** What ffmpeg needs of our environment: there may be keys in the rest. */
const environment =
  /^(PATH|HOME|USERPROFILE|TMPDIR|TEMP|TMP|SystemRoot|LANG|LD_LIBRARY_PATH|(https?|no)_proxy)$/i

/**
 * Starts the system's ffmpeg: `path`, else FFMPEG_PATH, else what PATH has. Arguments never meet a shell. `onSaid` is
 * told of each piece that it says.
 */
export const startFFmpeg = (
  args: readonly string[],
  path?: string,
  onSaid?: (text: string) => void,
): FFmpeg => {
  const command = path || process.env.FFMPEG_PATH || 'ffmpeg'
  const child = spawn(command, ['-nostdin', '-hide_banner', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => environment.test(name))),
    windowsHide: true,
  })
  endWithUs(child)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-rememberedCharacters)
    onSaid?.(text)
  })
  // whoever reads the output hears of it by `ended`
  child.stdout.on('error', () => {})
  let timer: NodeJS.Timeout | undefined
  const ended = new Promise<Ending>((resolve) => {
    let failure: Error | undefined
    child.once('error', (error: NodeJS.ErrnoException) => {
      failure = notStarted(command, error.code)
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, said, failure })
    })
  })
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal)
    // what nobody reads any more would hold back the end
    child.stdout.destroy()
  }
  return {
    pid: child.pid,
    output: child.stdout,
    ended,
    kill: () => kill('SIGKILL'),
    end() {
      kill('SIGTERM')
      timer ??= setTimeout(() => kill('SIGKILL'), graceMilliseconds)
      void ended.then(() => clearTimeout(timer))
    },
  }
}

const notStarted = (command: string, code: string | undefined): Error =>
  new FFmpegNotFoundError(
    command === 'ffmpeg'
      ? sentence`ffmpeg, which reads videos, is not installed.`
      : sentence`ffmpeg cannot be started as ${JSON.stringify(command)} (${code}).`,
    sentence`Install it (${waysToInstall}) or set FFMPEG_PATH to where it lies.`,
  )

const waysToInstall =
  'Debian, Ubuntu, Raspberry Pi OS: apt install ffmpeg · Alpine: apk add ffmpeg · ' +
  'macOS: brew install ffmpeg · Windows: winget install ffmpeg'
