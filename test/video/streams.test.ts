import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { imageSize } from 'image-size'
import type { StreamOptions } from '../../src/index'
import { failureOf } from '../src/failure'
import { allGone } from '../src/frames/fake-video'
import { bareServers, clients, stubServers } from '../src/opened'
import { videoFolder } from './videos'

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']

describe('streams of real videos', function () {
  this.timeout(60_000)
  const videos = videoFolder()
  const startServer = stubServers()
  const startBare = bareServers()
  const newClient = clients()
  let long: string

  before(() => {
    long = videos.make('long.mp4', { size: '640x360', seconds: 60, args: h264 })
  })

  const setUp = async (configuration = {}) => {
    const server = await startServer()
    const client = newClient(server.url, { configuration })
    const traced = videos.tracedFFmpeg()
    const stream = (input: string, options: StreamOptions = {}) =>
      client.inferOnStream(input, { modelId: 'cars/3', ffmpegPath: traced.ffmpegPath, ...options })
    return { server, stream, pids: traced.pids }
  }

  it('have every frame in order, shrunk to what the model sees', async () => {
    const { server, stream } = await setUp({ maxConcurrentRequests: 4 })
    const file = videos.make('large.mp4', { size: '1280x720', args: h264 })
    let number = 0
    for await (const { reference, frame, scale } of stream(file)) {
      assert.equal(reference, number++)
      assert.deepEqual(
        [imageSize(frame as Buffer).width, imageSize(frame as Buffer).height, scale],
        [640, 360, 0.5],
      )
    }
    assert.equal(number, 25)
    assert.equal(server.inferences.length, 25)
  })

  it('take no more memory the longer they are', async () => {
    const { server, stream } = await setUp({ maxConcurrentRequests: 4 })
    let [early, most, count] = [0, 0, 0]
    for await (const { error } of stream(long)) {
      assert.equal(error, undefined)
      // the stub remembers requests; the client must not
      server.requests.length = 0
      const { rss } = process.memoryUsage()
      count++
      if (count <= 300) early = Math.max(early, rss)
      else most = Math.max(most, rss)
    }
    assert.equal(count, 1_500)
    assert.ok(most < early + 50 * 2 ** 20, `${early} bytes at first, ${most} later`)
  })

  it('end ffmpeg when they are left', async () => {
    const { stream, pids } = await setUp({ maxConcurrentRequests: 4 })
    for await (const { reference } of stream(long)) if (reference === 10) break
    assert.equal(pids().length, 2)
    await allGone(pids())
  })

  it('end ffmpeg with a signal', async () => {
    const { stream, pids } = await setUp({ maxConcurrentRequests: 4 })
    const controller = new AbortController()
    const results = stream(long, { signal: controller.signal })
    await results.next()
    const next = failureOf(
      results
        .next()
        .then(() => results.next())
        .then(() => results.next()),
    )
    const started = Date.now()
    controller.abort(new Error('enough'))
    assert.equal((await next).message, 'enough')
    assert.ok(Date.now() - started < 2_000)
    await allGone(pids())
  })

  it('end an ffmpeg that is frozen', async () => {
    const { stream, pids } = await setUp()
    const results = stream(long, { stallTimeout: 1_000 })
    await results.next()
    const pid = pids()[1] as number
    process.kill(pid, 'SIGSTOP')
    const reading = (async () => {
      for await (const { error } of results) assert.equal(error, undefined)
    })()
    assert.equal((await failureOf(reading)).code, 'VIDEO_STALLED')
    await allGone(pids())
  })

  it('end a frozen ffmpeg also when they are left', async () => {
    const { stream, pids } = await setUp()
    const results = stream(long)
    await results.next()
    process.kill(pids()[1] as number, 'SIGSTOP')
    await results.return()
    await allGone(pids())
  })

  it('come from a server of files', async () => {
    const { stream } = await setUp()
    const file = videos.make('served.ts', { args: h264 })
    const url = await startBare((_request, response) => createReadStream(file).pipe(response))
    let count = 0
    for await (const { prediction } of stream(`${url}/served.ts`)) if (prediction) count++
    assert.equal(count, 25)
  })

  it('of a camera with JPEGs are passed on as they come', async () => {
    const { server, stream } = await setUp()
    const images = videos.make('camera.mjpeg', {
      args: ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-f', 'mpjpeg'],
    })
    const url = await startBare((_request, response) => {
      response.setHeader('content-type', 'multipart/x-mixed-replace;boundary=ffmpeg')
      createReadStream(images).pipe(response)
    })
    let count = 0
    for await (const { frame } of stream(`${url}/camera`)) {
      count++
      assert.ok((frame as Buffer).includes('Lavc'))
    }
    assert.ok(count >= 24, `${count} frames`)
    assert.equal(server.inferences.length, count)
  })

  it('that hang are an error after a while', async () => {
    const { stream, pids } = await setUp()
    const url = await startBare(() => {})
    const { code, message } = await failureOf(
      stream(`${url}/camera?key=hidden`, { stallTimeout: 500 }).next(),
    )
    assert.equal(code, 'VIDEO_STALLED')
    assert.doesNotMatch(message, /hidden/)
    await allGone(pids())
  })

  it('that nobody serves are an error without user and password', async () => {
    const { stream } = await setUp()
    const lonely = createServer()
    await new Promise<void>((resolve) => lonely.listen(0, '127.0.0.1', resolve))
    const { port } = lonely.address() as AddressInfo
    await new Promise((resolve) => lonely.close(resolve))
    for (const scheme of ['http', 'rtsp']) {
      const { code, message } = await failureOf(stream(`${scheme}://us:s3cret@127.0.0.1:${port}/1`).next())
      assert.equal(code, 'VIDEO_NOT_READABLE')
      assert.match(message, /\(Connection refused\)/)
      assert.doesNotMatch(message, /us:|s3cret/)
    }
  })

  it('that refuse are an error that says so', async () => {
    const { stream } = await setUp()
    const url = await startBare((_request, response) => response.writeHead(401).end())
    assert.match((await failureOf(stream(`${url}/1`).next())).message, /refuses this user and password/)
  })

  it('cannot be made to read files of this machine', async () => {
    const { stream } = await setUp()
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:60\n#EXTINF:60,\nfile://${long}\n#EXT-X-ENDLIST\n`
    const url = await startBare((_request, response) => {
      response.setHeader('content-type', 'application/vnd.apple.mpegurl')
      response.end(playlist)
    })
    assert.equal((await failureOf(stream(`${url}/list.m3u8`).next())).code, 'VIDEO_NOT_READABLE')
  })

  for (const way of ['exits', 'is killed']) {
    it(`leave no ffmpeg behind when the process ${way}`, async () => {
      const { ffmpegPath, pids } = videos.tracedFFmpeg()
      const script = path.join(__dirname, 'reader.ts')
      const reader = spawn(process.execPath, ['--import', 'tsx', script, long, ffmpegPath, way])
      if (way === 'is killed') reader.stdout.once('data', () => reader.kill('SIGKILL'))
      await once(reader, 'exit')
      assert.equal(pids().length, 2)
      await allGone(pids())
    })
  }
})
