import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { ObjectDetectionAnswer, StreamOptions, StreamResult } from '../../../src/index'
import { paint } from '../../support/images'
import { type StubRequest, sentIn } from '../../support/stub-server'
import { collected } from '../collected'
import { failureOf } from '../failure'
import { allGone, type FakeVideo, fakeVideos, ffmpegPath } from '../frames/fake-video'
import { clients, stubServers } from '../opened'
import { answerSlowly } from './slow-answers'

type Result = StreamResult<{ predictions: { x: number }[]; image: object }>

const large = {
  status: 200,
  json: { image: { width: 320, height: 160 }, predictions: [{ x: 100, y: 50, width: 10, height: 10 }] },
}

describe('inference on the images of a directory', () => {
  const startServer = stubServers()
  const newClient = clients()
  const folders: string[] = []

  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  const folderOf = (files: Record<string, Buffer | string>): string => {
    const folder = mkdtempSync(path.join(tmpdir(), 'images-'))
    folders.push(folder)
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content)
    return folder
  }

  const setUp = async (files: Record<string, Buffer | string>, configuration = {}) => {
    const server = await startServer()
    const client = newClient(server.url, { configuration })
    const folder = folderOf(files)
    const stream = (options: StreamOptions = {}) =>
      client.inferOnStream<ObjectDetectionAnswer>(folder, { modelId: 'cars/3', ...options })
    return { server, client, folder, stream }
  }

  it('gives each with its path and its own bytes, sorted by name', async () => {
    const [one, two] = [await paint(64, 48), await paint(48, 64)]
    const { server, folder, stream } = await setUp({ 'b.jpg': two, 'a.JPG': one, 'c.txt': 'no' })
    const results = await collected(stream())
    assert.deepEqual(
      results.map(({ reference, frame, scale }) => [reference, frame, scale]),
      [
        [`${folder}/a.JPG`, one, 1],
        [`${folder}/b.jpg`, two, 1],
      ],
    )
    assert.deepEqual(server.inferences.map(sentIn), [one, two])
    assert.equal(results[0]?.prediction?.predictions.length, 3)
  })

  it('asks the registry once, and nothing before the first is asked for', async () => {
    const { server, stream } = await setUp({ 'a.jpg': await paint(64, 48), 'b.jpg': await paint(64, 48) })
    const results = stream()
    for (let turns = 0; turns < 20; turns++) await turn()
    assert.equal(server.requests.length, 0)
    await collected(results)
    assert.deepEqual(
      server.requests.map(({ path: asked }) => asked),
      ['/model/registry', '/infer/object_detection', '/infer/object_detection'],
    )
  })

  it('takes the URL of a directory', async () => {
    const { client, folder } = await setUp({ 'a.jpg': await paint(64, 48) })
    const [result] = await collected(client.inferOnStream(pathToFileURL(folder), { modelId: 'cars/3' }))
    assert.equal(result?.reference, `${folder}/a.jpg`)
  })

  it('shrinks large ones, and predictions fit the file', async () => {
    const image = await paint(1280, 640)
    const { server, stream } = await setUp({ 'a.jpg': image })
    server.answer = ({ path: asked }) => (asked.startsWith('/infer') ? large : undefined)
    const [result] = (await collected(stream())) as Result[]
    assert.equal(result?.frame, result?.frame && image.equals(result.frame) ? result.frame : undefined)
    assert.ok(sentIn(server.inferences[0] as StubRequest).length < image.length)
    assert.equal(result?.scale, 1)
    assert.equal(result?.prediction?.predictions[0]?.x, 200)
    assert.deepEqual(result?.prediction?.image, { width: 1280, height: 640 })
  })

  it('tells which file is bad, and goes on', async () => {
    const good = await paint(64, 48)
    const { server, folder, stream } = await setUp({ 'a.jpg': good, 'b.jpg': 'no image', 'c.jpg': good })
    const results = await collected(stream())
    assert.deepEqual(
      results.map(({ reference, error }) => [path.basename(String(reference)), error?.code]),
      [
        ['a.jpg', undefined],
        ['b.jpg', 'ENCODING_ERROR'],
        ['c.jpg', undefined],
      ],
    )
    assert.equal(server.inferences.length, 2)
    assert.equal(results[1]?.reference, `${folder}/b.jpg`)
  })

  it('takes the files that the configuration names', async () => {
    const image = await paint(64, 48)
    const files = { 'a.jpg': image, 'b.PNG': image, 'c.dat': image }
    for (const [extensions, count] of [
      [null, 3],
      [[], 0],
      [['.png'], 1],
      [undefined, 2],
    ] as const) {
      const { server, stream } = await setUp(files, { image_extensions_for_directory_scan: extensions })
      assert.equal((await collected(stream())).length, count)
      assert.equal(server.requests.length, count === 0 ? 0 : count + 1)
    }
  })

  it('ends with an error of the API', async () => {
    const good = await paint(64, 48)
    const { server, stream } = await setUp({ 'a.jpg': good, 'b.jpg': good, 'c.jpg': good })
    server.answer = (_request, number) =>
      number === 3 ? { status: 500, json: { message: 'broken' } } : undefined
    const results = stream()
    assert.equal((await results.next()).done, false)
    assert.equal((await failureOf(results.next())).statusCode, 500)
    assert.equal((await results.next()).done, true)
    assert.equal(server.inferences.length, 2)
  })

  it('gives errors of the API in their place, when told to', async () => {
    const good = await paint(64, 48)
    const { server, stream } = await setUp({ 'a.jpg': good, 'b.jpg': good, 'c.jpg': good })
    server.answer = (_request, number) =>
      number === 3 ? { status: 500, json: { message: 'broken' } } : undefined
    const results = await collected(stream({ onError: 'yield' }))
    assert.deepEqual(
      results.map(({ error }) => error?.code),
      [undefined, 'HTTP_CALL_ERROR', undefined],
    )
  })

  it('asks about several at the same time, and keeps their order', async () => {
    const images = await Promise.all([10, 20, 30, 40, 50, 60].map((side) => paint(side, side)))
    const files = Object.fromEntries(images.map((image, index) => [`${index}.jpg`, image]))
    const { server, stream } = await setUp(files, { maxConcurrentRequests: 3 })
    const mostAtOnce = answerSlowly(server)
    const results = await collected(stream())
    assert.equal(mostAtOnce(), 3)
    assert.deepEqual(
      results.map(({ frame }) => frame),
      images,
    )
  })

  it('needs no model where there is no image', async () => {
    const { server, client, folder } = await setUp({ 'c.txt': 'no' })
    assert.deepEqual(await collected(client.inferOnStream(folder)), [])
    assert.equal(server.requests.length, 0)
  })
})

describe('inference on the frames of a video', () => {
  const startServer = stubServers()
  const newClient = clients()
  const fakeVideo = fakeVideos()

  const setUp = async (fake: FakeVideo = {}, configuration = {}) => {
    const server = await startServer()
    const client = newClient(server.url, { configuration, attempts: 1 })
    const video = fakeVideo(fake)
    const stream = (options: StreamOptions = {}) =>
      client.inferOnStream(video.path, { modelId: 'cars/3', ffmpegPath, ...options })
    return { ...video, server, client, stream, pids: () => video.started().map(({ pid }) => pid) }
  }

  it('gives each with its number and the bytes that were sent', async () => {
    const { server, stream } = await setUp({ frames: 4 })
    const results = await collected(stream())
    assert.deepEqual(
      results.map(({ reference, frame, scale }) => [reference, String(frame), scale]),
      [0, 1, 2, 3].map((number) => [number, `frame ${number}`, 1]),
    )
    assert.deepEqual(
      server.inferences.map((request) => String(sentIn(request))),
      ['frame 0', 'frame 1', 'frame 2', 'frame 3'],
    )
    assert.equal(server.requests.length, 5)
  })

  it('lets ffmpeg shrink them to what the model sees; predictions fit the shrunk frame', async () => {
    const { server, stream, started } = await setUp({ frames: 1, size: '1280x721' })
    server.answer = ({ path: asked }) => (asked.startsWith('/infer') ? large : undefined)
    const [result] = (await collected(stream())) as Result[]
    assert.match(started()[1]?.args.join(' ') ?? '', /:w=640:h=360:flags=area,/)
    assert.equal(result?.scale, 0.5)
    assert.equal(result?.prediction?.predictions[0]?.x, 100)
    assert.deepEqual(result?.prediction?.image, large.json.image)
  })

  it('leaves them as large as they are, when told to', async () => {
    const { stream, started } = await setUp(
      { frames: 1, size: '1280x720' },
      { clientDownsizingDisabled: true },
    )
    const [result] = await collected(stream())
    assert.doesNotMatch(started()[1]?.args.join(' ') ?? '', /w=/)
    assert.equal(result?.scale, 1)
  })

  it('asks nothing of the server when the video cannot be read', async () => {
    const { server, client, stream } = await setUp({ unreadable: 'moov atom not found' })
    assert.match((await failureOf(stream().next())).message, /moov atom not found/)
    const nowhere = client.inferOnStream('/no/such/video.mp4', { modelId: 'cars/3' })
    const { code, message } = await failureOf(nowhere.next())
    assert.equal(code, 'VIDEO_NOT_READABLE')
    assert.match(message, /There is no file or directory "\/no\/such\/video\.mp4"/)
    assert.equal(server.requests.length, 0)
  })

  it('is not begun when the model cannot be asked', async () => {
    const { server, stream, started } = await setUp()
    server.answer = () => ({ status: 401, json: { message: 'no' } })
    assert.equal((await failureOf(stream({ onError: 'yield' }).next())).statusCode, 401)
    assert.equal(started().length, 1)
  })

  it('ends ffmpeg and requests when it is left', async () => {
    const { server, stream, pids } = await setUp({ frames: 1_000 }, { maxConcurrentRequests: 3 })
    server.answer = ({ path: asked }, number) =>
      asked.startsWith('/infer') && number > 3 ? 'hang' : undefined
    let left = 0
    for await (const { reference } of stream()) {
      if (reference !== 1) continue
      left = Date.now()
      break
    }
    assert.ok(Date.now() - left < 2_000)
    await allGone(pids())
  })

  it('is left at once while a frame is waited for', async () => {
    const { stream, pids } = await setUp({ hangsAfter: 1 })
    const results = stream()
    await results.next()
    const waiting = results.next()
    await pause(50)
    const started = Date.now()
    await results.return()
    assert.ok(Date.now() - started < 2_000)
    assert.equal((await waiting).done, true)
    await allGone(pids())
  })

  it('ends with a signal within 100 ms, whatever is going on', async () => {
    const endedWhile = async (answer: 'hang' | undefined) => {
      const { server, stream, pids } = await setUp({ hangsAfter: 2, stubborn: true })
      server.answer = ({ path: asked }, number) =>
        asked.startsWith('/infer') && number > 2 ? answer : undefined
      const controller = new AbortController()
      const results = stream({ signal: controller.signal, onError: 'yield' })
      await results.next()
      const failing = failureOf(collected(results))
      await pause(100)
      const started = Date.now()
      controller.abort(new Error('enough'))
      assert.equal((await failing).message, 'enough')
      assert.ok(Date.now() - started < 2_000)
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
      await allGone(pids())
    }
    await Promise.all([endedWhile('hang'), endedWhile(undefined)])
  })

  it('ends with an error of the API, and ffmpeg with it', async () => {
    const { server, stream, pids } = await setUp({ frames: 1_000 }, { maxConcurrentRequests: 2 })
    server.answer = (_request, number) =>
      number > 4 ? { status: 500, json: { message: 'broken' } } : undefined
    assert.equal((await failureOf(collected(stream()))).statusCode, 500)
    await allGone(pids())
  })

  it('tells of a video that stalls also where errors are given in their place', async () => {
    const { stream } = await setUp({ hangsAfter: 1 })
    const results = stream({ onError: 'yield', stallTimeout: 2_000 })
    await results.next()
    assert.equal((await failureOf(results.next())).code, 'VIDEO_STALLED')
  })

  it('refuses what is neither path nor URL', async () => {
    const { client } = await setUp()
    for (const odd of ['', 'a\0b', 'ftp://a/b', 'file://elsewhere/a.mp4'])
      assert.equal((await failureOf(client.inferOnStream(odd).next())).code, 'INVALID_INPUT_FORMAT', odd)
  })
})
