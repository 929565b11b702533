import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { Hooks } from '../../../nodes/shared/frame-follower'
import { framePacing, type PacedSource, type SourceOptions } from '../../../nodes/shared/frame-pacing'

type Message = Record<string, unknown>
type Node = ReturnType<typeof nodeOf>

/** A node as Node-RED has it, whose input handler has so many parameters. */
const nodeOf = (type: string, id = type, parameters = 3) => ({
  id,
  type,
  _expectedDoneCount: parameters === 3 ? 1 : 0,
  _inputCallback: () => {},
})

/** What of Node-RED's runtime matters: the hooks, and the order in which they are called. */
class Runtime implements Hooks {
  readonly callbacks = new Map<string, (event: unknown) => unknown>()
  readonly events = new EventEmitter()
  readonly nodes = new Map<string, Node>()

  add(name: string, callback: (event: never) => unknown): void {
    assert.equal(callback.length, 1)
    assert.match(name, /^\w+\.[^.]+$/)
    assert.ok(!this.callbacks.has(name))
    this.callbacks.set(name, callback as (event: unknown) => unknown)
  }

  remove(name: string): void {
    const [, label] = name.split('.')
    for (const key of this.callbacks.keys()) if (key.endsWith(`.${label}`)) this.callbacks.delete(key)
  }

  node(...of: Parameters<typeof nodeOf>): Node {
    const node = nodeOf(...of)
    this.nodes.set(node.id, node)
    return node
  }

  /** A node has sent a message to another. */
  deliver(msg: unknown, to: Node, from?: Node): void {
    this.#call('preDeliver', { msg, source: { node: from }, destination: { node: to } })
  }

  /** The message reaches the node, and its handler returns. */
  receive(msg: unknown, at: Node): void {
    this.#call('onReceive', { msg, destination: { node: at } })
    this.#call('postReceive', { msg, destination: { node: at } })
  }

  complete(msg: unknown, by: Node): void {
    this.#call('onComplete', { msg, node: { node: by } })
  }

  #call(hook: string, event: object): void {
    for (const [name, callback] of this.callbacks)
      if (name.startsWith(`${hook}.`)) assert.equal(callback(event), undefined)
  }
}

describe('pacing by the flow', () => {
  const { signal } = new AbortController()
  let runtime: Runtime
  let open: PacedSource[]
  let told: string[]
  beforeEach(() => {
    runtime = new Runtime()
    open = []
    told = []
  })
  afterEach(() => {
    for (const source of open) source.close()
    assert.deepEqual([...runtime.callbacks.keys()], [])
  })

  const start = (options: Partial<SourceOptions> = {}): PacedSource => {
    const pacing = framePacing(runtime, runtime.events, (id) => runtime.nodes.get(id))
    assert.ok(pacing)
    const source = pacing.open({
      id: 'source',
      run: 1,
      atOnce: 1,
      live: false,
      giveUpAfter: 0,
      onChange: () => {},
      onGiveUp: ({ id }) => told.push(`gave up at ${id}`),
      onLate: ({ id }) => told.push(`late from ${id}`),
      ...options,
    })
    open.push(source)
    return source
  }

  const message = (id: number, more: Message = {}): Message => ({
    _msgid: `message ${id}`,
    frame: { source: 'source', run: 1, id },
    ...more,
  })

  /** The source sends a frame to a node, which receives it. */
  const send = (source: PacedSource, msg: Message, to: Node): Message => {
    const { id } = msg.frame as { id: number }
    source.sending(id, () => runtime.deliver(msg, to))
    runtime.receive(msg, to)
    return msg
  }

  /** Whether another frame may be sent within so many ms. */
  const isReady = async (source: PacedSource, ms = 20): Promise<boolean> => {
    const waiting = AbortSignal.timeout(ms)
    return source.ready(waiting).then(
      () => true,
      () => false,
    )
  }

  it('is not to be had where there are no hooks', () => {
    assert.equal(
      framePacing(undefined, runtime.events, () => undefined),
      undefined,
    )
  })

  it('has hooks while a source is open', () => {
    assert.equal(runtime.callbacks.size, 0)
    const one = start()
    const other = start({ id: 'other' })
    assert.equal(runtime.callbacks.size, 4)
    one.close()
    assert.equal(runtime.callbacks.size, 4)
    other.close()
    assert.equal(runtime.callbacks.size, 0)
    start()
    assert.equal(runtime.callbacks.size, 4)
  })

  it('lets the next frame go when a node has completed the one before', async () => {
    const source = start()
    const worker = runtime.node('worker')
    assert.equal(await isReady(source), true)
    const msg = send(source, message(0), worker)
    assert.equal(source.inFlow, 1)
    assert.equal(await isReady(source), false)
    runtime.complete(msg, worker)
    await source.ready(signal)
    assert.equal(source.inFlow, 0)
  })

  it('rejects with the reason why somebody does not want to wait any more', async () => {
    const source = start()
    send(source, message(0), runtime.node('worker'))
    const controller = new AbortController()
    const waits = [source.ready(controller.signal), source.empty(controller.signal)]
    controller.abort(new Error('enough'))
    for (const wait of waits) await assert.rejects(wait, /enough/)
    await assert.rejects(source.ready(controller.signal), /enough/)
  })

  it('goes on where a frame is delivered to nobody', async () => {
    const source = start()
    source.sending(0, () => {})
    await source.ready(signal)
    assert.throws(() =>
      source.sending(1, () => {
        throw new Error('not sent')
      }),
    )
    await source.empty(signal)
  })

  it('follows a frame from node to node', async () => {
    const source = start()
    const one = runtime.node('worker', 'one')
    const two = runtime.node('worker', 'two')
    const msg = send(source, message(0), one)
    runtime.deliver(msg, two, one)
    runtime.complete(msg, one)
    assert.equal(await isReady(source), false)
    runtime.receive(msg, two)
    runtime.complete(msg, two)
    assert.equal(await isReady(source), true)
  })

  it('counts a message that comes back to the node that still works on it', async () => {
    const source = start()
    const node = runtime.node('function')
    const msg = send(source, message(0), node)
    runtime.deliver(msg, node, node)
    runtime.complete(msg, node)
    runtime.complete(msg, node)
    assert.equal(await isReady(source), false)
    runtime.receive(msg, node)
    runtime.deliver(msg, node, node)
    runtime.receive(msg, node)
    runtime.complete(msg, node)
    assert.equal(await isReady(source), false)
    runtime.complete(msg, node)
    assert.equal(await isReady(source), true)
  })

  it('takes a second done() for nothing', async () => {
    const source = start({ atOnce: 2 })
    const worker = runtime.node('worker')
    const msg = send(source, message(0), worker)
    const branch = structuredClone(msg)
    runtime.deliver(branch, worker)
    runtime.receive(branch, worker)
    runtime.complete(msg, worker)
    runtime.complete(msg, worker)
    await turn()
    assert.equal(source.inFlow, 1)
  })

  it('takes a handler that never completes for done when it returns', async () => {
    const source = start()
    send(source, message(0), runtime.node('switch', 'switch', 1))
    assert.equal(await isReady(source), true)
  })

  it('counts a message that is handed over without a delivery, right after it was completed', async () => {
    const source = start()
    const worker = runtime.node('worker')
    const complete = runtime.node('complete')
    const msg = send(source, message(0), worker)
    runtime.complete(msg, worker)
    const copy = structuredClone(msg)
    runtime.receive(copy, complete)
    assert.equal(await isReady(source), false)
    runtime.complete(copy, complete)
    assert.equal(await isReady(source), true)
  })

  it('tells nodes apart that have the same message', async () => {
    const source = start()
    const call = runtime.node('link call')
    const link = runtime.node('link in')
    const msg = send(source, message(0), call)
    runtime.receive(msg, link)
    runtime.complete(msg, link)
    runtime.complete(msg, link)
    assert.equal(await isReady(source), false)
    runtime.complete(msg, call)
    assert.equal(await isReady(source), true)
  })

  it('knows a message by its object when the flow deletes its frame', async () => {
    const source = start()
    const node = runtime.node('change')
    const msg = send(source, message(0), node)
    delete msg.frame
    delete msg._msgid
    runtime.complete(msg, node)
    assert.equal(await isReady(source), true)
  })

  it('knows a new message by the id of the old one, while its frame is in the flow', async () => {
    const source = start()
    const node = runtime.node('function')
    const worker = runtime.node('worker')
    const msg = send(source, message(0), node)
    const made = { _msgid: msg._msgid }
    runtime.deliver(made, worker, node)
    runtime.complete(msg, node)
    assert.equal(await isReady(source), false)
    runtime.receive(made, worker)
    runtime.complete(made, worker)
    assert.equal(await isReady(source), true)
    runtime.deliver({ _msgid: msg._msgid }, worker, node)
    assert.equal(source.inFlow, 0)
  })

  for (const type of ['join', 'batch', 'mqtt out'])
    it(`does not wait for ${type}`, async () => {
      const source = start()
      send(source, message(0), runtime.node(type))
      assert.equal(await isReady(source), true)
    })

  it('takes no notice of other runs, other sources and messages without a frame', async () => {
    const source = start()
    const worker = runtime.node('worker')
    const msg = send(source, message(0), worker)
    const others = [
      { source: 'source', run: 0, id: 0 },
      { source: 'another', run: 1, id: 0 },
      'text',
      null,
      5,
    ]
    const unreadable = new Proxy({}, { get: () => assert.fail('not to be read') })
    for (const other of [...others.map((frame) => ({ frame })), message(7), {}, unreadable, null, 'text']) {
      runtime.deliver(other, worker)
      runtime.receive(other, worker)
    }
    runtime.complete(msg, worker)
    await source.empty(signal)
  })

  it('counts the frames of each source, and of its newest run', async () => {
    const older = start()
    const newer = start({ run: 2 })
    const other = start({ id: 'other' })
    older.close()
    const worker = runtime.node('worker')
    send(newer, message(0, { frame: { source: 'source', run: 2, id: 0 } }), worker)
    assert.deepEqual([older.inFlow, newer.inFlow, other.inFlow], [0, 1, 0])
  })

  it('says which node is waited for', async () => {
    const source = start()
    assert.equal(source.waitingFor(), undefined)
    const worker = Object.assign(runtime.node('worker'), { name: 'slow' })
    const before = Date.now()
    send(source, message(0), worker)
    const { since, ...node } = source.waitingFor() ?? assert.fail()
    assert.deepEqual(node, { id: 'worker', type: 'worker', name: 'slow' })
    assert.ok(since >= before - 5 && since <= Date.now() + 5)
  })

  describe('gives up', () => {
    it('a frame that stands still, and no longer waits for a node that has never completed one', async () => {
      const source = start({ giveUpAfter: 50 })
      const node = runtime.node('worker')
      send(source, message(0), node)
      await source.ready(signal)
      assert.deepEqual(told, ['gave up at worker'])
      assert.equal(source.givenUp, 1)
      send(source, message(1), node)
      assert.equal(await isReady(source), true)
      assert.equal(source.givenUp, 1)
    })

    it('nothing while nobody waits', async () => {
      const source = start({ giveUpAfter: 50 })
      send(source, message(0), runtime.node('worker'))
      await sleep(400)
      assert.equal(source.givenUp, 0)
    })

    it('nothing that one of our own nodes holds, beside whomever', async () => {
      const source = start({ giveUpAfter: 50 })
      const ours = runtime.node('roboflow-infer')
      const msg = send(source, message(0), runtime.node('worker'))
      const branch = structuredClone(msg)
      runtime.deliver(branch, ours)
      assert.equal(await isReady(source, 400), false)
      runtime.receive(branch, ours)
      runtime.complete(branch, ours)
      assert.equal(await isReady(source, 600), true)
      assert.deepEqual(told, ['gave up at worker'])
    })

    it('a frame, but not the node, where it has completed one before', async () => {
      const source = start({ giveUpAfter: 50 })
      const node = runtime.node('worker')
      runtime.complete(send(source, message(0), node), node)
      send(source, message(1), node)
      await source.ready(signal)
      assert.equal(source.givenUp, 1)
      assert.deepEqual(told, [])
      send(source, message(2), node)
      assert.equal(await isReady(source), false)
    })

    it('a node until it completes a frame after all', async () => {
      const source = start({ giveUpAfter: 50 })
      const node = runtime.node('worker')
      const msg = send(source, message(0), node)
      await source.ready(signal)
      runtime.complete(msg, node)
      send(source, message(1), node)
      assert.equal(await isReady(source), false)
    })

    it('a node until the next deploy', async () => {
      const source = start({ giveUpAfter: 50 })
      const node = runtime.node('worker')
      send(source, message(0), node)
      await source.ready(signal)
      runtime.events.emit('flows:stopping')
      runtime.events.emit('flows:started')
      send(source, message(1), node)
      assert.equal(await isReady(source), false)
    })

    it('a frame for good: it does not come back', async () => {
      const source = start({ giveUpAfter: 50 })
      const node = runtime.node('function')
      const next = runtime.node('worker')
      const msg = send(source, message(0), node)
      await source.ready(signal)
      runtime.deliver(msg, next, node)
      runtime.complete(msg, node)
      assert.equal(source.inFlow, 0)
      assert.deepEqual(told, ['gave up at function'])
    })
  })

  describe('with a frame that comes back after it had left', () => {
    const comeBack = async (source: PacedSource, type: string) => {
      const node = runtime.node(type)
      const next = runtime.node('worker')
      for (const id of [0, 1]) {
        const msg = send(source, message(id), node)
        runtime.complete(msg, node)
        await turn()
        assert.equal(source.inFlow, id)
        runtime.deliver(msg, next, node)
      }
    }

    it('warns once of the function node that sent it, and waits for it', async () => {
      const source = start({ atOnce: 2 })
      await comeBack(source, 'function')
      assert.deepEqual(told, ['late from function'])
      assert.equal(await isReady(source), false)
    })

    it('does not warn of a function node that was not waited for: it is slow', async () => {
      const source = start({ atOnce: 2, giveUpAfter: 50 })
      const node = runtime.node('function')
      const [, second] = [0, 1].map((id) => send(source, message(id), node))
      await source.ready(signal)
      await turn()
      runtime.deliver(second, runtime.node('worker'), node)
      assert.deepEqual(told, ['gave up at function'])
    })

    it('does not wait for it where nobody holds it again', async () => {
      const source = start()
      const node = runtime.node('trigger')
      const msg = send(source, message(0), node)
      runtime.complete(msg, node)
      await turn()
      runtime.deliver(msg, runtime.node('join'), node)
      assert.equal(source.inFlow, 0)
    })

    it('warns of no other node', async () => {
      const source = start({ atOnce: 2 })
      await comeBack(source, 'trigger')
      assert.equal(source.inFlow, 2)
      assert.deepEqual(told, [])
    })
  })

  describe('of a live source', () => {
    const slow = (source: PacedSource, count: number) => {
      const node = runtime.node('delay')
      for (let id = 0; id < count; id++) send(source, message(id), node)
    }

    it('goes on after a second past what other nodes hold', async () => {
      const source = start({ live: true })
      slow(source, 1)
      assert.equal(await isReady(source, 700), false)
      assert.equal(source.waitingFor()?.id, 'delay')
      assert.equal(await isReady(source, 1_000), true)
      assert.equal(source.waitingFor(), undefined)
      assert.equal(source.inFlow, 1)
    })

    it('does not go on past our own nodes', async () => {
      const source = start({ live: true, grace: 100 })
      send(source, message(0), runtime.node('roboflow-infer'))
      assert.equal(await isReady(source, 600), false)
    })

    it('leaves no more than 8 frames behind', async () => {
      const source = start({ live: true, grace: 100 })
      slow(source, 9)
      assert.equal(await isReady(source, 600), false)
    })

    it('has not ended before slow nodes have, or were given up', async () => {
      const source = start({ live: true, grace: 100, giveUpAfter: 700 })
      slow(source, 1)
      await sleep(400)
      await assert.rejects(source.empty(AbortSignal.timeout(50)))
      await source.empty(signal)
      assert.deepEqual(told, ['gave up at delay'])
    })
  })

  describe('in a deploy', () => {
    it('sends nothing until all nodes have started', async () => {
      const source = start()
      runtime.events.emit('flows:stopping')
      assert.equal(await isReady(source), false)
      runtime.events.emit('flows:starting')
      assert.equal(await isReady(source), false)
      const ready = source.ready(signal)
      runtime.events.emit('flows:started')
      await ready
    })

    it('lets go of what nodes held that were stopped', async () => {
      const source = start({ atOnce: 2 })
      send(source, message(0), runtime.node('worker', 'changed'))
      send(source, message(1), runtime.node('worker', 'same'))
      runtime.events.emit('flows:stopping')
      runtime.node('worker', 'changed')
      runtime.events.emit('flows:started')
      await turn()
      assert.equal(source.inFlow, 1)
      assert.equal(source.waitingFor()?.id, 'same')
    })
  })
})
