import { setTimeout as pause } from 'node:timers/promises'
import { EncodedImage } from '../../src/http/body'
import { UndiciTransport } from '../../src/http/undici-transport'
import type { Transport, TransportRequest } from '../../src/index'

/** Connections to a server that remember what went over them, and how much of it at the same time. */
export class RememberingTransport implements Transport {
  readonly #connections: UndiciTransport
  readonly sent: TransportRequest[] = []
  /** The largest number of requests that were under way together. */
  mostAtOnce = 0
  #underWay = 0
  #gathering = { count: 1, done: () => {}, all: Promise.resolve() }

  constructor(url: string) {
    this.#connections = new UndiciTransport(new URL(url), { connectTimeout: 5_000 })
  }

  async send(request: TransportRequest) {
    this.sent.push(request)
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay)
    if (this.#underWay >= this.#gathering.count) this.#gathering.done()
    try {
      await this.#gathering.all
      return await this.#connections.send(request)
    } finally {
      this.#underWay--
    }
  }

  close(): Promise<void> {
    return this.#connections.close()
  }

  forget(): void {
    this.sent.length = 0
    this.mostAtOnce = 0
  }

  /** From now on requests wait until so many are under way: quick ones would never meet. Two seconds at most. */
  gather(count: number): void {
    const { promise, resolve: done } = promiseWithResolvers()
    const waited = pause(2_000, undefined, { ref: false })
    this.#gathering = { count, done, all: Promise.race([promise, waited]) }
  }

  /** What ran a model: one list of images for each request. */
  get images(): Buffer[][] {
    return this.sent.map(imagesOf).filter((images) => images.length > 0)
  }
}

const promiseWithResolvers = () => {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

const imagesOf = ({ body }: TransportRequest): Buffer[] => {
  if (!body) return []
  if ('base64' in body) return [Buffer.from(body.base64.bytes)]
  const { image } = body.json as { image?: { value: unknown } | { value: unknown }[] }
  return [image ?? []]
    .flat()
    .flatMap(({ value }) => (value instanceof EncodedImage ? [Buffer.from(value.bytes)] : []))
}
