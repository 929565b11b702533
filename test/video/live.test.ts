import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { frameSource, LiveStream, type SourceFrame } from '../../src/index'
import { allGone } from '../src/frames/fake-video'
import { waitUntil } from '../support/wait-until'
import { jpegsIn, videoFolder } from './videos'

/** A camera that sends JPEGs one after the other, 25 a second, as many IP cameras do over http. */
const startCamera = async (jpegs: Buffer[], port = 0) => {
  let isFrozen = false
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' })
    let count = 0
    const timer = setInterval(() => {
      const jpeg = jpegs[count++ % jpegs.length]
      if (isFrozen || !jpeg) return
      response.write(`--frame\r\ncontent-type: image/jpeg\r\ncontent-length: ${jpeg.length}\r\n\r\n`)
      response.write(jpeg)
      response.write('\r\n')
    }, 40)
    response.on('close', () => clearInterval(timer))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    freeze: (frozen: boolean) => {
      isFrozen = frozen
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  }
}

describe('a live stream, read by the real ffmpeg', function () {
  this.timeout(120_000)
  const videos = videoFolder()
  let jpegs: Buffer[]
  before(() => {
    jpegs = jpegsIn(videos.make('camera.avi', { seconds: 1, args: ['-c:v', 'mjpeg'] }))
    assert.equal(jpegs.length, 25)
  })

  const open = (port: number) => {
    const { ffmpegPath, pids } = videos.tracedFFmpeg()
    const source = frameSource({
      kind: 'stream',
      url: `http://127.0.0.1:${port}/video`,
      ffmpegPath,
      inputArguments: ['-f', 'mpjpeg'],
    })
    const events: string[] = []
    const stream = new LiveStream(source.frames as (signal: AbortSignal) => AsyncIterable<SourceFrame>, {
      name: 'the camera',
      onEvent: ({ event }) => events.push(event),
    })
    return { stream, events, pids }
  }
  const isTold = (events: string[], wanted: string, count = 1) =>
    waitUntil(
      () => events.filter((event) => event === wanted).length >= count || undefined,
      () => `told ${events}`,
      20_000,
    )

  it('gives the newest frame, never old ones, to whoever is slow', async () => {
    const camera = await startCamera(jpegs)
    const { stream, pids } = open(camera.port)
    try {
      await stream.next()
      let dropped = 0
      for (let count = 0; count < 5; count++) {
        await new Promise((resolve) => setTimeout(resolve, 200))
        const frame = await stream.next()
        dropped += frame.dropped
        assert.ok(Date.now() - frame.timestamp < 100, `${Date.now() - frame.timestamp} ms old`)
        assert.deepEqual([frame.frame.width, frame.frame.mediaTime], [320, null])
      }
      assert.ok(dropped >= 10, `${dropped} dropped`)
    } finally {
      await stream.close()
      await camera.stop()
    }
    await allGone(pids())
  })

  it('comes back within 10 s of the camera’s return, each time, and leaves no ffmpeg behind', async () => {
    let camera = await startCamera(jpegs)
    const { stream, events, pids } = open(camera.port)
    try {
      for (let round = 1; round <= 3; round++) {
        await stream.next()
        await camera.stop()
        await isTold(events, 'reconnecting', round)
        await new Promise((resolve) => setTimeout(resolve, 1_500))
        camera = await startCamera(jpegs, camera.port)
        const back = Date.now()
        await stream.cameAfter(back, AbortSignal.timeout(10_000))
      }
    } finally {
      await stream.close()
      await camera.stop()
    }
    await allGone(pids())
    const left = execFileSync('ps', ['-eo', 'stat,ppid']).toString()
    assert.doesNotMatch(left, new RegExp(`^Z\\S*\\s+${process.pid}$`, 'm'), 'no zombie')
  })

  it('notices a camera that freezes, and comes back within 15 s when it moves again', async () => {
    const camera = await startCamera(jpegs)
    const { stream, events, pids } = open(camera.port)
    try {
      await stream.next()
      camera.freeze(true)
      await isTold(events, 'stalled')
      camera.freeze(false)
      await stream.cameAfter(Date.now(), AbortSignal.timeout(15_000))
    } finally {
      await stream.close()
      await camera.stop()
    }
    await allGone(pids())
  })
})
