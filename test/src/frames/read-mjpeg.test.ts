import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadingOptions } from '../../../src/frames/read-video'
import { frameSource, type SourceFrame } from '../../../src/index'
import { paint } from '../../support/images'
import { failureOf } from '../failure'
import { withoutTables } from './without-tables'

const noFFmpeg = '/nowhere/ffmpeg'

describe('a file of JPEGs', () => {
  let folder: string
  let file: string
  let images: Buffer[]
  before(async () => {
    images = await Promise.all([16, 24, 32, 40, 48].map((width) => paint(width, 12)))
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mjpeg-'))
    file = saved('parts.mjpeg', ...images)
  })
  after(() => fs.rmSync(folder, { recursive: true }))

  const saved = (name: string, ...pieces: Buffer[]): string => {
    const place = path.join(folder, name)
    fs.writeFileSync(place, Buffer.concat(pieces))
    return place
  }

  const open = (place: string, options: ReadingOptions = {}, signal = new AbortController().signal) =>
    frameSource({ kind: 'file', path: place, ffmpegPath: noFFmpeg, ...options }).frames(
      signal,
    ) as AsyncIterable<SourceFrame>

  const read = async (place: string, options: ReadingOptions = {}, most = Infinity) => {
    const frames: SourceFrame[] = []
    for await (const frame of open(place, options)) {
      frames.push(frame)
      if (frames.length >= most) break
    }
    return frames
  }
  const timesOf = (frames: SourceFrame[]) => frames.map(({ mediaTime }) => mediaTime)
  const widthsOf = (frames: SourceFrame[]) => frames.map(({ width }) => width)

  it('is played without ffmpeg: every image as it is, 25 a second', async () => {
    const frames = await read(file)
    assert.deepEqual(
      frames.map(({ bytes }) => bytes),
      images,
    )
    assert.deepEqual(timesOf(frames), [0, 1 / 25, 2 / 25, 3 / 25, 4 / 25])
    assert.deepEqual(
      frames.map(({ width, height, scale }) => [width, height, scale]),
      [16, 24, 32, 40, 48].map((width) => [width, 12, 1]),
    )
  })

  it('has as many frames a second as is said', async () => {
    assert.deepEqual(timesOf(await read(file, { fps: 2 })), [0, 0.5, 1, 1.5, 2])
  })

  it('is read from a time, to a time', async () => {
    const frames = await read(file, { fps: 10, start: 0.1, end: 0.3 })
    assert.deepEqual(
      [timesOf(frames), widthsOf(frames)],
      [
        [0.1, 0.2],
        [24, 32],
      ],
    )
  })

  it('begins again, and its time goes on', async () => {
    const frames = await read(file, { fps: 2, loop: true, start: 1.5 }, 5)
    assert.deepEqual(widthsOf(frames), [40, 48, 40, 48, 40])
    assert.deepEqual(timesOf(frames), [1.5, 2, 2.5, 3, 3.5])
  })

  it('is played in real time', async () => {
    const began = Date.now()
    await read(file, { fps: 20, realTime: true })
    const took = Date.now() - began
    assert.ok(took >= 190 && took < 1_000, `${took} ms`)
  })

  it('is shrunk to a width', async () => {
    const frames = await read(file, { maxWidth: 32 })
    assert.deepEqual(widthsOf(frames), [16, 24, 32, 32, 32])
    assert.deepEqual(
      frames.map(({ scale }) => scale),
      [1, 1, 1, 32 / 40, 32 / 48],
    )
  })

  it('gets the tables that its images lack', async () => {
    const [image] = images as [Buffer]
    const [frame] = await read(saved('bare.mjpg', withoutTables(image)))
    assert.equal(frame?.width, 16)
    assert.ok(frame?.bytes.includes(Buffer.from([0xff, 0xc4])))
  })

  it('is left where a signal says so, also while it waits', async () => {
    const controller = new AbortController()
    const frames = open(file, { fps: 0.1, realTime: true }, controller.signal)[Symbol.asyncIterator]()
    await frames.next()
    const second = frames.next()
    await sleep(20)
    controller.abort(new Error('enough'))
    assert.equal((await failureOf(second)).message, 'enough')
  })

  it('ends where it is cut off', async () => {
    const whole = fs.readFileSync(file)
    const half = saved('half.mjpeg', whole.subarray(0, whole.length - 100))
    assert.deepEqual(widthsOf(await read(half)), [16, 24, 32, 40])
  })

  it('may hold other things between its images', async () => {
    const [one, two] = images as [Buffer, Buffer]
    const mixed = saved('mixed.mjpeg', Buffer.from('hello'), one, Buffer.alloc(999, 0xff), two)
    assert.deepEqual(widthsOf(await read(mixed)), [16, 24])
  })

  it('that cannot be read says why', async () => {
    const why = async (place: string, options: ReadingOptions = {}) => {
      const failure = await failureOf(read(place, options))
      return [failure.code, failure.message.replaceAll(folder, '')]
    }
    const code = 'VIDEO_NOT_READABLE'
    const none = 'Is it a video, and whole?'
    assert.deepEqual(await why(saved('empty.mjpeg')), [code, `"/empty.mjpeg" holds no video. ${none}`])
    const text = saved('text.mjpeg', Buffer.from('no image'))
    assert.deepEqual(await why(text, { loop: true }), [code, `"/text.mjpeg" holds no video. ${none}`])
    assert.deepEqual(await why(path.join(folder, 'none.mjpeg')), [code, 'There is no file "/none.mjpeg".'])
    fs.mkdirSync(path.join(folder, 'folder.mjpeg'))
    assert.deepEqual(await why(path.join(folder, 'folder.mjpeg')), [
      code,
      '"/folder.mjpeg" cannot be read (ENOTREG).',
    ])
    assert.deepEqual(await why(file, { start: 10, loop: true }), [
      code,
      '"/parts.mjpeg" has no frame between 10 s and its end.',
    ])
  })

  it('goes to ffmpeg with arguments for it', async () => {
    const failure = await failureOf(read(file, { outputArguments: ['-vf', 'hflip'] }))
    assert.equal(failure.code, 'FFMPEG_NOT_FOUND')
  })
})
