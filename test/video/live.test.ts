import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { frameSource, type LiveEvent, LiveStream, type SourceFrame } from '../../src/index'
import { allGone } from '../src/frames/fake-video'
import { waitUntil } from '../support/wait-until'
import { startMjpegCamera } from './mjpeg-camera'
import { RtspCamera } from './rtsp-camera'
import { jpegsIn, videoFolder } from './videos'

describe('a live stream, read by the real ffmpeg', function () {
  this.timeout(180_000)
  const videos = videoFolder()
  let jpegs: Buffer[]
  before(() => {
    jpegs = jpegsIn(videos.make('camera.avi', { seconds: 1, args: ['-c:v', 'mjpeg'] }))
    assert.equal(jpegs.length, 25)
  })

  const cameras: { stop(): Promise<unknown> }[] = []
  const streams: { stream: LiveStream<SourceFrame>; pids: () => number[] }[] = []
  afterEach(async () => {
    const opened = streams.splice(0)
    await Promise.all(opened.map(({ stream }) => stream.close()))
    await Promise.all(cameras.splice(0).map((camera) => camera.stop()))
    for (const { pids } of opened) await allGone(pids())
    const left = execFileSync('ps', ['-eo', 'stat,ppid']).toString()
    assert.doesNotMatch(left, new RegExp(`^Z\\S*\\s+${process.pid}$`, 'm'), 'no zombie')
  })
  const rtsp = async (...options: Parameters<typeof RtspCamera.start>): Promise<RtspCamera> => {
    const camera = await RtspCamera.start(...options)
    cameras.push(camera)
    return camera
  }

  const open = (url: string, reading: object = {}) => {
    const { ffmpegPath, pids } = videos.tracedFFmpeg()
    const source = frameSource({ kind: 'stream', url, ffmpegPath, ...reading })
    assert.ok(source.live)
    const told: LiveEvent[] = []
    const stream = new LiveStream(source.frames, {
      name: 'the camera',
      onEvent: (event) => told.push(event),
    })
    const count = (event: string) => told.filter((one) => one.event === event).length
    const opened = {
      stream,
      pids,
      told,
      isTold: (event: string, times = 1) =>
        waitUntil(
          () => count(event) >= times || undefined,
          () => JSON.stringify(told),
          25_000,
        ),
      /** A frame that comes from now on, within so many seconds. */
      comes: (seconds: number) => stream.cameAfter(Date.now(), AbortSignal.timeout(seconds * 1_000)),
    }
    streams.push(opened)
    return opened
  }

  it('gives the newest frame, never old ones, to whoever is slow', async () => {
    const camera = await rtsp()
    const { stream } = open(camera.url)
    await stream.next()
    let dropped = 0
    for (let count = 0; count < 5; count++) {
      await sleep(200)
      const frame = await stream.next()
      dropped += frame.dropped
      assert.ok(Date.now() - frame.timestamp < 100, `${Date.now() - frame.timestamp} ms old`)
      assert.deepEqual([frame.frame.width, frame.frame.mediaTime], [640, null])
    }
    assert.ok(dropped >= 10, `${dropped} dropped`)
  })

  it('comes back within 10 s of the return of a camera that was killed, each time', async () => {
    const camera = await rtsp()
    const { stream, isTold, comes } = open(camera.url)
    for (let round = 1; round <= 3; round++) {
      await stream.next()
      await camera.stop()
      await isTold('reconnecting', round)
      await sleep(1_500)
      await camera.start()
      await comes(10)
    }
  })

  it('notices a camera that freezes, and comes back within 15 s when it moves again, each time', async () => {
    const camera = await rtsp()
    const { stream, isTold, comes } = open(camera.url)
    for (let round = 1; round <= 3; round++) {
      await stream.next()
      camera.freeze()
      await isTold('stalled', round)
      camera.thaw()
      await comes(15)
    }
  })

  it('waits for a camera that is not there yet', async () => {
    const camera = await RtspCamera.absent()
    cameras.push(camera)
    const { isTold, comes } = open(camera.url)
    await isTold('reconnecting')
    await camera.start()
    await comes(10)
  })

  it('comes into a stream between two key frames', async () => {
    const camera = await rtsp()
    const first = open(camera.url)
    await first.comes(10)
    await sleep(300)
    const second = open(camera.url)
    const { frame } = await second.comes(10)
    assert.equal(frame.width, 640)
    assert.deepEqual(
      second.told.map(({ event }) => event),
      ['started'],
    )
  })

  it('goes on with a camera that comes back with another size and another codec', async () => {
    const camera = await rtsp()
    const { isTold, comes } = open(camera.url)
    assert.equal((await comes(10)).frame.width, 640)
    await camera.stop()
    await isTold('reconnecting')
    await camera.start({ size: '320x240', codec: 'jpeg' })
    const { frame } = await comes(15)
    assert.deepEqual([frame.width, frame.height], [320, 240])
    await camera.stop()
    await isTold('reconnecting', 2)
    await camera.start()
    assert.equal((await comes(15)).frame.width, 640)
  })

  it('tells that a camera refuses the password, without saying it', async () => {
    const camera = await rtsp({ login: 'me:right' })
    const { isTold, told } = open(camera.url.replace('//', '//me:wr0ng@'))
    await isTold('reconnecting')
    const [event] = told
    assert.ok(event?.event === 'reconnecting' && event.error)
    assert.match(event.error.message, /refuses this user and password/)
    assert.doesNotMatch(JSON.stringify(told) + event.error.stack, /wr0ng/)
    assert.equal((await open(camera.url.replace('//', '//me:right@')).comes(10)).frame.width, 640)
  })

  it('of key frames alone is one every two seconds', async () => {
    const camera = await rtsp()
    const { stream, comes } = open(camera.url, { keyFramesOnly: true })
    await comes(20)
    // those that came while ffmpeg looked at the stream come together
    await sleep(1_000)
    const times: number[] = []
    for (let count = 0; count < 3; count++) times.push((await stream.cameAfter(Date.now())).timestamp)
    const [first = 0, second = 0, third = 0] = times
    assert.ok(second - first > 1_500 && third - second > 1_500, `${times}`)
  })

  it('takes ten cameras that come back at once one by one', async () => {
    const camera = await rtsp({ size: '160x120' })
    const opened = Array.from({ length: 10 }, () => open(camera.url))
    await Promise.all(opened.map(({ comes }) => comes(30)))
    await camera.stop()
    await Promise.all(opened.map(({ isTold }) => isTold('reconnecting')))
    await sleep(3_000)
    // 0.5, 1 and 2 s: no storm
    for (const { told } of opened) assert.ok(told.length <= 1 + 4, JSON.stringify(told))
    await camera.start({ size: '160x120' })
    await Promise.all(opened.map(({ comes }) => comes(15)))
  })

  describe('of JPEGs over http', () => {
    const mjpeg = async (port = 0) => {
      const camera = await startMjpegCamera(jpegs, port)
      cameras.push(camera)
      return camera
    }
    it('hands them on as they are, with as few connections as that takes', async () => {
      const camera = await mjpeg()
      const { comes, pids, told } = open(camera.url)
      const sent = jpegs.map((jpeg) => jpeg.toString('base64'))
      for (let count = 0; count < 5; count++) {
        const { frame } = await comes(10)
        assert.ok(sent.includes(frame.bytes.toString('base64')), `${frame.bytes.length} bytes`)
        assert.deepEqual([frame.width, frame.scale], [320, 1])
      }
      // one asks what may be given to ffmpeg
      assert.equal(pids().length, 2)
      assert.deepEqual(told, [{ event: 'started' }])
      await camera.stop()
      await mjpeg(camera.port)
      const { frame } = await comes(10)
      assert.ok(sent.includes(frame.bytes.toString('base64')))
      await sleep(500)
      assert.ok(told.filter(({ event }) => event === 'started').length === 2)
    })

    it('encodes them anew where they are to be smaller or fewer', async () => {
      const camera = await mjpeg()
      const { frame } = await open(camera.url, { maxWidth: 160 }).comes(10)
      assert.deepEqual([frame.width, frame.scale], [160, 0.5])
    })

    it('comes back when it was lost, and when it was frozen', async () => {
      const camera = await mjpeg()
      const { isTold, comes } = open(camera.url)
      await comes(10)
      camera.freeze(true)
      await isTold('stalled')
      camera.freeze(false)
      await comes(15)
      await camera.stop()
      await isTold('reconnecting', 2)
      await mjpeg(camera.port)
      await comes(10)
    })
  })
})
