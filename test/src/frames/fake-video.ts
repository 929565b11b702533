import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { waitUntil } from '../../support/wait-until'

export const ffmpegPath = path.join(__dirname, 'fake-ffmpeg.js')

/** What the fake ffmpeg does with a video; frames are the texts "frame 0", "frame 1" …. */
export interface FakeVideo {
  /** How many (3). */
  frames?: number
  /** Bytes of each, at least. */
  bytes?: number
  size?: string
  codec?: string
  hangsAfter?: number
  /** Gives no sign of life when it is looked at. */
  hangsAtOnce?: boolean
  /** Takes no notice of SIGTERM. */
  stubborn?: boolean
  crashes?: boolean
  code?: number
  says?: string
  unreadable?: string
}

export interface Started {
  pid: number
  probing: boolean
  args: string[]
}

/** To be called in a describe: makes videos that are gone after each test. */
export const fakeVideos = () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })
  return (video: FakeVideo = {}) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'video-'))
    folders.push(folder)
    const file = path.join(folder, 'video.mp4')
    writeFileSync(file, JSON.stringify(video))
    return {
      path: file,
      /** Each ffmpeg that was started for it. */
      started: (): Started[] => linesOf(`${file}.log`).map((line) => JSON.parse(line)),
      /** How many frames have been handed to the pipe. */
      written: (): number => Number(linesOf(`${file}.written`)[0] ?? 0),
    }
  }
}

const linesOf = (file: string): string[] => {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}

export const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Resolves when none of these runs any more, within so many ms. */
export const allGone = async (pids: number[], timeout?: number): Promise<void> => {
  const running = () => pids.filter(isRunning)
  await waitUntil(
    () => running().length === 0 || undefined,
    () => `${running()} still run`,
    timeout,
  )
}
