import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ffmpeg = (args: string[], input?: Buffer): Buffer =>
  execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args], {
    input,
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'inherit'],
  })

/** To be called in a describe: a folder for videos that ffmpeg makes; gone after its tests. */
export const videoFolder = () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'videos-'))
  })
  after(() => rmSync(folder, { recursive: true }))
  const at = (name: string) => path.join(folder, name)
  return {
    at,
    /** ffmpeg's moving test image. */
    make(name: string, { size = '320x240', seconds = 1, args = [] as string[] } = {}): string {
      ffmpeg(['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=${seconds}`, ...args, at(name)])
      return at(name)
    },
    /** Images of raw RGB. */
    encode(name: string, images: Buffer[], size: string, args: string[]): string {
      const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', size, '-r', '25', '-i', 'pipe:0']
      ffmpeg([...input, ...args, at(name)], Buffer.concat(images))
      return at(name)
    },
    /** Another file with the same frames. */
    copy(from: string, name: string, args: string[]): string {
      ffmpeg(['-i', from, '-c', 'copy', ...args, at(name)])
      return at(name)
    },
    /** The first bytes of a file. */
    cut(from: string, name: string, share: number): string {
      const bytes = readFileSync(from)
      writeFileSync(at(name), bytes.subarray(0, bytes.length * share))
      return at(name)
    },
    /** An ffmpeg that writes down its process id before it opens something. */
    tracedFFmpeg() {
      const log = at(`pids-${Date.now()}-${Math.random()}`)
      const ffmpegPath = `${log}.sh`
      writeFileSync(
        ffmpegPath,
        `#!/bin/sh\ncase "$*" in *" -i "*) echo $$ >>"${log}" ;; esac\nexec ffmpeg "$@"\n`,
      )
      chmodSync(ffmpegPath, 0o755)
      return { ffmpegPath, pids: () => readFileSync(log, 'utf8').split('\n').filter(Boolean).map(Number) }
    },
  }
}

export type VideoFolder = ReturnType<typeof videoFolder>

/** The JPEGs in an AVI, as they are stored: chunks named 00dc. */
export const jpegsIn = (avi: string): Buffer[] => {
  const bytes = readFileSync(avi)
  const found: Buffer[] = []
  for (let at = bytes.indexOf('movi') + 4; bytes.toString('latin1', at, at + 4) === '00dc'; ) {
    const length = bytes.readUInt32LE(at + 4)
    found.push(bytes.subarray(at + 8, at + 8 + length))
    at += 8 + length + (length % 2)
  }
  return found
}
