import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FlowNode, type NodeRed, startNodeRed } from '../../support/node-red'
import { waitUntil } from '../../support/wait-until'
import {
  aSwitch,
  debug,
  delay,
  flowOf,
  frames,
  func,
  join,
  linkCall,
  linkIn,
  linkOut,
  node,
  source,
  worker,
} from './pacing-nodes/flows'
import {
  ages,
  arrivedAt,
  lastOf,
  mostAtOnce,
  type Seen,
  seconds,
  sourceIn,
  workedBy,
} from './pacing-nodes/seen'

describe('pacing by the flow in a real Node-RED', function () {
  this.timeout(60_000)
  let nodeRed: NodeRed
  before(async () => {
    nodeRed = await startNodeRed({ packageRoot: path.join(__dirname, 'pacing-nodes') })
  })
  after(() => nodeRed?.stop())

  const see = () => nodeRed.get<Seen>('pacing')

  const until = (isSo: (seen: Seen) => boolean, timeout = 20_000): Promise<Seen> => {
    let seen: Seen | undefined
    const look = async () => {
      seen = await see()
      return isSo(seen) ? seen : undefined
    }
    const inShort = () => JSON.stringify({ ...seen, events: seen?.events.length })
    return waitUntil(look, () => `Waited in vain. ${inShort()}`, timeout)
  }
  const hasEnded = ({ sources }: Seen) =>
    sources.source !== undefined && Object.values(sources).every(({ ended }) => ended)

  /** Deploys a flow, and waits until its source has sent everything and all of it has left the flow. */
  const play = async (nodes: FlowNode[]): Promise<Seen> => {
    await nodeRed.deploy(flowOf(nodes))
    await until(hasEnded)
    // what a join or batch has collected may arrive a little later
    return until((seen) => Date.now() - lastOf(seen) > 200)
  }

  const everyFrameInOrder = (seen: Seen, count = frames) => {
    assert.deepEqual(arrivedAt(seen, 'sink'), numbers(count))
    nothingWrong(seen)
  }
  const nothingWrong = ({ sources, events }: Seen) => {
    for (const { most, givenUp, named, late } of Object.values(sources))
      assert.deepEqual({ givenUp, named, late, tooMany: most > 2 }, fine)
    assert.ok(mostAtOnce(events) <= 2, `${mostAtOnce(events)} frames at once`)
  }

  describe('sends every frame, in order, and never more than 2 at once', () => {
    const flows: Record<string, FlowNode[]> = {
      'to a debug node': [source(['w']), worker('w', ['debug', 'sink']), debug],
      'through a function node': [source(['f']), func('f', 'return msg', ['w']), worker('w')],
      'through a function node that makes a new message': [
        source(['f']),
        func('f', 'return { payload: msg.payload }', ['w']),
        worker('w'),
      ],
      'through a function node that awaits': [
        source(['f']),
        func('f', 'await new Promise((resolve) => setTimeout(resolve, 20)); return msg', ['w']),
        worker('w'),
      ],
      'through a function node that sends later, and then calls node.done': [
        source(['f']),
        func('f', 'setTimeout(() => { node.send(msg); node.done() }, 20)', ['w']),
        worker('w'),
      ],
      'through a change node that deletes msg.frame': [
        source(['c']),
        { ...node('c', 'change', ['w']), rules: [{ t: 'delete', p: 'frame', pt: 'msg' }] },
        worker('w'),
      ],
      'into a group': [
        { id: 'g', type: 'group', z: 'tab', nodes: ['w'], x: 0, y: 0, w: 9, h: 9 },
        source(['w']),
        { ...worker('w'), g: 'g' },
      ],
      'through junctions': [
        source(['j1']),
        node('j1', 'junction', ['j2']),
        node('j2', 'junction', ['w']),
        worker('w'),
      ],
      'past a disabled branch': [source(['w', 'off']), worker('w'), { ...worker('off'), d: true }],
      'over link out and link in, to another tab': [
        source(['lo1']),
        linkOut('lo1', ['li1']),
        { ...linkIn('li1', ['w']), z: 'other' },
        { ...worker('w', ['lo2']), z: 'other' },
        { ...linkOut('lo2', ['li2']), z: 'other' },
        linkIn('li2', ['sink']),
      ],
      'by a link call': [
        source(['call']),
        linkCall('call', 30),
        { ...linkIn('li1', ['w']), z: 'other' },
        { ...worker('w', ['back']), z: 'other' },
        { ...linkOut('back'), mode: 'return', z: 'other' },
      ],
      'through a subflow': [
        {
          id: 'sub',
          type: 'subflow',
          name: 'sub',
          in: [{ x: 0, y: 0, wires: [{ id: 'w' }] }],
          out: [{ x: 0, y: 0, wires: [{ id: 'w', port: 0 }] }],
        },
        { ...worker('w', []), z: 'sub' },
        source(['instance']),
        node('instance', 'subflow:sub', ['sink']),
      ],
      'through a chain of workers': [
        source(['w1']),
        worker('w1', ['w2']),
        { ...worker('w2'), ms: 40, atOnce: 1 },
      ],
      'through a worker that says twice that it is done': [
        source(['w1']),
        { ...worker('w1', ['w2']), doneTwice: true },
        worker('w2'),
      ],
      'through workers of others': [source(['w']), { ...worker('w'), type: 'other-worker' }],
      'through a fixed delay': [source(['d']), delay('d', 50, ['w']), worker('w')],
      'through a delay that limits the rate': [
        source(['d']),
        { ...delay('d', 0, ['w']), pauseType: 'rate', rate: '40' },
        worker('w'),
      ],
    }
    for (const [name, nodes] of Object.entries(flows))
      it(name, async () => {
        const seen = await play(nodes)
        everyFrameInOrder(seen)
        // so many times two frames took 20 ms
        assert.ok(seconds(seen) >= (frames / 2) * 0.015, `${seconds(seen)} s`)
      })
  })

  it('waits for the slower of two branches', async () => {
    const seen = await play([
      source(['fast', 'slow']),
      worker('fast'),
      { ...worker('slow'), ms: 60, atOnce: 1 },
    ])
    assert.deepEqual(
      arrivedAt(seen, 'sink').sort(byNumber),
      numbers(frames).flatMap((id) => [id, id]),
    )
    assert.deepEqual(workedBy(seen, 'fast'), numbers(frames))
    assert.deepEqual(workedBy(seen, 'slow'), numbers(frames))
    nothingWrong(seen)
    assert.ok(seconds(seen) >= frames * 0.055, `${seconds(seen)} s`)
  })

  it('does not wait for what a switch drops', async () => {
    const seen = await play([
      { ...source(['s']), count: 200 },
      { ...aSwitch('s', ['w']), property: 'isTenth', rules: [{ t: 'true' }] },
      worker('w'),
    ])
    assert.deepEqual(
      arrivedAt(seen, 'sink'),
      numbers(20).map((id) => id * 10),
    )
    nothingWrong(seen)
    assert.ok(seconds(seen) < 5, `${seconds(seen)} s`)
  })

  it('waits for a switch that evaluates JSONata, which takes its time', async () => {
    const rule = { t: 'jsonata_exp', v: 'isTenth and $count([1..50]) = 50', vt: 'jsonata' }
    const seen = await play([
      { ...source(['s']), count: 100 },
      { ...aSwitch('s', ['w']), rules: [rule] },
      worker('w'),
    ])
    assert.deepEqual(
      arrivedAt(seen, 'sink'),
      numbers(10).map((id) => id * 10),
    )
    nothingWrong(seen)
  })

  it('does not wait for what a filter drops', async () => {
    const seen = await play([
      source(['r']),
      { ...node('r', 'rbe', ['w']), func: 'rbe', gap: '', inout: 'out', property: 'isTenth' },
      worker('w'),
    ])
    assert.deepEqual(
      arrivedAt(seen, 'sink'),
      [0, 1, 10, 11, 20, 21, 30, 31].filter((id) => id < frames),
    )
    nothingWrong(seen)
  })

  it('waits for all pieces of a message that is split and joined', async () => {
    const seen = await play([
      source(['f']),
      func('f', 'msg.payload = [msg.payload, msg.payload, msg.payload]; return msg', ['split']),
      { ...node('split', 'split', ['w']), arraySplt: 1, arraySpltType: 'len', splt: '\\n', spltType: 'str' },
      worker('w', ['join']),
      { ...join, mode: 'auto' },
    ])
    assert.deepEqual(
      arrivedAt(seen, 'sink'),
      numbers(frames).flatMap((id) => [id, id, id]),
    )
    nothingWrong(seen)
  })

  // what they have collected is of more frames than may be in the flow
  it('does not wait for what a join collects', async () => {
    const seen = await play([source(['w']), worker('w', ['join']), { ...join, mode: 'custom', count: '5' }])
    assert.deepEqual(arrivedAt(seen, 'sink'), numbers(frames))
    assert.deepEqual(sourceIn(seen).givenUp, 0)
    assert.ok(sourceIn(seen).most <= 2)
  })

  it('does not wait for what a batch collects', async () => {
    const batch = { mode: 'count', count: 5, overlap: 0, interval: 1, honourParts: false, topics: [] }
    const seen = await play([
      source(['w']),
      worker('w', ['batch']),
      { ...node('batch', 'batch', ['sink']), ...batch },
    ])
    assert.deepEqual(arrivedAt(seen, 'sink'), numbers(frames))
    assert.deepEqual(sourceIn(seen).givenUp, 0)
    // those that it sends together come back together
    assert.ok(sourceIn(seen).most <= 2 + 5)
  })

  it('waits for http requests', async () => {
    let running = 0
    let most = 0
    const server = createServer(({ url }, response) => {
      most = Math.max(most, ++running)
      setTimeout(() => {
        running--
        response.end(url?.slice(1))
      }, 30)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/{{{payload}}}`
      const request = { method: 'GET', ret: 'txt', paytoqs: 'ignore', url, headers: [] }
      const seen = await play([source(['http']), { ...node('http', 'http request', ['sink']), ...request }])
      // two that run at once may be answered in either order
      assert.deepEqual(arrivedAt(seen, 'sink').sort(byNumber), numbers(frames))
      nothingWrong(seen)
      assert.equal(most, 2)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('waits for what follows a catch node', async () => {
    const seen = await play([
      source(['w']),
      { ...worker('w', []), failsAt: 4 },
      { ...node('catch', 'catch', ['w2']), scope: ['w'] },
      { ...worker('w2'), ms: 300 },
    ])
    assert.deepEqual(arrivedAt(seen, 'sink'), [4])
    assert.deepEqual(workedBy(seen, 'w'), numbers(frames))
    nothingWrong(seen)
  })

  it('waits for what follows a complete node', async () => {
    const seen = await play([
      source(['w']),
      worker('w', []),
      { ...node('complete', 'complete', ['w2']), scope: ['w'] },
      { ...worker('w2'), ms: 40, atOnce: 1 },
    ])
    everyFrameInOrder(seen)
    assert.ok(seconds(seen) >= frames * 0.035, `${seconds(seen)} s`)
  })

  it('waits for nobody where nobody works', async () => {
    const seen = await play([{ ...source(['sink']), count: 500 }])
    everyFrameInOrder(seen, 500)
    assert.ok(seconds(seen) < 5, `${seconds(seen)} s`)
  })

  it('waits for nobody where it is wired to nobody', async () => {
    const seen = await play([{ ...source([]), count: 500 }])
    assert.equal(sourceIn(seen).sent, 500)
    nothingWrong(seen)
    assert.ok(seconds(seen) < 5, `${seconds(seen)} s`)
  })

  it('does not see that a function node sends later without node.done, and says so once', async () => {
    const seen = await play([
      source(['f']),
      func('f', 'setTimeout(() => node.send(msg), 50)', ['w']),
      worker('w'),
    ])
    await until(({ events }) => events.filter(({ what }) => what === 'arrived').length === frames)
    assert.deepEqual(sourceIn(seen).named, [])
    assert.deepEqual(sourceIn(await see()).late, ['f'])
  })

  it('gives a frame up once in a node that never calls done, and names it', async () => {
    const seen = await play([source(['never']), node('never', 'pacing-forgetful', ['w']), worker('w')])
    assert.deepEqual(arrivedAt(seen, 'sink'), numbers(frames))
    const { givenUp, named, waitedFor } = sourceIn(seen)
    assert.deepEqual({ named }, { named: ['never'] })
    assert.ok(givenUp >= 1 && givenUp <= 2, `${givenUp} given up`)
    assert.ok(waitedFor.includes('never'), waitedFor.join())
    assert.ok(seconds(seen) >= 1 && seconds(seen) < 5, `${seconds(seen)} s`)
  })

  it('gives up the frame at which a node throws, and goes on waiting for the node', async () => {
    const seen = await play([
      source(['t']),
      { ...node('t', 'pacing-throwing', ['w']), throwsAt: 4 },
      worker('w'),
    ])
    assert.deepEqual(
      arrivedAt(seen, 'sink'),
      numbers(frames).filter((id) => id !== 4),
    )
    const { givenUp, named, most } = sourceIn(seen)
    assert.deepEqual({ givenUp, named, most }, { givenUp: 1, named: [], most: 2 })
  })

  it('gives a frame up once in a node that throws each time', async () => {
    const seen = await play([source(['t']), node('t', 'pacing-throwing')])
    assert.deepEqual(sourceIn(seen).named, ['t'])
    assert.ok(seconds(seen) < 5, `${seconds(seen)} s`)
  })

  it('gives a frame up once in a link call that is never answered', async () => {
    const seen = await play([source(['call']), linkCall('call', 0.2), linkIn('li1', ['w']), worker('w', [])])
    assert.deepEqual(workedBy(seen, 'w'), numbers(frames))
    assert.deepEqual(sourceIn(seen).named, ['call'])
    assert.ok(seconds(seen) < 5, `${seconds(seen)} s`)
  })

  it('gives up frames that go in circles, later', async () => {
    const seen = await play([
      { ...source(['f']), count: 4, giveUpAfter: 100 },
      func('f', 'return msg', ['d']),
      delay('d', 20, ['f']),
    ])
    const { givenUp, named, late } = sourceIn(seen)
    assert.deepEqual({ givenUp, named, late }, { givenUp: 4, named: [], late: [] })
    assert.ok(seconds(seen) >= 1, `${seconds(seen)} s`)
  })

  it('never gives a frame up that one of our own nodes holds', async () => {
    const seen = await play([
      { ...source(['w']), count: 2, giveUpAfter: 200 },
      { ...worker('w'), ms: 1_500 },
    ])
    everyFrameInOrder(seen, 2)
    assert.deepEqual(sourceIn(seen).waitedFor, ['w'])
  })

  it('counts the frames of two sources apart', async () => {
    const seen = await play([source(['w']), { ...source(['w']), id: 'source2' }, { ...worker('w'), ms: 10 }])
    assert.deepEqual(
      arrivedAt(seen, 'sink').sort(byNumber),
      numbers(frames).flatMap((id) => [id, id]),
    )
    for (const { most, givenUp } of Object.values(seen.sources))
      assert.deepEqual({ most, givenUp }, { most: 2, givenUp: 0 })
  })

  it('goes on at once when the worker alone is deployed anew', async () => {
    const flow = (ms: number) => flowOf([source(['w']), { ...worker('w'), ms }])
    await nodeRed.deploy(flow(200))
    await until(({ events }) => events.length > 4)
    await nodeRed.deploy(flow(20), { type: 'nodes' })
    const seen = await until(hasEnded)
    const lost = frames - arrivedAt(seen, 'sink').length
    assert.ok(lost <= 2, `${lost} lost`)
    const { givenUp, named, sent } = sourceIn(seen)
    assert.deepEqual({ givenUp, named, sent }, { givenUp: 0, named: [], sent: frames })
  })

  it('leaves no hook behind, however often it is deployed', async () => {
    for (let time = 0; time < 5; time++) {
      await nodeRed.deploy(flowOf([source(['w']), worker('w')]))
      await until(({ events }) => events.length > 4)
    }
    assert.equal((await see()).hasHooks, true)
    await nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'nothing' }])
    assert.equal((await see()).hasHooks, false)
  })

  it('keeps a camera running past a slow branch, with fresh frames', async () => {
    await nodeRed.deploy(
      flowOf([
        { ...source(['w']), live: true, atOnce: 1 },
        { ...worker('w', ['s', 'sink']), ms: 40 },
        // every frame is an alert
        { ...aSwitch('s', ['d']), property: 'payload', rules: [{ t: 'gte', v: '0', vt: 'num' }] },
        delay('d', 10_000, ['sink2']),
        { ...node('sink2', 'pacing-sink') },
      ]),
    )
    await sleep(4_500)
    const seen = await see()
    const { named, late, most, sent } = sourceIn(seen)
    assert.deepEqual({ named, late }, { named: [], late: [] })
    assert.ok(most <= 9, `${most} in the flow`)
    // one a second goes into the delay
    assert.ok(sent >= 4 && sent <= 7, `${sent} sent`)
  })

  it('shows a camera at the pace of the worker', async () => {
    await nodeRed.deploy(
      flowOf([
        { ...source(['w']), live: true, atOnce: 1 },
        { ...worker('w'), ms: 100 },
      ]),
    )
    await sleep(2_000)
    const seen = await see()
    const { most, sent } = sourceIn(seen)
    assert.equal(most, 1)
    assert.ok(sent >= 6 && sent <= 21, `${sent} sent`)
    assert.ok(
      ages(seen).every((age) => age < 1_000),
      'old frames',
    )
  })
})

const fine = { givenUp: 0, named: [], late: [], tooMany: false }

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
const byNumber = (a: number, b: number) => a - b
