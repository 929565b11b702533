import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hooks } from '@node-red/util'
import videoSource from '../../nodes/video-source/video-source'
import { nodeFromDialog } from '../package/editor-definitions'
import { paint } from '../support/images'
import { startStubServer } from '../support/stub-server'
import { waitUntil } from '../support/wait-until'
import { type Flow, type Message, startFlow, stopFlow, type TestedNode } from './flow'

// the helper's nodes have no RED.hooks: it is as in a runtime without them, unless a test hands them over
const withHooks = (RED: never) => videoSource(Object.assign(Object.create(RED), { hooks }) as never)
const nodes = {
  paced: { id: 'video-source', register: withHooks } as unknown as TestedNode,
  unpaced: { id: 'video-source', register: videoSource } as unknown as TestedNode,
}

describe('video-source', () => {
  let folder: string
  let images: Buffer[]
  before(async () => {
    images = await Promise.all([16, 24, 32].map((width) => paint(width, 12)))
  })
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frames-'))
    for (const [index, image] of images.entries()) fs.writeFileSync(path.join(folder, `${index}.jpg`), image)
  })
  afterEach(async () => {
    await stopFlow()
    fs.rmSync(folder, { recursive: true, force: true })
  })

  const start = (properties: Message = {}, tested = nodes.paced): Promise<Flow> =>
    startFlow({
      tested,
      properties: {
        kind: 'directory',
        source: folder,
        name: 'the belt',
        startOnDeploy: false,
        ...properties,
      },
    })
  const events = async (flow: Flow, count: number) =>
    (await flow.dropped.first(count)).map(({ event }) => event)

  describe('with a directory', () => {
    it('sends every image in order, and tells when it ended', async () => {
      const flow = await start()
      flow.send({ action: 'start' })
      const frames = await flow.out.first(3)
      assert.deepEqual(
        frames.map(({ payload }) => payload.length),
        images.map(({ length }) => length),
      )
      assert.deepEqual(
        frames.map(({ frame, topic, filename }) => [frame.id, frame.width, topic, path.basename(filename)]),
        [0, 1, 2].map((id) => [id, [16, 24, 32][id], 'the belt', `${id}.jpg`]),
      )
      const [{ frame }] = frames as [Message]
      assert.deepEqual(
        [frame.source, frame.live, frame.scale, frame.mediaTime, frame.dropped],
        ['video-source', false, 1, null, 0],
      )
      assert.ok(Math.abs(frame.timestamp - Date.now()) < 10_000)
      assert.deepEqual(await events(flow, 2), ['started', 'ended'])
      assert.equal(flow.dropped.messages[1]?.payload.frames, 3)
    })

    it('starts by itself when flows start', async () => {
      const flow = await start({ startOnDeploy: true })
      await flow.out.first(3)
    })

    it('begins again with another run when it is started again', async () => {
      const flow = await start()
      flow.send({ action: 'start' })
      await events(flow, 2)
      flow.send({})
      const frames = await flow.out.first(6)
      const runs = new Set(frames.map(({ frame }) => frame.run))
      assert.equal(runs.size, 2)
      assert.equal(frames[3]?.frame.id, 0)
    })

    it('tells a Catch node of a file that is no image, and goes on', async () => {
      fs.writeFileSync(path.join(folder, '1.jpg'), 'no image')
      const flow = await start()
      flow.send({ action: 'start' })
      const caught = await flow.caught.next()
      assert.equal(caught.error.code, 'ENCODING_ERROR')
      assert.equal(path.basename(caught.filename), '1.jpg')
      assert.equal((await flow.out.first(2)).length, 2)
    })

    it('pauses, resumes and stops', async () => {
      const flow = await start({ watch: true })
      flow.send({ action: 'start' })
      await flow.out.first(3)
      flow.send({ action: 'pause' })
      fs.writeFileSync(path.join(folder, '3.jpg'), images[0] as Buffer)
      await sleep(1_500)
      assert.equal(flow.out.messages.length, 3)
      flow.send({ action: 'resume' })
      await flow.out.first(4)
      flow.send({ action: 'stop' })
      assert.equal((await events(flow, 2))[1], 'stopped')
    })

    it('plays another directory that a message names, where that is accepted', async () => {
      const other = fs.mkdtempSync(path.join(os.tmpdir(), 'other-'))
      fs.writeFileSync(path.join(other, 'x.jpg'), images[2] as Buffer)
      try {
        const flow = await start()
        flow.send({ source: other })
        assert.equal((await flow.out.next()).frame.width, 32)
        await stopFlow()
        const closed = await start({ acceptSource: false })
        closed.send({ source: other })
        assert.equal((await closed.caught.next()).error.code, 'REFERENCE_REFUSED')
        closed.send({ source: other, req: {} })
        assert.equal((await closed.caught.next()).error.code, 'REFERENCE_REFUSED')
      } finally {
        fs.rmSync(other, { recursive: true })
      }
    })

    it('starts when another source has ended, and ignores its other events', async () => {
      const flow = await start()
      flow.send({ event: 'started', payload: {} })
      flow.send({ event: 'reconnecting', payload: {} })
      await sleep(100)
      assert.equal(flow.out.messages.length, 0)
      flow.send({ event: 'ended', payload: {} })
      await flow.out.first(3)
    })

    it('gives one for each message where that is chosen, or where the runtime has no hooks', async () => {
      for (const [properties, tested] of [
        [{ pace: 'input' }, nodes.paced],
        [{}, nodes.unpaced],
      ] as const) {
        await stopFlow()
        const flow = await start(properties, tested)
        flow.send({})
        await flow.out.next()
        await sleep(100)
        assert.equal(flow.out.messages.length, 1)
        flow.send({ action: 'next' })
        assert.equal((await flow.out.next()).frame.id, 1)
      }
    })

    for (const [name, message] of Object.entries({
      'an unknown action': { action: 'play' },
      'a number': { action: 7 },
      'a name that every object has': { action: 'constructor' },
    })) {
      it(`refuses ${name}`, async () => {
        const flow = await start()
        flow.send(message)
        assert.equal((await flow.caught.next()).error.code, 'INVALID_PARAMETER')
      })
    }

    it('says what is wrong with a directory that is not there', async () => {
      const flow = await start({ source: '/nowhere/at/all' })
      flow.send({ action: 'start' })
      assert.equal((await flow.caught.next()).error.code, 'INVALID_INPUT_FORMAT')
      assert.deepEqual(await events(flow, 2), ['started', 'error'])
    })

    it('has no image of a moment', async () => {
      const flow = await start()
      flow.send({ action: 'snapshot', part: 7 })
      const { error, part } = await flow.caught.next()
      assert.deepEqual([error.code, part], ['INVALID_PARAMETER', 7])
    })
  })

  describe('with a file of JPEGs', () => {
    const saved = (...pieces: Buffer[]): string => {
      const file = path.join(folder, 'parts.mjpeg')
      fs.writeFileSync(file, Buffer.concat(pieces))
      return file
    }
    const properties = { kind: 'file', ffmpegPath: '/nowhere/ffmpeg' }

    it('plays it without ffmpeg, at its frame rate', async () => {
      const flow = await start({ ...properties, source: saved(...images), fps: '10' })
      flow.send({ action: 'start' })
      const frames = await flow.out.first(3)
      assert.deepEqual(
        frames.map(({ payload, frame }) => [
          payload.length,
          frame.id,
          frame.mediaTime,
          frame.width,
          frame.live,
        ]),
        images.map(({ length }, id) => [length, id, id / 10, [16, 24, 32][id], false]),
      )
      assert.deepEqual(await events(flow, 2), ['started', 'ended'])
    })

    it('plays it for ever, and stops when it is told to', async () => {
      const flow = await start({ ...properties, source: saved(...images), loop: true, startOnDeploy: true })
      const frames = await flow.out.first(7)
      assert.deepEqual(frames.map(({ frame }) => frame.width).slice(0, 7), [16, 24, 32, 16, 24, 32, 16])
      flow.send({ action: 'stop' })
      assert.deepEqual(await events(flow, 2), ['started', 'stopped'])
    })

    it('tells of one that holds no image', async () => {
      const flow = await start({ ...properties, source: saved(Buffer.from('no image')) })
      flow.send({ action: 'start' })
      const [, failed] = await flow.dropped.first(2)
      assert.equal(failed?.payload.code, 'VIDEO_NOT_READABLE')
      assert.match(failed?.payload.message, /parts\.mjpeg" holds no video/)
    })
  })

  describe('with a camera that gives images at a URL', () => {
    let server: Server
    let url: string
    let asked: number
    let answers: (number: number) => Buffer | undefined
    beforeEach(async () => {
      asked = 0
      answers = (number) => images[number % 3]
      server = createServer((_request, response) => {
        const image = answers(asked++)
        if (image) response.end(image)
        else response.destroy()
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/snap.jpg`
    })
    afterEach(async () => {
      await stopFlow()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
    const camera = (properties: Message = {}) =>
      start({ kind: 'snapshot', source: url, fps: '20', ...properties })

    it('sends its images as they come', async () => {
      const flow = await camera()
      flow.send({ action: 'start' })
      const frames = await flow.out.first(4)
      assert.deepEqual(
        frames.map(({ frame }) => [frame.id, frame.live]),
        [0, 1, 2, 3].map((id) => [id, true]),
      )
    })

    it('comes at its newest image to an infer node that keeps the latest, where the runtime has no hooks', async () => {
      const stub = await startStubServer()
      try {
        stub.answer = async ({ path }) => {
          if (path.startsWith('/infer')) await sleep(200)
          return undefined
        }
        const flow = await startFlow({
          url: stub.url,
          properties: { whenBusy: 'latest' },
          types: [videoSource as never],
          nodes: [
            nodeFromDialog('video-source', {
              id: 'camera',
              kind: 'snapshot',
              source: url,
              fps: '20',
              startOnDeploy: false,
              wires: [['infer'], []],
            }),
            { id: 'start', type: 'helper', wires: [['camera']] },
          ],
        })
        ;(flow.node('start') as unknown as { send(msg: Message): void }).send({ action: 'start' })
        const ages: number[] = []
        for (let count = 0; count < 6; count++)
          ages.push(Date.now() - (await flow.out.next()).frame.timestamp)
        // its own 200 ms, and at most as long in the one waiting slot
        assert.ok(Math.max(...ages) < 600, `${ages} ms`)
        const ids = flow.out.messages.map(({ frame }) => frame.id)
        assert.ok(ids.at(-1) > 10, `${ids}`)
      } finally {
        await stub.stop()
      }
    })

    it('gives a message that asks an image that came after it, and keeps what the message has', async () => {
      const flow = await camera()
      flow.send({ action: 'start' })
      await flow.out.first(2)
      const began = Date.now()
      const req = { id: 1 }
      flow.send({ action: 'snapshot', part: 'A-7', req })
      const answer = await waitUntil(
        () => flow.out.messages.find(({ part }) => part === 'A-7'),
        () => 'no snapshot came',
      )
      assert.ok(answer.frame.timestamp >= began)
      assert.equal(answer.req, req)
      assert.ok(Buffer.isBuffer(answer.payload))
      assert.ok(!('action' in answer), 'mqtt out has actions of its own')
    })

    it('gives it an image from before at once, where that may be so old', async () => {
      const flow = await camera({ fps: '1', snapshotAge: '5000' })
      flow.send({ action: 'start' })
      const [first] = await flow.out.first(1)
      await sleep(50)
      const asked = Date.now()
      flow.send({ action: 'snapshot', part: 1 })
      const answer = await waitUntil(
        () => flow.out.messages.find(({ part }) => part === 1),
        () => 'no snapshot came',
      )
      assert.ok(answer.frame.timestamp < asked)
      assert.equal(answer.frame.timestamp, first?.frame.timestamp)
    })

    it('asks for an image anew, also where the same one comes again', async () => {
      answers = () => images[0]
      const flow = await camera()
      flow.send({ action: 'start' })
      await flow.out.first(1)
      const before = asked
      flow.send({ action: 'snapshot', part: 2 })
      const answer = await waitUntil(
        () => flow.out.messages.find(({ part }) => part === 2),
        () => 'no snapshot came',
      )
      assert.ok(asked > before)
      assert.ok(answer.frame.timestamp > flow.out.messages[0]?.frame.timestamp)
      assert.equal(flow.out.messages.filter(({ part }) => part === undefined).length, 1)
    })

    it('opens a stopped camera for it, once for each, and closes it again', async () => {
      const flow = await camera()
      flow.send({ action: 'snapshot', part: 1 })
      assert.equal((await flow.out.next()).part, 1)
      await sleep(100)
      const before = asked
      await sleep(300)
      assert.equal(asked, before, 'nobody asks the camera any more')
    })

    it('ends a message that a deploy took the answer from as one without an answer', async () => {
      answers = () => undefined
      const flow = await camera({ snapshotLimit: '30' })
      const ends = flow.noteEnds()
      flow.send({ action: 'snapshot' })
      await sleep(100)
      await stopFlow()
      await waitUntil(
        () => ends.length === 1 || undefined,
        () => `${ends.length} ends`,
      )
      assert.equal((ends[0] as { code?: string }).code, 'NODE_CLOSED')
    })

    it('ends in one error when no image comes in time', async () => {
      answers = () => undefined
      const flow = await camera({ snapshotLimit: '0.4' })
      flow.send({ action: 'snapshot', part: 1 })
      const { error, part } = await flow.caught.next()
      assert.deepEqual([error.code, part], ['NO_FRAME', 1])
      assert.match(error.message, /within 0\.4 s/)
    })

    it('comes back when the camera does, and tells of both', async () => {
      const flow = await camera()
      flow.send({ action: 'start' })
      await flow.out.first(1)
      answers = () => undefined
      await waitUntil(
        () => flow.dropped.messages.find(({ event }) => event === 'reconnecting'),
        () => 'nothing was told',
      )
      const count = flow.out.messages.length
      answers = (number) => images[number % 3]
      await flow.out.first(count + 2)
      const told = flow.dropped.messages.map(({ event }) => event)
      assert.deepEqual(told.slice(0, 2), ['started', 'reconnecting'])
      assert.equal(told.at(-1), 'started')
    })

    it('sends the stored user and password to the server of the dialog, and to no other', async () => {
      const seen: (string | undefined)[] = []
      const other = createServer((request, response) => {
        seen.push(request.headers.authorization)
        response.end(images[0])
      })
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
      const own: (string | undefined)[] = []
      server.prependListener('request', ({ headers }) => own.push(headers.authorization))
      try {
        const flow = await startFlow({
          tested: nodes.paced,
          properties: { kind: 'snapshot', source: url, fps: '20', startOnDeploy: false },
          ownCredentials: { user: 'jo', password: 'secret' },
        })
        flow.send({ action: 'start' })
        await flow.out.next()
        assert.match(String(own[0]), /^Basic /)
        flow.send({ source: `http://127.0.0.1:${(other.address() as AddressInfo).port}/x.jpg` })
        await waitUntil(
          () => seen.length > 0 || undefined,
          () => 'the other was not asked',
        )
        assert.deepEqual(new Set(seen), new Set([undefined]))
      } finally {
        await stopFlow()
        other.closeAllConnections()
        await new Promise((resolve) => other.close(resolve))
      }
    })

    it('shows no password: in no event, status or error', async () => {
      answers = () => undefined
      const flow = await camera({ source: url.replace('//', '//jo:secret@') })
      flow.send({ action: 'start' })
      await waitUntil(
        () => flow.dropped.messages.find(({ event }) => event === 'reconnecting'),
        () => 'nothing was told',
      )
      const shown = [...flow.dropped.messages, ...flow.statuses.messages, ...flow.caught.messages]
      assert.doesNotMatch(JSON.stringify(shown), /secret/)
    })
  })
})
