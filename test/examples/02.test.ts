import assert from 'node:assert/strict'
import { sharedServer } from '../server/shared-server'
import { type Broker, startBroker } from '../support/broker'
import { waitUntil } from '../support/wait-until'
import { type RunningExample, runExample } from './example'

interface Told {
  counts: object
  /** Kept by the broker, from before the subscriber came. */
  kept: boolean
}

describe('example 02', function () {
  this.timeout(120_000)
  let broker: Broker
  let example: RunningExample
  before(async () => {
    broker = await startBroker()
    example = await runExample('02 - Count objects and tell MQTT', await sharedServer(), broker.at)
  })
  after(async () => {
    await example?.nodeRed.deploy([])
    await broker?.stop()
  })

  /** What a subscriber is told, from now on. */
  const subscribe = async () => {
    const told: Told[] = []
    const client = await broker.connect()
    client.on('message', (_topic, payload, { retain }) => {
      told.push({ counts: JSON.parse(String(payload)), kept: retain })
    })
    await client.subscribeAsync('vision/counts')
    return told
  }
  const toldTimes = (told: Told[], count: number) =>
    waitUntil(
      () => told.length >= count || undefined,
      () => `told ${JSON.stringify(told)}`,
    )

  const four = { red: 2, green: 1, blue: 1 }
  const two = { red: 1, green: 0, blue: 1 }

  it('tells a count once it stands still, and only when it is another one', async () => {
    const told = await subscribe()
    await example.press('four parts')
    assert.deepEqual(await example.shown('told'), four)
    await toldTimes(told, 1)
    // the same again, and a flicker that is over before a second has passed
    await example.press('four parts')
    await example.press('two parts')
    await example.press('four parts')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    await example.press('two parts')
    assert.deepEqual(await example.shown('told'), two)
    await toldTimes(told, 2)
    assert.deepEqual(told, [
      { counts: four, kept: false },
      { counts: two, kept: false },
    ])
    const later = await subscribe()
    await toldTimes(later, 1)
    assert.deepEqual(later, [{ counts: two, kept: true }])
  })

  it('tells it while the images of a camera keep coming', async () => {
    const told = await subscribe()
    await toldTimes(told, 1)
    await example.deploy(await sharedServer(), (node) =>
      node.name === 'four parts' ? { ...node, repeat: '0.2' } : broker.at(node),
    )
    assert.deepEqual(await example.shown('told'), four)
    await toldTimes(told, 2)
    assert.deepEqual(told, [
      { counts: two, kept: true },
      { counts: four, kept: false },
    ])
  })
})
