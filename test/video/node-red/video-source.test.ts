import assert from 'node:assert/strict'
import path from 'node:path'
import { allGone } from '../../src/frames/fake-video'
import { type NodeRed, startNodeRed } from '../../support/node-red'
import { type StubServer, startStubServer } from '../../support/stub-server'
import { waitUntil } from '../../support/wait-until'
import { videoFolder } from '../videos'
import { nextEvent, sourceFlow } from './source-flow'

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25']

describe('video-source in a real Node-RED', function () {
  this.timeout(120_000)
  const videos = videoFolder()
  let nodeRed: NodeRed
  let stub: StubServer
  before(async () => {
    stub = await startStubServer()
    nodeRed = await startNodeRed()
  })
  after(async () => {
    await nodeRed?.stop()
    await stub?.stop()
  })

  const deploy = (source: object, infer?: object) => nodeRed.deploy(sourceFlow(stub.url, source, infer))
  const event = (name: string) => nextEvent(nodeRed, name)

  it('sends every frame of a file once, in order, through a node that asks four at a time', async () => {
    const file = videos.make('long.mp4', { seconds: 4, args: h264 })
    stub.answer = async ({ path: route }) => {
      if (route.startsWith('/infer'))
        await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 20))
      return undefined
    }
    await deploy({ kind: 'file', source: file, framesInFlow: '5' }, { atOnce: 4 })
    await nodeRed.inject('start')
    for (let id = 0; id < 100; id++) {
      const { frame } = (await nodeRed.nextDebug('frames', 30_000)).value
      assert.equal(frame.id, id)
      assert.ok(Math.abs(frame.mediaTime - id / 25) < 0.001, `${frame.mediaTime}`)
      assert.deepEqual([frame.width, frame.height, frame.scale], [320, 240, 1])
    }
    assert.equal((await event('ended')).frames, 100)
  })

  it('limits width and rate, and plays a part', async () => {
    const file = videos.make('part.mp4', { size: '640x480', seconds: 3, args: h264 })
    await deploy({ kind: 'file', source: file, maxWidth: '320', fps: '5', start: '1', end: '2' })
    await nodeRed.inject('start')
    for (let id = 0; id < 5; id++) {
      const { frame } = (await nodeRed.nextDebug('frames', 30_000)).value
      assert.deepEqual([frame.width, frame.height, frame.scale], [320, 240, 0.5])
      assert.ok(Math.abs(frame.mediaTime - (1 + id / 5)) < 0.041, `${frame.mediaTime}`)
    }
    assert.equal((await event('ended')).frames, 5)
  })

  it('leaves no ffmpeg behind after a stop, a redeploy, or the end of Node-RED', async () => {
    const file = videos.make('endless.mp4', { seconds: 2, args: h264 })
    const { ffmpegPath, pids } = videos.tracedFFmpeg()
    const source = { kind: 'file', source: file, loop: true, ffmpegPath }
    await deploy(source)
    await nodeRed.inject('start')
    await nodeRed.nextDebug('frames', 30_000)
    await nodeRed.inject('stop')
    await event('stopped')
    await allGone(pids())
    await nodeRed.inject('start')
    await waitUntil(
      () => pids().length === 2 || undefined,
      () => 'it did not start again',
    )
    await deploy(source)
    await allGone(pids())
  })

  it('says what to install where there is no ffmpeg', async () => {
    await deploy({ kind: 'file', source: path.join('/tmp', 'any.mp4'), ffmpegPath: '/nowhere/ffmpeg' })
    await nodeRed.inject('start')
    const { code, message } = await event('error')
    assert.equal(code, 'FFMPEG_NOT_FOUND')
    assert.match(message, /apt install ffmpeg/)
  })
})
