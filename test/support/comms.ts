import { WebSocket } from 'undici'
import { waitUntil } from './wait-until'

export interface CommsMessage {
  topic: string
  // biome-ignore lint/suspicious/noExplicitAny: each topic has a shape of its own.
  data: any
}

const topics = ['debug', 'status/#', 'notification/#']

/** The websocket on which Node-RED tells its editor what happens. */
export class Comms {
  readonly messages: CommsMessage[] = []
  private readonly socket: WebSocket
  private failure: string | undefined
  private authorized = false

  constructor(url: string, token?: string) {
    this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`)
    this.socket.addEventListener('open', () => {
      if (token) this.send({ auth: token })
      else this.subscribe()
    })
    this.socket.addEventListener('message', ({ data }) => this.receive(JSON.parse(String(data))))
    this.socket.addEventListener('error', ({ message }) => this.close(message))
    this.socket.addEventListener('close', ({ code }) => this.close(`closed with code ${code}`))
  }

  /** Node-RED repeats its state to whoever subscribes: the first one that names it proves the connection. */
  async started(tail: () => string) {
    await waitUntil(
      () => {
        if (this.failure) throw new Error(`Node-RED's websocket: ${this.failure}. ${tail()}`)
        return this.messages.find(({ topic, data }) => topic === 'notification/runtime-state' && data.state)
      },
      () => `Node-RED did not say that its flows have started. ${tail()}`,
      60_000,
    )
  }

  close(reason = 'closed') {
    this.failure ??= reason
    if (this.socket.readyState <= WebSocket.OPEN) this.socket.close()
  }

  private receive(received: CommsMessage[] | { auth: string }) {
    if (Array.isArray(received)) this.messages.push(...received.filter(({ topic }) => topic !== 'hb'))
    else if (received.auth === 'ok' && !this.authorized) {
      this.authorized = true
      this.subscribe()
    } else this.close('login refused')
  }

  private subscribe() {
    for (const subscribe of topics) this.send({ subscribe })
  }

  private send(message: object) {
    this.socket.send(JSON.stringify(message))
  }
}
