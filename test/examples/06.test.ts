import assert from 'node:assert/strict'
import { olderServer } from '../server/older/server'
import { sharedServer } from '../server/shared-server'
import { type RunningExample, runExample } from './example'

const name = '06 - Ask about an image and where a face looks'

describe('example 06', function () {
  this.timeout(180_000)
  let example: RunningExample
  before(async () => {
    example = await runExample(name, await olderServer())
  })

  it('asks about its image, and goes on from what was said', async () => {
    await example.press('a portrait')
    const first = await example.shown('answer')
    // the stand-in for the network tells what reached it
    const said = JSON.parse(first)
    assert.deepEqual([said.prompt, said.history], ['What is in this image?', []])
    assert.deepEqual([said.image.width, said.image.height], [320, 320])
    await example.press('next question')
    const { prompt, history } = JSON.parse(await example.shown('answer'))
    assert.deepEqual([prompt, history], ['What does she wear?', [['What is in this image?', first]]])
  })

  it('tells where the face looks', async () => {
    await example.press('a portrait')
    const [face, ...others] = await example.shown('where faces look')
    assert.deepEqual(others, [])
    assert.ok(Math.abs(face.x - 160) < 20 && Math.abs(face.y - 126) < 20, JSON.stringify(face))
    assert.ok(Math.abs(face.yaw) < 30 && Math.abs(face.pitch) < 30)
  })

  it('says what to use instead on a server that is too new', async () => {
    await example.deploy(await sharedServer())
    await example.press('a portrait')
    const said = [await example.shown('what went wrong'), await example.shown('what went wrong')].join('\n')
    assert.match(said, /Gaze detection was removed.*1\.2\.8/)
    assert.match(said, /CogVLM was removed.*0\.38\.0/)
  })
})
