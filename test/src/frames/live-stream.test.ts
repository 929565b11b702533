import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { VideoNotReadableError } from '../../../src/errors'
import { type LiveEvent, type LiveOptions, LiveStream } from '../../../src/frames/live-stream'
import { waitUntil } from '../../support/wait-until'
import { failureOf } from '../failure'

/** A camera that tests hold in their hands: what it gives on each connection is told step by step. */
class Camera {
  connections = 0
  #given: (string | Error | undefined)[] = []
  #arrived = () => {}

  give(...frames: (string | Error | undefined)[]) {
    this.#given.push(...frames)
    this.#arrived()
  }

  connect = async function* (this: Camera, signal: AbortSignal): AsyncGenerator<string> {
    this.connections++
    for (;;) {
      while (this.#given.length > 0) {
        const next = this.#given.shift()
        // undefined: the connection ends, as ffmpeg's does when a camera is gone
        if (next === undefined) return
        if (next instanceof Error) throw next
        yield next
      }
      await new Promise<void>((resolve, reject) => {
        this.#arrived = resolve
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
    }
  }.bind(this)
}

describe('a live stream', () => {
  const open: LiveStream<string>[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((stream) => stream.close()))
  })

  const start = (camera: Camera, options: Partial<LiveOptions> = {}) => {
    const events: LiveEvent[] = []
    const stream = new LiveStream(camera.connect, {
      name: 'the camera',
      onEvent: (event) => events.push(event),
      ...options,
    })
    open.push(stream)
    return { stream, events }
  }

  it('gives the newest frame, and says how many nobody took', async () => {
    const camera = new Camera()
    const { stream } = start(camera)
    camera.give('1', '2', '3')
    await sleep(20)
    const { frame, dropped } = await stream.next()
    assert.deepEqual([frame, dropped], ['3', 2])
    camera.give('4')
    const next = await stream.next()
    assert.deepEqual([next.frame, next.dropped], ['4', 0])
  })

  it('never gives the same frame twice', async () => {
    const camera = new Camera()
    const { stream } = start(camera)
    camera.give('1')
    await stream.next()
    const next = stream.next()
    const first = await Promise.race([next, sleep(30).then(() => 'waits')])
    assert.equal(first, 'waits')
    camera.give('2')
    assert.equal((await next).frame, '2')
  })

  it('gives a frame that came after a moment to everybody who asks for one, and leaves it to be taken', async () => {
    const camera = new Camera()
    const { stream } = start(camera)
    camera.give('before')
    await sleep(20)
    const now = Date.now()
    const asked = [stream.cameAfter(now), stream.cameAfter(now)]
    await sleep(20)
    camera.give('after')
    assert.deepEqual(
      (await Promise.all(asked)).map(({ frame }) => frame),
      ['after', 'after'],
    )
    assert.equal((await stream.next()).frame, 'after')
    assert.equal((await stream.cameAfter(now)).frame, 'after', 'one that is there need not be waited for')
  })

  it('connects again when the source ends without a word, and says so', async () => {
    const camera = new Camera()
    const { stream, events } = start(camera)
    camera.give('1', undefined)
    await stream.next()
    const next = stream.next()
    camera.give('2')
    assert.equal((await next).frame, '2')
    assert.equal(camera.connections, 2)
    assert.deepEqual(
      events.map(({ event }) => event),
      ['started', 'reconnecting', 'started'],
    )
    const [, lost] = events
    assert.ok(lost?.event === 'reconnecting' && lost.wait >= 400 && lost.wait <= 600, JSON.stringify(lost))
  })

  it('tells the reason of an error, and keeps trying more and more slowly', async () => {
    const camera = new Camera()
    const { events } = start(camera)
    const refused = () => new VideoNotReadableError('The camera refuses the password.')
    camera.give(refused(), refused(), refused())
    const reconnecting = () => events.filter((event) => event.event === 'reconnecting')
    const lost = await waitUntil(
      () => (reconnecting().length === 3 ? reconnecting() : undefined),
      () => `${reconnecting().length} times`,
    )
    assert.deepEqual(
      lost.map(({ attempt, error }) => [attempt, error?.code]),
      [1, 2, 3].map((attempt) => [attempt, 'VIDEO_NOT_READABLE']),
    )
    const [first, second, third] = lost.map(({ wait }) => wait)
    assert.ok(
      Number(second) > Number(first) && Number(third) > Number(second),
      `${lost.map(({ wait }) => wait)}`,
    )
  })

  it('takes a source that gives nothing for frozen, and opens it anew', async () => {
    const camera = new Camera()
    const { stream, events } = start(camera, { patience: 100 })
    await sleep(200)
    const [stalled, lost] = events
    assert.ok(stalled?.event === 'stalled' && stalled.silentFor >= 100)
    assert.ok(lost?.event === 'reconnecting' && lost.error?.code === 'VIDEO_STALLED')
    camera.give('1')
    assert.equal((await stream.next()).frame, '1')
  })

  it('does not take one for frozen that gives a frame from time to time', async () => {
    const camera = new Camera()
    const { stream, events } = start(camera, { patience: 200 })
    camera.give('1')
    await stream.next()
    // longer than the patience for the first, and shorter than 5 s
    await sleep(400)
    camera.give('2')
    await stream.next()
    assert.deepEqual(
      events.map(({ event }) => event),
      ['started'],
    )
  })

  it('ends when it is closed, whatever it waits for, and opens nothing any more', async () => {
    const closed = async (given: (string | undefined)[]) => {
      const camera = new Camera()
      const { stream } = start(camera)
      camera.give(...given)
      await sleep(20)
      const asked = failureOf(stream.cameAfter(Date.now()))
      await stream.close()
      assert.equal((await asked).name, 'AbortError')
      const { connections } = camera
      await sleep(700)
      assert.equal(camera.connections, connections)
    }
    await Promise.all([[], ['1'], [undefined]].map(closed))
  })

  it('leaves a wait with its own signal', async () => {
    const { stream } = start(new Camera())
    const controller = new AbortController()
    const asked = failureOf(stream.next(controller.signal))
    const reason = new Error('enough')
    controller.abort(reason)
    assert.equal(await asked, reason)
  })
})
