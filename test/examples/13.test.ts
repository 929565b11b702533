import assert from 'node:assert/strict'
import type { MqttClient } from 'mqtt'
import { sharedServer } from '../server/shared-server'
import { type Broker, startBroker } from '../support/broker'
import { waitUntil } from '../support/wait-until'
import { RtspCamera } from '../video/rtsp-camera'
import { type RunningExample, runExample } from './example'

describe('example 13', function () {
  this.timeout(120_000)
  let broker: Broker
  let camera: RtspCamera
  let machine: MqttClient
  let example: RunningExample
  const verdicts: { part?: string; counts?: object; taken?: number; error?: string }[] = []
  before(async () => {
    broker = await startBroker()
    camera = await RtspCamera.start()
    example = await runExample('13 - A trigger, a picture, a verdict', await sharedServer(), (node) =>
      node.type === 'roboflow-video-source' ? { ...node, source: camera.url } : broker.at(node),
    )
    machine = await broker.connect()
    machine.on('message', (_topic, payload) => verdicts.push(JSON.parse(String(payload))))
    await machine.subscribeAsync('line/verdict')
    assert.equal((await example.shown('what happens')).event, 'started')
  })
  after(async () => {
    await example?.nodeRed.deploy([])
    await broker?.stop()
    await camera?.stop()
  })

  const verdictOf = (part: string) =>
    waitUntil(
      () => verdicts.find((verdict) => verdict.part === part),
      () => JSON.stringify(verdicts),
    )

  it('tells the machine what was found in an image that was taken after its trigger, with the part number', async () => {
    for (const part of ['B-1', 'B-2', 'B-3']) {
      const asked = Date.now()
      await machine.publishAsync('line/trigger', JSON.stringify({ part }))
      const { counts, taken, error } = await verdictOf(part)
      assert.equal(error, undefined)
      assert.equal(typeof counts, 'object')
      assert.ok(taken && taken > asked, `${taken} is not after ${asked}`)
    }
    await example.press('part A-7')
    await verdictOf('A-7')
    assert.deepEqual(
      verdicts.map(({ part }) => part),
      ['B-1', 'B-2', 'B-3', 'A-7'],
    )
  })

  it('tells of a camera that is away, once for each trigger', async () => {
    await camera.stop()
    assert.equal((await example.shown('what happens')).event, 'reconnecting')
    await machine.publishAsync('line/trigger', JSON.stringify({ part: 'C-1' }))
    assert.match((await verdictOf('C-1')).error ?? '', /No image came within 1 s\./)
    assert.equal(verdicts.filter(({ part }) => part === 'C-1').length, 1)
  })
})
