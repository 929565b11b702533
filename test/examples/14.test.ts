import assert from 'node:assert/strict'
import { sharedServer } from '../server/shared-server'
import { pixelAt, pixelsOf } from '../support/compare-pictures'
import { waitUntil } from '../support/wait-until'
import { videoFolder } from '../video/videos'
import { type RunningExample, runExample } from './example'

describe('example 14', function () {
  this.timeout(120_000)
  const videos = videoFolder()
  let example: RunningExample
  before(async () => {
    // a red part on grey, in each frame of a camera that never ends
    const red = ['-vf', 'drawbox=c=gray:t=fill,drawbox=x=100:y=60:w=80:h=100:c=red:t=fill']
    const args = [...red, '-c:v', 'libx264', '-pix_fmt', 'yuv420p']
    const video = videos.make('camera.mp4', { seconds: 2, args })
    example = await runExample(
      '14 - See a live camera with boxes in a browser page',
      await sharedServer(),
      (node) =>
        node.type === 'roboflow-video-source' ? { ...node, kind: 'file', source: video, loop: true } : node,
    )
  })
  after(() => example?.nodeRed.deploy([]))

  const image = () => example.nodeRed.request('live/image')

  it('has a page that asks for the newest image again and again', async () => {
    const page = await example.nodeRed.request('live')
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(await page.text(), /'live\/image\?'/)
  })

  it('shows what the camera sees, with a box around what was found', async () => {
    let answer = await image()
    await waitUntil(
      async () => {
        if (answer.status === 404) answer = await image()
        return answer.status === 200 || undefined
      },
      () => `no image came: ${answer.status}`,
      60_000,
    )
    assert.equal(answer.headers.get('content-type'), 'image/jpeg')
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    const pixels = await pixelsOf(Buffer.from(await answer.arrayBuffer()))
    // the middle is as the camera saw it; above the part stands a label, in the colour of its class
    const [red = 0, green = 0, blue = 0] = pixelAt(pixels, 140, 110)
    assert.ok(red > 180 && green < 80 && blue < 80, `${red} ${green} ${blue}`)
    const label = pixelAt(pixels, 102, 50)
    assert.ok(
      label.some((value) => Math.abs(value - 128) > 60),
      label.join(' '),
    )
  })

  it('goes on with what comes', async () => {
    const first = Buffer.from(await (await image()).arrayBuffer())
    assert.ok(first.length > 1_000)
    assert.equal((await image()).status, 200)
  })
})
