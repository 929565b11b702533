import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { allGone } from '../../src/frames/fake-video'
import { type NodeRed, startNodeRed } from '../../support/node-red'
import { type StubServer, startStubServer } from '../../support/stub-server'
import { RtspCamera } from '../rtsp-camera'
import { videoFolder } from '../videos'
import { nextEvent, sourceFlow } from './source-flow'

describe('a camera in a real Node-RED', function () {
  this.timeout(120_000)
  const videos = videoFolder()
  let nodeRed: NodeRed
  let stub: StubServer
  let camera: RtspCamera
  before(async () => {
    stub = await startStubServer()
  })
  after(() => stub?.stop())
  beforeEach(async () => {
    nodeRed = await startNodeRed()
    camera = await RtspCamera.absent({ login: 'me:pass' })
  })
  afterEach(async () => {
    await nodeRed?.stop()
    await camera?.stop()
  })

  const deploy = (source: object, infer: object = {}) => {
    const credentials = { user: 'me', password: 'pass', ...(source as { credentials?: object }).credentials }
    return nodeRed.deploy(
      sourceFlow(stub.url, { kind: 'stream', source: camera.url, ...source, credentials }, infer),
    )
  }
  const nextFrame = async () => (await nodeRed.nextDebug('frames', 30_000)).value

  it('is waited for when flows start, and shown at its newest frame while the server is slow', async () => {
    stub.answer = async () => {
      await sleep(200)
      return undefined
    }
    await deploy({ startOnDeploy: true })
    await nodeRed.nextStatus('source', ({ text }) => /^connecting again/.test(text ?? ''))
    await camera.start()
    await nextFrame()
    let dropped = 0
    for (let count = 0; count < 5; count++) {
      const { frame } = await nextFrame()
      dropped += frame.dropped
      assert.ok(Date.now() - frame.timestamp < 1_000, `${Date.now() - frame.timestamp} ms`)
    }
    assert.ok(dropped >= 10, `${dropped} dropped`)
    stub.answer = () => undefined
  })

  it('that refuses the password is said to do so, and the password is said nowhere', async () => {
    await camera.start()
    await deploy({ startOnDeploy: true, credentials: { password: 'wr0ng' } })
    const { text } = await nodeRed.nextStatus('source', (status) => /refuses/.test(status.text ?? ''))
    assert.match(text ?? '', /^connecting again · .*refuses this user/)
    assert.equal((await nextEvent(nodeRed, 'reconnecting')).code, 'VIDEO_NOT_READABLE')
    const told = JSON.stringify(nodeRed.messages) + nodeRed.log()
    assert.ok(!told.includes('wr0ng'), 'the password was shown')
  })

  it('gives each of many triggers a frame that came after it, running or stopped', async () => {
    await camera.start()
    const { ffmpegPath, pids } = videos.tracedFFmpeg()
    await deploy({ ffmpegPath, snapshotLimit: '10' })
    const trigger = async () => {
      const asked = Date.now()
      await Promise.all(Array.from({ length: 5 }, () => nodeRed.inject('snapshot')))
      for (let count = 0; count < 5; count++) {
        const { value } = await nodeRed.nextDebug(({ value }) => value.part === 7, 30_000)
        assert.ok(value.frame?.timestamp > asked, JSON.stringify({ asked, ...value }))
      }
    }
    await trigger()
    // one opening for all of them, and it is closed again
    await allGone(pids())
    assert.equal(pids().length, 1)
    await nodeRed.inject('start')
    await nextEvent(nodeRed, 'started')
    await trigger()
    await trigger()
    assert.equal(pids().length, 2)
  })

  for (const isFrozen of [false, true])
    it(`leaves no ffmpeg behind when Node-RED is killed, ${isFrozen ? 'frozen' : 'running'}`, async () => {
      await camera.start()
      const { ffmpegPath, pids } = videos.tracedFFmpeg()
      await deploy({ startOnDeploy: true, ffmpegPath })
      await nextFrame()
      if (isFrozen) camera.freeze()
      process.kill(nodeRed.pid, 'SIGKILL')
      await allGone(pids(), 15_000)
    })
})
