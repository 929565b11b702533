import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { mock } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { ObjectDetectionAnswer, StreamOptions, StreamResult } from '../../../src/index'
import { paint } from '../../support/images'
import { type StubRequest, sentIn } from '../../support/stub-server'
import { collected } from '../collected'
import { failureOf } from '../failure'
import { withoutTables } from '../frames/without-tables'
import { clients, stubServers } from '../opened'
import { answerSlowly } from './slow-answers'

const referencesOf = (results: StreamResult<unknown>[]) => results.map(({ reference }) => reference)

/** A JPEG that is whole, and cannot be decoded: a colour has no samples. */
const undecodable = (jpeg: Buffer): Buffer => {
  const damaged = Buffer.from(jpeg)
  damaged[damaged.indexOf(Buffer.from([0xff, 0xc0])) + 11] = 0
  return damaged
}

describe('inference on a file of JPEGs', () => {
  const startServer = stubServers()
  const newClient = clients()
  let folder: string
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mjpeg-'))
  })
  after(() => fs.rmSync(folder, { recursive: true }))
  afterEach(() => mock.restoreAll())

  const setUp = async (images: Buffer[], configuration = {}) => {
    const server = await startServer()
    const client = newClient(server.url, { configuration, attempts: 1 })
    const file = path.join(folder, 'parts.mjpeg')
    fs.writeFileSync(file, Buffer.concat(images))
    const stream = (options: StreamOptions = {}, input: string | URL = file) =>
      client.inferOnStream<ObjectDetectionAnswer>(input, {
        modelId: 'cars/3',
        ffmpegPath: '/nowhere/ffmpeg',
        ...options,
      })
    return { server, file, stream }
  }
  const painted = (...widths: number[]) => Promise.all(widths.map((width) => paint(width, 12)))

  it('gives every frame once and in order, as it is stored, without ffmpeg', async () => {
    const images = await painted(16, 24, 32, 40)
    const { server, file, stream } = await setUp(images)
    const results = await collected(stream())
    assert.deepEqual(
      results.map(({ reference, frame, scale }) => [reference, frame, scale]),
      images.map((image, number) => [number, image, 1]),
    )
    assert.deepEqual(server.inferences.map(sentIn), images)
    assert.equal(results[0]?.prediction?.predictions.length, 3)
    assert.deepEqual(referencesOf(await collected(stream({}, pathToFileURL(file)))), [0, 1, 2, 3])
  })

  it('asks about several at the same time, and keeps their order', async () => {
    const images = await painted(16, 24, 32, 40, 48, 56)
    const { server, stream } = await setUp(images, { maxConcurrentRequests: 3 })
    const mostAtOnce = answerSlowly(server)
    const results = await collected(stream())
    assert.equal(mostAtOnce(), 3)
    assert.deepEqual(
      results.map(({ frame }) => frame),
      images,
    )
  })

  it('shrinks large frames for the model; predictions fit them as they are stored', async () => {
    const image = await paint(1280, 640)
    const { server, stream } = await setUp([image])
    const predictions = [{ x: 100, y: 50, width: 10, height: 10 }]
    server.answer = ({ path: asked }) =>
      asked.startsWith('/infer') ? { json: { image: { width: 640, height: 320 }, predictions } } : undefined
    const [result] = await collected(stream())
    assert.ok(sentIn(server.inferences[0] as StubRequest).length < image.length)
    assert.ok(result?.frame?.equals(image))
    assert.equal(result?.scale, 1)
    assert.equal(result?.prediction?.predictions[0]?.x, 200)
  })

  it('gives frames the tables that they lack', async () => {
    const [image] = (await painted(16)) as [Buffer]
    const { server, stream } = await setUp([withoutTables(image)])
    const [result] = await collected(stream())
    assert.ok(result?.frame?.includes(Buffer.from([0xff, 0xc4])))
    assert.deepEqual(server.inferences.map(sentIn), [result?.frame])
  })

  it('ends with the last whole frame where the file is cut off', async () => {
    const images = await painted(16, 24, 32)
    const { stream } = await setUp([...images.slice(0, 2), images[2]?.subarray(0, -100) ?? Buffer.alloc(0)])
    assert.deepEqual(referencesOf(await collected(stream())), [0, 1])
  })

  it('tells which frame cannot be decoded, and goes on', async () => {
    const image = await paint(1280, 640)
    const { stream } = await setUp([image, undecodable(image), image])
    assert.deepEqual(
      (await collected(stream())).map(({ reference, error }) => [reference, error?.code]),
      [
        [0, undefined],
        [1, 'ENCODING_ERROR'],
        [2, undefined],
      ],
    )
  })

  it('ends with an error of the API', async () => {
    const { server, stream } = await setUp(await painted(16, 24, 32))
    server.answer = (_request, number) =>
      number === 3 ? { status: 500, json: { message: 'broken' } } : undefined
    const results = stream()
    assert.equal((await results.next()).done, false)
    assert.equal((await failureOf(results.next())).statusCode, 500)
    assert.equal(server.inferences.length, 2)
  })

  it('says what is wrong with a file without frames', async () => {
    const { stream } = await setUp([Buffer.from('no image')])
    const { code, message } = await failureOf(stream().next())
    assert.equal(code, 'VIDEO_NOT_READABLE')
    assert.match(message, /parts\.mjpeg" holds no video\./)
  })

  const begun = async () => {
    const opened = mock.method(fs, 'createReadStream')
    const { server, stream } = await setUp(Array(3_000).fill(await paint(16, 12)))
    const controller = new AbortController()
    const results = stream({ signal: controller.signal })
    await results.next()
    const file = opened.mock.calls[0]?.result ?? assert.fail('no file was opened')
    assert.equal(file.readableEnded, false)
    return { server, controller, results, file }
  }

  it('ends with a signal, for its reason, and closes the file', async () => {
    const { server, controller, results, file } = await begun()
    server.answer = () => 'hang'
    const next = failureOf(results.next())
    await pause(20)
    controller.abort(new Error('enough'))
    assert.equal((await next).message, 'enough')
    assert.ok(file.destroyed)
  })

  it('closes the file when it is left', async () => {
    const { results, file } = await begun()
    await results.return()
    assert.ok(file.destroyed)
    assert.equal((await results.next()).done, true)
  })
})
