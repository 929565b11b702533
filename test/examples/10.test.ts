import assert from 'node:assert/strict'
import { sharedServer } from '../server/shared-server'
import { videoFolder } from '../video/videos'
import { type RunningExample, runExample } from './example'

describe('example 10', function () {
  this.timeout(120_000)
  const videos = videoFolder()
  let example: RunningExample
  before(async () => {
    const red = ['-vf', 'drawbox=c=gray:t=fill,drawbox=x=100:y=60:w=80:h=100:c=red:t=fill']
    const video = videos.make('red.mp4', {
      seconds: 2,
      args: [...red, '-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
    })
    example = await runExample('10 - Every frame of a video', await sharedServer(), (node) =>
      node.type === 'roboflow-video-source' ? { ...node, source: video } : node,
    )
  })

  it('finds the part in each frame, in order, and tells when the video ended', async () => {
    await example.press('play')
    assert.equal((await example.shown('how it went')).event, 'started')
    for (let frame = 0; frame < 10; frame++) assert.deepEqual(await example.shown('counts'), { red: 1 })
    const { event, payload } = await example.shown('how it went')
    assert.deepEqual([event, payload.frames], ['ended', 10])
  })
})
