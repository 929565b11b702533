import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { sharedServer } from '../server/shared-server'
import { waitUntil } from '../support/wait-until'
import { type RunningExample, runExample } from './example'

/** It is an ECMAScript module. */
const openBroker = async () => (await import('aedes')).Aedes.createBroker()

describe('example 02', function () {
  this.timeout(120_000)
  let broker: Awaited<ReturnType<typeof openBroker>>
  let server: Server
  let example: RunningExample
  const told: { counts: object; retain: boolean }[] = []
  before(async () => {
    broker = await openBroker()
    server = createServer(broker.handle)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    broker.on('publish', ({ topic, payload, retain }) => {
      if (topic === 'vision/counts') told.push({ counts: JSON.parse(String(payload)), retain })
    })
    const { port } = server.address() as AddressInfo
    example = await runExample('02 - Count objects and tell MQTT', await sharedServer(), (node) =>
      node.type === 'mqtt-broker' ? { ...node, broker: '127.0.0.1', port: String(port) } : node,
    )
  })
  after(async () => {
    // without its broker the client of the flow would try for ever
    await example?.nodeRed.deploy([])
    await new Promise<void>((resolve) => broker?.close(() => resolve()))
    await new Promise<void>((resolve) => server?.close(() => resolve()))
  })
  const toldTimes = (count: number) =>
    waitUntil(
      () => told.length >= count || undefined,
      () => `told ${JSON.stringify(told)}`,
    )

  it('tells a count once it stands still, and only when it is another one', async () => {
    await example.press('four parts')
    assert.deepEqual(await example.shown('told'), { red: 2, green: 1, blue: 1 })
    await toldTimes(1)
    // the same again, and a flicker that is over before a second has passed
    await example.press('four parts')
    await example.press('two parts')
    await example.press('four parts')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    assert.equal(told.length, 1)
    await example.press('two parts')
    assert.deepEqual(await example.shown('told'), { red: 1, green: 0, blue: 1 })
    await toldTimes(2)
    assert.deepEqual(told, [
      { counts: { red: 2, green: 1, blue: 1 }, retain: true },
      { counts: { red: 1, green: 0, blue: 1 }, retain: true },
    ])
  })
})
