import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { connectAsync, type MqttClient } from 'mqtt'
import type { FlowNode } from './node-red'

/** An MQTT broker on 127.0.0.1. */
export const startBroker = async () => {
  // an ECMAScript module
  const { Aedes } = await import('aedes')
  const broker = await Aedes.createBroker()
  const server = createServer(broker.handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const clients: MqttClient[] = []
  return {
    /** The same node, at this broker. */
    at: (node: FlowNode): FlowNode =>
      node.type === 'mqtt-broker' ? { ...node, broker: '127.0.0.1', port: String(port) } : node,
    connect: async (): Promise<MqttClient> => {
      const client = await connectAsync(`mqtt://127.0.0.1:${port}`)
      clients.push(client)
      return client
    },
    /** Flows must not use it any more: their clients would try to come back for ever. */
    stop: async () => {
      for (const client of clients) await client.endAsync()
      await new Promise<void>((resolve) => broker.close(() => resolve()))
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

export type Broker = Awaited<ReturnType<typeof startBroker>>
