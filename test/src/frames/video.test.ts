import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { openVideo, type VideoOptions } from '../../../src/frames/video'
import { fileSource } from '../../../src/frames/video-source'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'
import { assertNoMoreTimers, liveTimers } from '../http/timers'
import { allGone, type FakeVideo, fakeVideos, ffmpegPath } from './fake-video'

describe('a video', () => {
  const fakeVideo = fakeVideos()

  const opened = async (fake: FakeVideo = {}, options: VideoOptions = {}) => {
    const file = fakeVideo(fake)
    const video = await openVideo(fileSource(file.path), { ffmpegPath, ...options })
    return { ...file, video, pids: () => file.started().map(({ pid }) => pid) }
  }

  const textsOf = async (frames: AsyncIterable<Buffer>): Promise<string[]> => {
    const texts: string[] = []
    for await (const frame of frames) texts.push(String(frame).trim())
    return texts
  }

  it('gives its size and its frames', async () => {
    const { video, started, pids } = await opened({ frames: 4 })
    assert.deepEqual([video.width, video.height], [64, 48])
    assert.deepEqual(await textsOf(video.frames()), ['frame 0', 'frame 1', 'frame 2', 'frame 3'])
    assert.equal(started().length, 2)
    await allGone(pids())
  })

  it('is encoded with right colours, each frame once', async () => {
    const { video, started } = await opened()
    await textsOf(video.frames())
    const { args = [] } = started()[1] ?? {}
    assert.ok(args.includes('-nostdin'))
    assert.match(args.join(' '), /-vf scale=out_color_matrix=bt601:out_range=full,format=yuvj420p,/)
    assert.match(args.join(' '), /-map 0:V:0 .* -f mpjpeg pipe:1$/)
  })

  it('is shrunk by ffmpeg', async () => {
    const { video, started } = await opened()
    await textsOf(video.frames({ width: 32, height: 24 }))
    assert.match(started()[1]?.args.join(' ') ?? '', /:w=32:h=24:flags=area,format=yuvj444p,/)
  })

  it('of JPEGs is taken as it is, unless it is shrunk', async () => {
    const { video, started } = await opened({ codec: 'mjpeg (Baseline)' })
    await textsOf(video.frames())
    await textsOf(video.frames({ width: 32, height: 24 }))
    const [, whole, shrunk] = started()
    assert.match(whole?.args.join(' ') ?? '', /-c:v copy -f mpjpeg/)
    assert.match(shrunk?.args.join(' ') ?? '', /-c:v mjpeg/)
  })

  it('is read no faster than frames are taken', async () => {
    const { video, written, pids } = await opened({ frames: 1_000, bytes: 100_000 })
    const frames = video.frames()
    await frames.next()
    await pause(300)
    assert.ok(written() < 10, `${written()} frames were written`)
    await frames.return()
    await allGone(pids())
  })

  it('ends ffmpeg when it is left', async () => {
    const { video, pids } = await opened({ frames: 1_000, bytes: 10_000 })
    for await (const frame of video.frames()) {
      assert.ok(frame)
      break
    }
    await allGone(pids())
  })

  it('ends an ffmpeg that does not listen, too', async () => {
    const { video, pids } = await opened({ hangsAfter: 1, stubborn: true })
    const timers = liveTimers()
    const frames = video.frames()
    await frames.next()
    await frames.return()
    await allGone(pids())
    await assertNoMoreTimers(timers)
    assert.ok(!process.listeners('exit').some(({ name }) => name === 'killAll'))
  })

  it('ends with a signal at once, for its reason', async () => {
    const { video, pids } = await opened({ hangsAfter: 1, stubborn: true })
    const controller = new AbortController()
    const frames = video.frames(undefined, controller.signal)
    await frames.next()
    const next = failureOf(frames.next())
    const started = Date.now()
    controller.abort(new Error('enough'))
    assert.equal((await next).message, 'enough')
    assert.ok(Date.now() - started < 2_000)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
    await allGone(pids())
  })

  it('ends with a signal while it is looked at', async () => {
    const controller = new AbortController()
    const file = fakeVideo({ hangsAtOnce: true })
    const opening = failureOf(openVideo(fileSource(file.path), { ffmpegPath, signal: controller.signal }))
    await waitUntil(
      () => file.started()[0],
      () => 'nothing was started',
    )
    const started = Date.now()
    controller.abort(new Error('enough'))
    assert.equal((await opening).message, 'enough')
    assert.ok(Date.now() - started < 2_000)
    await allGone(file.started().map(({ pid }) => pid))
  })

  it('that stalls is an error, and ffmpeg is ended', async () => {
    const { video, pids } = await opened({ hangsAfter: 2, stubborn: true }, { stallTimeout: 400 })
    const timers = liveTimers()
    const frames = video.frames()
    await frames.next()
    // whoever takes his time does not make it stall
    await pause(600)
    await frames.next()
    const { name, code, message } = await failureOf(frames.next())
    assert.deepEqual([name, code], ['VideoStalledError', 'VIDEO_STALLED'])
    assert.match(message, /^Nothing came from ".*video\.mp4" for 0\.4 s\./)
    await allGone(pids())
    await assertNoMoreTimers(timers)
  })

  it('that gives no sign of life is an error', async () => {
    const error = await failureOf(opened({ hangsAtOnce: true, stubborn: true }, { stallTimeout: 400 }))
    assert.equal(error.code, 'VIDEO_STALLED')
  })

  it('that cannot be opened is an error with what ffmpeg says', async () => {
    const { name, code, message } = await failureOf(opened({ unreadable: 'moov atom not found' }))
    assert.deepEqual([name, code], ['VideoNotReadableError', 'VIDEO_NOT_READABLE'])
    assert.match(message, /cannot be read as a video \(moov atom not found\)\. Is it a video, and whole\?$/)
  })

  it('without images in it is an error', async () => {
    const { message } = await failureOf(opened({ size: '0x0' }))
    assert.match(message, /holds no video/)
  })

  it('of which no frame comes is an error', async () => {
    const { video } = await opened({ frames: 0 })
    assert.match((await failureOf(textsOf(video.frames()))).message, /\(ffmpeg ended with 0\)/)
  })

  for (const [what, fake, told] of [
    ['fails', { code: 1, says: 'a\n[h264 @ 0x1f] [dec @ 0x2a] out of memory\n' }, /\(out of memory\)/],
    ['crashes', { crashes: true }, /\(ffmpeg was ended by SIGSEGV\)/],
  ] as const) {
    it(`of which ffmpeg ${what} is an error after the frames before`, async () => {
      const { video } = await opened({ frames: 2, ...fake })
      const frames = video.frames()
      assert.equal(String((await frames.next()).value), 'frame 0')
      assert.equal(String((await frames.next()).value), 'frame 1')
      assert.match((await failureOf(frames.next())).message, told)
    })
  }

  it('that is cut off ends after its frames', async () => {
    const { video } = await opened({ frames: 2, says: '[matroska @ 0x55] File ended prematurely\n' })
    assert.deepEqual(await textsOf(video.frames()), ['frame 0', 'frame 1'])
  })

  it('needs ffmpeg, and the error says how to get it', async () => {
    const missing = await failureOf(opened({}, { ffmpegPath: '/no/such/ffmpeg' }))
    assert.deepEqual([missing.name, missing.code], ['FFmpegNotFoundError', 'FFMPEG_NOT_FOUND'])
    assert.match(missing.message, /"\/no\/such\/ffmpeg" \(ENOENT\)/)
    for (const way of ['apt', 'apk', 'brew', 'winget', 'FFMPEG_PATH'])
      assert.match(missing.hint ?? '', RegExp(way))
  })

  it('finds ffmpeg by FFMPEG_PATH, else by PATH', async () => {
    const { FFMPEG_PATH, PATH } = process.env
    const file = fakeVideo()
    try {
      process.env.FFMPEG_PATH = ffmpegPath
      assert.equal((await openVideo(fileSource(file.path))).width, 64)
      delete process.env.FFMPEG_PATH
      process.env.PATH = '/no/such/folder'
      assert.match(
        (await failureOf(openVideo(fileSource(file.path)))).message,
        /^ffmpeg, which reads videos, is not/,
      )
    } finally {
      if (FFMPEG_PATH === undefined) delete process.env.FFMPEG_PATH
      else process.env.FFMPEG_PATH = FFMPEG_PATH
      process.env.PATH = PATH
    }
  })
})
