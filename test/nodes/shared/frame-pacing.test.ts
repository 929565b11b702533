import assert from 'node:assert/strict'
import type { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { hooks } from '@node-red/util'
import helper from 'node-red-node-test-helper'
import {
  framePacing,
  type PacedSource,
  type PacedSourceOptions,
} from '../../../nodes/shared/frame-pacing/frame-pacing'
import type { Hooks } from '../../../nodes/shared/frame-pacing/messaging-hooks'
import { core, type Message } from '../flow'

helper.init(require.resolve('node-red'))

const { events } = require('@node-red/util') as { events: EventEmitter }

const ms = 20

// biome-ignore lint/suspicious/noExplicitAny: the runtime of Node-RED
type Runtime = any

/** Nodes that work as ours do, and some that do not. */
const workers = (RED: Runtime) => {
  const register = (type: string, start: (node: Runtime, config: Message) => void) =>
    RED.nodes.registerType(type, function (this: Runtime, config: Message) {
      RED.nodes.createNode(this, config)
      start(this, config)
    })
  register('roboflow-worker', (node, { ms: takes = ms }) => {
    node.on('input', (msg: Message, send: (msg: Message) => void, done: () => void) => {
      setTimeout(() => {
        send(msg)
        done()
      }, Number(takes))
    })
  })
  register('never-done', (node) => {
    node.on('input', (msg: Message, send: (msg: Message) => void, _done: () => void) => send(msg))
  })
  register('throws', (node) => {
    node.on('input', (_msg: Message, _send: unknown, _done: unknown) => {
      throw new Error('at once')
    })
  })
}

const types = [
  workers,
  core('common/20-inject'),
  core('common/21-debug'),
  core('common/25-catch'),
  core('common/24-complete'),
  core('common/60-link'),
  core('function/10-function'),
  core('function/10-switch'),
  core('function/15-change'),
  core('function/89-delay'),
  core('function/rbe'),
  core('sequence/17-split'),
  core('sequence/19-batch'),
  core('network/21-httprequest'),
]

describe('frames that are paced by the flow', function () {
  this.timeout(30_000)
  const pacing = framePacing(hooks as unknown as Hooks, events)
  assert.ok(pacing)
  const open: PacedSource[] = []
  afterEach(async () => {
    for (const source of open.splice(0)) source.close()
    await helper.unload()
  })

  let run = 0
  /** Loads a flow that begins at the source "s" and ends at the helper node "end"; sends frames through it. */
  const start = async (nodes: Message[], first: string[], options: Partial<PacedSourceOptions> = {}) => {
    const flow = [
      { id: 'tab', type: 'tab', label: 'a flow' },
      { id: 's', type: 'helper', z: 'tab', x: 0, y: 0, wires: [first] },
      { id: 'end', type: 'helper', z: 'tab', x: 0, y: 0, wires: [] },
      ...nodes.map((node) => ({ z: 'tab', x: 0, y: 0, wires: [['end']], ...node })),
    ]
    await helper.load(types as never, flow as never, {})
    const source = pacing({ id: 's', run: ++run, atOnce: 2, live: false, giveUpAfter: 1_500, ...options })
    open.push(source)
    const arrived: number[] = []
    helper.getNode('end').on('input', (msg: Message) => arrived.push(msg.frame?.id ?? msg.payload))
    let most = 0
    const send = async (count: number, from = 0) => {
      const controller = new AbortController()
      for (let id = from; id < from + count; id++) {
        await source.ready(controller.signal)
        const frame = { source: 's', run, id }
        source.sending(id, () => helper.getNode('s').send({ payload: id, frame } as never))
        most = Math.max(most, source.inFlow)
      }
      await source.empty(controller.signal)
    }
    return { source, arrived, send, most: () => most }
  }
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

  const worker = { id: 'w', type: 'roboflow-worker' }
  const func = (id: string, code: string, wires: string[][]) => ({
    id,
    type: 'function',
    func: code,
    outputs: 1,
    wires,
  })

  const flows: Record<string, [nodes: Message[], first: string[]]> = {
    'one of our nodes': [[worker], ['w']],
    'a function': [[func('f', 'return msg', [['w']]), worker], ['f']],
    'a function that makes a new message': [
      [func('f', 'return { payload: msg.payload, _msgid: msg._msgid }', [['w']]), worker],
      ['f'],
    ],
    'a chain': [
      [
        { ...worker, wires: [['w2']] },
        { ...worker, id: 'w2', ms: 2 * ms },
      ],
      ['w'],
    ],
    'a delay': [
      [
        {
          id: 'd',
          type: 'delay',
          pauseType: 'delay',
          timeout: ms / 1000,
          timeoutUnits: 'seconds',
          rate: '1',
          nbRateUnits: '1',
          rateUnits: 'second',
          randomFirst: '1',
          randomLast: '5',
          randomUnits: 'seconds',
          wires: [['w']],
        },
        worker,
      ],
      ['d'],
    ],
    'a switch that lets all pass': [
      [
        {
          id: 'x',
          type: 'switch',
          property: 'payload',
          propertyType: 'msg',
          rules: [{ t: 'gte', v: '0', vt: 'num' }],
          checkall: 'true',
          outputs: 1,
          wires: [['w']],
        },
        worker,
      ],
      ['x'],
    ],
    'a filter': [
      [
        {
          id: 'r',
          type: 'rbe',
          func: 'rbe',
          gap: '',
          start: '',
          inout: 'out',
          property: 'payload',
          wires: [['w']],
        },
        worker,
      ],
      ['r'],
    ],
    'link out and link in': [
      [
        { id: 'lo', type: 'link out', mode: 'link', links: ['li'], wires: [] },
        { id: 'li', type: 'link in', links: ['lo'], wires: [['w']] },
        worker,
      ],
      ['lo'],
    ],
  }
  for (const [name, [nodes, first]] of Object.entries(flows)) {
    it(`go through ${name}: every one, in order, never more than may be at once`, async () => {
      const { send, arrived, most } = await start(nodes, first)
      await send(15)
      assert.deepEqual(arrived, numbers(15))
      assert.equal(most(), 2)
    })
  }

  it('wait for both of two branches', async () => {
    const { send, arrived, most } = await start(
      [worker, { ...worker, id: 'slow', ms: 3 * ms }],
      ['w', 'slow'],
    )
    const began = Date.now()
    await send(10)
    assert.equal(arrived.length, 20)
    assert.equal(most(), 2)
    assert.ok(Date.now() - began >= 4 * 3 * ms)
  })

  it('do not wait for those that a switch drops', async () => {
    const tenth = { t: 'jsonata_exp', v: 'payload % 10 = 0', vt: 'jsonata' }
    const choose = {
      id: 'x',
      type: 'switch',
      property: 'payload',
      propertyType: 'msg',
      rules: [tenth],
      checkall: 'true',
      outputs: 1,
      wires: [['w']],
    }
    const { send, arrived } = await start([choose, { ...worker, ms: 100 }], ['x'])
    const began = Date.now()
    await send(100)
    assert.deepEqual(
      arrived,
      numbers(10).map((index) => index * 10),
    )
    assert.ok(Date.now() - began < 3_000)
  })

  it('are counted until the last piece of a split one is done', async () => {
    const explode = func('f', 'msg.payload = [1, 2, 3]; return msg', [['sp']])
    const split = {
      id: 'sp',
      type: 'split',
      splt: '\\n',
      spltType: 'str',
      arraySplt: 1,
      arraySpltType: 'len',
      wires: [['w']],
    }
    const { send, arrived, most } = await start([explode, split, worker], ['f'])
    await send(5)
    assert.equal(arrived.length, 15)
    assert.equal(most(), 2)
  })

  it('are not held by what collects them', async () => {
    const batch = {
      id: 'b',
      type: 'batch',
      mode: 'count',
      count: 5,
      overlap: 0,
      honourParts: false,
      wires: [['end']],
    }
    const { send, arrived } = await start([batch], ['b'])
    await send(10)
    await sleep(50)
    assert.deepEqual(arrived, numbers(10))
  })

  it('wait for an http request', async () => {
    const server = createServer((_request, response) => setTimeout(() => response.end('ok'), ms))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    try {
      const { send, arrived, most } = await start(
        [{ id: 'h', type: 'http request', method: 'GET', ret: 'txt', url, headers: [], wires: [['end']] }],
        ['h'],
      )
      await send(8)
      assert.deepEqual(arrived, numbers(8))
      assert.equal(most(), 2)
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it('are held by a catch branch after the node that failed', async () => {
    const fail = func('f', 'node.error("bad", msg)', [[]])
    const caught = { id: 'c', type: 'catch', scope: ['f'], wires: [['w']] }
    const { send, arrived, most } = await start([fail, caught, worker], ['f'])
    await send(8)
    assert.deepEqual(arrived, numbers(8))
    assert.equal(most(), 2)
  })

  it('leave at once where nobody takes them', async () => {
    const { send } = await start([], [])
    const began = Date.now()
    await send(300)
    assert.ok(Date.now() - began < 3_000)
  })

  it('are given up once by a node that never completes any, which is named and not waited for again', async () => {
    const named: string[] = []
    const { send, arrived } = await start([{ id: 'n', type: 'never-done' }], ['n'], {
      giveUpAfter: 400,
      onGiveUp: ({ type }) => named.push(type),
    })
    await send(20)
    // what an ignored node holds is not waited for
    await sleep(50)
    assert.deepEqual(arrived, numbers(20))
    assert.deepEqual(named, ['never-done'])
  })

  it('are given up in a node that fails without a word', async () => {
    const named: string[] = []
    const { send, source } = await start([{ id: 't', type: 'throws' }], ['t'], {
      giveUpAfter: 300,
      onGiveUp: ({ type }) => named.push(type),
    })
    await send(10)
    assert.deepEqual(named, ['throws'])
    assert.ok(source.inFlow <= 10)
  })

  it('are waited for without limit where one of our nodes holds them', async () => {
    const named: string[] = []
    const { send, arrived } = await start([{ ...worker, ms: 900 }], ['w'], {
      giveUpAfter: 200,
      atOnce: 1,
      onGiveUp: ({ type }) => named.push(type),
    })
    await send(2)
    assert.deepEqual(arrived, [0, 1])
    assert.deepEqual(named, [])
  })

  it('say whom they wait for', async () => {
    const { send, source } = await start([{ ...worker, name: 'the slow one', ms: 300 }], ['w'], { atOnce: 1 })
    const sent = send(2)
    await sleep(100)
    assert.equal(source.waitingFor()?.node.name, 'the slow one')
    await sent
    assert.equal(source.waitingFor(), undefined)
  })

  it('of a live source go on where only a slow branch of others holds them, up to a limit', async () => {
    const slow = {
      id: 'd',
      type: 'delay',
      pauseType: 'delay',
      timeout: 60,
      timeoutUnits: 'seconds',
      rate: '1',
      nbRateUnits: '1',
      rateUnits: 'second',
      randomFirst: '1',
      randomLast: '5',
      randomUnits: 'seconds',
      wires: [['end']],
    }
    const { send, source } = await start([slow], ['d'], { live: true, atOnce: 1 })
    void send(20).catch(() => {})
    await sleep(3_500)
    assert.ok(source.inFlow >= 3 && source.inFlow <= 5, `${source.inFlow} in the flow`)
  })

  it('that come back late from a function are told of once, and wait for nothing', async () => {
    const late: string[] = []
    const later = func('f', 'setTimeout(() => node.send(msg), 100)', [['w']])
    const { send } = await start([later, worker], ['f'], { onLate: ({ id }) => late.push(id) })
    await send(10)
    await sleep(300)
    assert.deepEqual(late, ['f'])
  })

  it('of two sources do not disturb each other, and those of an older run are ignored', async () => {
    const { send, arrived, source } = await start([worker], ['w'])
    const other = pacing({ id: 'other', run: 1, atOnce: 1, live: false, giveUpAfter: 0 })
    open.push(other)
    helper.getNode('s').send({ payload: 'old', frame: { source: 's', run: run - 1, id: 0 } } as never)
    assert.equal(source.inFlow, 0)
    await send(4)
    assert.equal(other.inFlow, 0)
    assert.deepEqual(arrived, [0, 0, 1, 2, 3])
  })

  it('wait while flows are deployed, and are let go by nodes that were stopped', async () => {
    const { send, source } = await start([{ id: 'n', type: 'never-done' }], ['n'], { giveUpAfter: 0 })
    void send(3).catch(() => {})
    await sleep(50)
    assert.equal(source.inFlow, 2)
    events.emit('flows:stopping')
    const node = helper.getNode('n') as unknown as { removeAllListeners(name: string): void }
    node.removeAllListeners('input')
    await sleep(50)
    assert.equal(source.inFlow, 2)
    events.emit('flows:started')
    await sleep(300)
    assert.ok(source.inFlow <= 1, `${source.inFlow} in the flow`)
  })

  it('leave no hook behind when the last source closes', async () => {
    for (let count = 0; count < 5; count++) {
      const one = pacing({ id: 'a', run: count, atOnce: 1, live: false, giveUpAfter: 0 })
      const two = pacing({ id: 'b', run: count, atOnce: 1, live: false, giveUpAfter: 0 })
      one.close()
      two.close()
    }
    // the same label twice would throw
    for (const name of ['preDeliver', 'onReceive', 'postReceive', 'onComplete'])
      (hooks as unknown as Hooks).add(`${name}.roboflow`, () => {})
    ;(hooks as unknown as Hooks).remove('*.roboflow')
  })

  it('cannot be paced where a runtime has no hooks', () => {
    assert.equal(framePacing(undefined, events), undefined)
  })
})
