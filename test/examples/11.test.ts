import assert from 'node:assert/strict'
import { sharedServer } from '../server/shared-server'
import { RtspCamera } from '../video/rtsp-camera'
import { type RunningExample, runExample } from './example'

describe('example 11', function () {
  this.timeout(120_000)
  let camera: RtspCamera
  let example: RunningExample
  before(async () => {
    camera = await RtspCamera.start()
    example = await runExample('11 - Live camera, newest frame', await sharedServer(), (node) =>
      node.type === 'roboflow-video-source' ? { ...node, source: camera.url } : node,
    )
  })
  after(async () => {
    await example?.nodeRed.deploy([])
    await camera?.stop()
  })

  it('starts by itself, shows the newest frames, and tells when the camera was lost and came back', async () => {
    const counts = await example.shown('counts')
    assert.equal(typeof counts, 'object')
    let dropped = 0
    for (let count = 0; count < 5; count++) {
      const frame = await example.shown('frame')
      assert.deepEqual([frame.live, frame.width], [true, 640])
      dropped += frame.dropped
    }
    assert.equal((await example.shown('what happens')).event, 'started')
    await camera.stop()
    assert.equal((await example.shown('what happens')).event, 'reconnecting')
    await camera.start()
    for (;;) if ((await example.shown('what happens')).event === 'started') break
    assert.ok(dropped >= 0)
    await example.press('stop')
    assert.equal((await example.shown('what happens')).event, 'stopped')
  })
})
